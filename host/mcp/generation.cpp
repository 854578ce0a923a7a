#include "mcp/generation.h"

#include <algorithm>
#include <set>

#include "mcp/answers.h"
#include "mcp/overview.h"

namespace govhost::mcp {

Generation::Generation(std::shared_ptr<const content::Snapshot> snapshot,
                       std::vector<std::string> missing_sources, std::size_t answer_budget,
                       access::SourceScopes scopes, Earlier earlier,
                       std::shared_ptr<const content::Freshness> freshness)
    : snapshot_(std::move(snapshot)),
      scopes_(std::move(scopes)),
      earlier_(std::move(earlier)),
      freshness_(std::move(freshness)),
      missing_sources_(std::move(missing_sources)),
      budget_(answer_budget),
      documents_(snapshot_->documents().size()) {
  std::set<std::string_view> sources;
  for (const content::Document& document : snapshot_->documents())
    sources.insert(document.provenance.source);
  sources_.assign(sources.begin(), sources.end());
  source_bytes_ = std::vector<std::atomic<std::size_t>>(sources_.size());
  risks_ = call_result(list_of_documents(*snapshot_, content::kRisk, {}));
  mitigations_ = call_result(list_of_documents(*snapshot_, content::kMitigation, {}));
  frameworks_ = call_result(list_of_frameworks(*snapshot_, {}));
}

Generation::Earlier Generation::earlier_after(const Generation* current) {
  Earlier out;
  if (!current) return out;
  out.push_back(current->snapshot_);
  for (const auto& snapshot : current->earlier_)
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
  Answer& answer = documents_[static_cast<std::size_t>(&document - snapshot_->documents().data())];
  std::call_once(answer.once, [&] {
    if (answer_bytes_ >= budget_) return;
    if (document.kind == content::kRisk || document.kind == content::kMitigation)
      answer.text = call_result(document_content(document));
    else if (document.kind == content::kFramework)
      answer.text = call_result(framework_content(document));
    answer.text.shrink_to_fit();
    answer_bytes_ += answer.text.size();
    const auto source =
        std::lower_bound(sources_.begin(), sources_.end(), document.provenance.source);
    source_bytes_[static_cast<std::size_t>(source - sources_.begin())] += answer.text.size();
  });
  return answer.text;
}

std::size_t Generation::answer_bytes(const content::Visibility& visible) const {
  if (visible.everything()) return answer_bytes_;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < sources_.size(); ++i)
    if (visible.sees_source(sources_[i])) bytes += source_bytes_[i];
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
