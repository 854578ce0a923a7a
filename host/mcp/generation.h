// One generation of content with everything derived from it: the snapshot and the answers that are
// already written. Immutable; replaced as a whole.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "content/snapshot.h"

namespace govhost::mcp {

// Bytes of pre-serialised answers; documents beyond it are serialised when asked for.
inline constexpr std::size_t kAnswerBudget = std::size_t{64} << 20u;

class Generation {
 public:
  Generation(std::shared_ptr<const content::Snapshot> snapshot, std::size_t answer_budget = kAnswerBudget);

  const content::Snapshot& snapshot() const { return *snapshot_; }
  std::shared_ptr<const content::Snapshot> share_snapshot() const { return snapshot_; }

  // Since the content was fetched.
  std::chrono::seconds age() const;

  // The call result of get_risk, get_mitigation or get_framework for a document, as an object
  // without its closing brace; empty when it was beyond the budget.
  std::string_view document_answer(const content::Document& document) const;
  // The call result of list_risks ("risk"), list_mitigations or list_frameworks.
  std::string_view list_answer(std::string_view kind) const;
  std::size_t answer_bytes() const { return answer_bytes_; }

 private:
  std::shared_ptr<const content::Snapshot> snapshot_;
  std::vector<std::string> documents_;  // by index of snapshot documents
  std::string risks_, mitigations_, frameworks_;
  std::size_t answer_bytes_ = 0;
};

// The one generation in service. Readers never wait for a writer.
class Published {
 public:
  std::shared_ptr<const Generation> get() const { return current_.load(std::memory_order_acquire); }
  void set(std::shared_ptr<const Generation> next) { current_.store(std::move(next)); }

 private:
  std::atomic<std::shared_ptr<const Generation>> current_;
};

}  // namespace govhost::mcp
