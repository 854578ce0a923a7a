#include "mcp/generation.h"

#include <algorithm>

#include "mcp/answers.h"

namespace govhost::mcp {

Generation::Generation(std::shared_ptr<const content::Snapshot> snapshot, std::size_t answer_budget)
    : snapshot_(std::move(snapshot)) {
  risks_ = call_result(list_of_documents(content::kRisk, snapshot_->of_kind(content::kRisk)));
  mitigations_ =
      call_result(list_of_documents(content::kMitigation, snapshot_->of_kind(content::kMitigation)));
  frameworks_ = call_result(list_of_frameworks(snapshot_->of_kind(content::kFramework)));

  documents_.resize(snapshot_->documents().size());
  for (std::size_t i = 0; i < documents_.size() && answer_bytes_ < answer_budget; ++i) {
    const content::Document& d = snapshot_->documents()[i];
    if (d.kind == content::kRisk || d.kind == content::kMitigation)
      documents_[i] = call_result(document_content(d));
    else if (d.kind == content::kFramework)
      documents_[i] = call_result(framework_content(d));
    documents_[i].shrink_to_fit();
    answer_bytes_ += documents_[i].size();
  }
}

std::chrono::seconds Generation::age() const {
  const auto age = std::chrono::system_clock::now() - snapshot_->built_at();
  return std::max(std::chrono::duration_cast<std::chrono::seconds>(age), std::chrono::seconds(0));
}

std::string_view Generation::document_answer(const content::Document& document) const {
  const auto index = static_cast<std::size_t>(&document - snapshot_->documents().data());
  return documents_[index];
}

std::string_view Generation::list_answer(std::string_view kind) const {
  if (kind == content::kRisk) return risks_;
  if (kind == content::kMitigation) return mitigations_;
  return frameworks_;
}

}  // namespace govhost::mcp
