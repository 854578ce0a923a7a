// One generation of content with everything derived from it: the snapshot and the answers that are
// already written. Immutable; replaced as a whole.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/restrictions.h"
#include "content/freshness.h"
#include "content/snapshot.h"
#include "core/current.h"
#include "mcp/answer_cache.h"

namespace govhost::mcp {

// Bytes of pre-serialised answers; documents beyond it are serialised when asked for.
inline constexpr std::size_t kAnswerBudget = std::size_t{64} << 20u;

// Snapshots before the current one that are kept for comparison.
inline constexpr std::size_t kEarlierSnapshots = 4;

class Generation {
 public:
  using Earlier = std::vector<std::shared_ptr<const content::Snapshot>>;

  // `missing_sources`: those that are configured, not required, and gave nothing. `before`: the one
  // that this follows, whose answers it shares where the document is the same; null: none.
  Generation(std::shared_ptr<const content::Snapshot> snapshot,
             std::vector<std::string> missing_sources = {},
             std::size_t answer_budget = kAnswerBudget, access::Restrictions restrictions = {},
             const Generation* before = nullptr,
             std::shared_ptr<const content::Freshness> freshness = {});

  const content::Snapshot& snapshot() const { return *snapshot_; }
  // The latest first; never the current one.
  std::span<const std::shared_ptr<const content::Snapshot>> earlier() const { return earlier_; }
  const access::Restrictions& restrictions() const { return restrictions_; }
  // Names of those that the documents come from, in order.
  const std::vector<std::string>& sources() const { return sources_; }
  std::shared_ptr<const content::Snapshot> share_snapshot() const { return snapshot_; }

  const std::vector<std::string>& missing_sources() const { return missing_sources_; }

  // How current the content is for this reader.
  content::Freshness::Seen freshness(const content::Visibility& visible) const;
  content::Freshness::State freshness_of(std::string_view source) const;
  void count_stale_answer(const content::Visibility& visible) const;
  // What happened to the sources that this reader sees, since the start.
  std::uint64_t counted(content::Freshness::Event what, const content::Visibility& visible) const;

  // The call result of get_risk, get_mitigation or get_framework for a document, as an object
  // without its closing brace; empty when it was beyond the budget.
  // Built at its first use, so that a start need not wait for all of them.
  std::string_view document_answer(const content::Document& document) const;
  // The call result of list_risks ("risk"), list_mitigations or list_frameworks, for those who see
  // everything.
  std::string_view list_answer(std::string_view kind) const;
  // The texts of the resources finos://index and finos://graph.json, for the same.
  std::string_view index_text() const;
  std::string_view graph_text() const;
  // Memory that the answers of documents take so far, of those that `visible` shows.
  std::size_t answer_bytes(const content::Visibility& visible) const;

  // Further answers, as calls bring them.
  AnswerCache& answers() const { return answers_; }

  // [any] Builds what nobody has asked for yet.
  void prepare() const;

 private:
  struct Answer {
    std::once_flag once;
    std::string text;
    std::atomic<std::size_t> bytes{0};  // of the text, once it is there
  };

  static Earlier earlier_after(const Generation* before);
  void share_answers(const Generation& before);
  void count_bytes(const content::Document& document, std::size_t bytes) const;

  std::shared_ptr<const content::Snapshot> snapshot_;
  const access::Restrictions restrictions_;
  const Earlier earlier_;
  const std::shared_ptr<const content::Freshness> freshness_;  // null: as old as the snapshot
  std::vector<std::string> sources_;
  const std::vector<std::string> missing_sources_;
  const std::size_t budget_;
  // By index of the snapshot's documents; null: of a kind that is asked for another way.
  std::vector<std::shared_ptr<Answer>> documents_;
  mutable std::atomic<std::size_t> answer_bytes_{0};
  mutable std::vector<std::atomic<std::size_t>> bytes_of_parts_;  // by index of the snapshot's
  mutable Answer index_, graph_;
  mutable AnswerCache answers_;
  std::string risks_, mitigations_, frameworks_;
};

// The one generation in service. Readers never wait for a writer's work.
using Published = Current<const Generation>;

}  // namespace govhost::mcp
