#include "mcp/generation.h"

#include <algorithm>
#include <set>

#include "content/side_by_side.h"
#include "mcp/answers.h"
#include "mcp/overview.h"

namespace govhost::mcp {
namespace {

std::size_t place_of(const content::Snapshot& snapshot, const content::Document& document) {
  return static_cast<std::size_t>(&document - snapshot.documents().data());
}

}  // namespace

Generation::Generation(std::shared_ptr<const content::Snapshot> snapshot,
                       std::vector<std::string> missing_sources, std::size_t answer_budget,
                       access::Restrictions restrictions, const Generation* before,
                       std::shared_ptr<const content::Freshness> freshness)
    : snapshot_(std::move(snapshot)),
      restrictions_(std::move(restrictions)),
      earlier_(earlier_after(before)),
      freshness_(std::move(freshness)),
      missing_sources_(std::move(missing_sources)),
      budget_(answer_budget),
      documents_(snapshot_->documents().size()),
      bytes_of_parts_(snapshot_->parts().size()) {
  std::set<std::string_view> sources;
  for (const content::Document& document : snapshot_->documents())
    sources.insert(document.provenance.source);
  sources_.assign(sources.begin(), sources.end());
  if (before != nullptr) share_answers(*before);
  for (const char* const kind : {content::kRisk, content::kMitigation, content::kFramework})
    for (const content::Document& document : snapshot_->of_kind(kind))
      if (auto& answer = documents_[place_of(*snapshot_, document)]; !answer)
        answer = std::make_shared<Answer>();
  risks_ = call_result(list_of_documents(*snapshot_, content::kRisk, {}));
  mitigations_ = call_result(list_of_documents(*snapshot_, content::kMitigation, {}));
  frameworks_ = call_result(list_of_frameworks(*snapshot_, {}));
}

Generation::Earlier Generation::earlier_after(const Generation* before) {
  Earlier out;
  if (before == nullptr) return out;
  out.push_back(before->snapshot_);
  for (const auto& snapshot : before->earlier_)
    if (out.size() < kEarlierSnapshots) out.push_back(snapshot);
  return out;
}

void Generation::prepare() const {
  for (const content::Document& document : snapshot_->documents()) document_answer(document);
  snapshot_->entry_index();
}

content::Freshness::Seen Generation::freshness(const content::Visibility& visible) const {
  const auto now = std::chrono::system_clock::now();
  if (freshness_) return freshness_->seen(now, visible);
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - snapshot_->built_at());
  return {std::max(age, std::chrono::seconds(0)), false};
}

content::Freshness::State Generation::freshness_of(std::string_view source) const {
  return freshness_ ? freshness_->of(source)
                    : content::Freshness::State{snapshot_->built_at(), false};
}

void Generation::count_stale_answer(const content::Visibility& visible) const {
  if (freshness_) freshness_->count_stale_answer(visible);
}

std::uint64_t Generation::counted(content::Freshness::Event what,
                                  const content::Visibility& visible) const {
  return freshness_ ? freshness_->counted(what, visible) : 0;
}

std::string_view Generation::document_answer(const content::Document& document) const {
  Answer* const answer = documents_[place_of(*snapshot_, document)].get();
  if (answer == nullptr) return {};
  std::call_once(answer->once, [&] {
    if (answer_bytes_ >= budget_) return;
    answer->text = call_result(document.kind == content::kFramework ? framework_content(document)
                                                                    : document_content(document));
    answer->text.shrink_to_fit();
    answer->bytes.store(answer->text.size(), std::memory_order_release);
    count_bytes(document, answer->text.size());
  });
  return answer->text;
}

// An answer depends on nothing but its document.
void Generation::share_answers(const Generation& before) {
  content::side_by_side(before.snapshot(), *snapshot_, [&](auto old, auto now) {
    if (!old || !now || !before.documents_[*old]) return;
    const content::Document& document = snapshot_->documents()[*now];
    if (!before.snapshot().documents()[*old].body.shares(document.body)) return;
    const auto& answer = before.documents_[*old];
    const std::size_t bytes = answer->bytes.load(std::memory_order_acquire);
    if (bytes == 0) return;
    documents_[*now] = answer;
    count_bytes(document, bytes);
  });
}

void Generation::count_bytes(const content::Document& document, std::size_t bytes) const {
  answer_bytes_ += bytes;
  const auto parts = snapshot_->parts();
  const auto own = std::find_if(parts.begin(), parts.end(), [&](const auto& part) {
    return part.source == document.provenance.source && part.restrictions == document.restrictions;
  });
  if (own != parts.end()) bytes_of_parts_[static_cast<std::size_t>(own - parts.begin())] += bytes;
}

std::size_t Generation::answer_bytes(const content::Visibility& visible) const {
  if (visible.everything()) return answer_bytes_;
  std::size_t bytes = 0;
  const auto parts = snapshot_->parts();
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (visible.sees(parts[i].restrictions)) bytes += bytes_of_parts_[i];
  return bytes;
}

std::string_view Generation::list_answer(std::string_view kind) const {
  if (kind == content::kRisk) return risks_;
  if (kind == content::kMitigation) return mitigations_;
  return frameworks_;
}

std::string_view Generation::index_text() const {
  std::call_once(index_.once, [&] { index_.text = index_of(*snapshot_, {}); });
  return index_.text;
}

std::string_view Generation::graph_text() const {
  std::call_once(graph_.once, [&] { graph_.text = graph_of(*snapshot_, {}); });
  return graph_.text;
}

}  // namespace govhost::mcp
