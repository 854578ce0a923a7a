// search-memory: the component that govhost loads.
#include "explain.h"
#include "index.h"
#include "matches.h"
#include "options.h"
#include "query.h"
#include "query_terms.h"
#include "ranking.h"

#include <gov/search.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace memory_search {
namespace {

// The index behind the plugin interface. Safe for overlapping calls; the host owns it.
class MemorySearch : public gov::Search {
 public:
  static gov::Result<std::unique_ptr<MemorySearch>> create(gov::Host host,
                                                           const gov::Config& config) {
    const gov::Result<Options> options = read_options(config);
    if (!options) return options.status();
    return std::make_unique<MemorySearch>(host, *options);
  }
  MemorySearch(gov::Host host, const Options& options)
      : host_(host), options_(options), index_(options) {}

  gov::Status apply(const gov::Call& call, const gov::IndexBatch& batch) override {
    if (gov::Status applied = index_.apply(call, batch); !applied.ok()) return applied;
    const StatePtr state = index_.state();
    host_.gauge("index_passages", static_cast<double>(state->by_id.size()));
    host_.gauge("index_bytes", static_cast<double>(state->bytes));
    host_.gauge("index_segments", static_cast<double>(state->parts.size()));
    return {};
  }

  gov::Status query(const gov::Call& call, const gov::Query& query, gov::HitSink& sink) override {
    if (gov::Status valid = search_common::check_query(query); !valid.ok()) return valid;
    const StatePtr state = index_.state();
    const View view(*state, query.facets(), options_);
    const gov::Result<QueryTerms> terms = read_query(query, view);
    if (!terms) return terms.status();
    const Wanted wanted{query.facets(), query.limit(), query.per_document()};
    const gov::Result<Ranking> ranking = rank(view, *terms, wanted, options_, call);
    if (!ranking) return ranking.status();

    const Matches matches(*state, *terms, ranking->best);
    for (std::size_t i = 0; i < ranking->best.size(); ++i) {
      const Ranked& hit = ranking->best[i];
      const Explanation explained =
          query.explain() ? explain(view, *terms, hit, wanted.whole_documents(options_), options_)
                          : Explanation();
      gov::Status taken =
          sink.hit(state->id(state->by_id[hit.place]), hit.score, matches.of(i), explained.parts());
      if (!taken.ok()) return taken;
    }
    return sink.total(ranking->total);
  }

  gov::Status held(const gov::Call& call, gov::HeldSink& sink) override {
    const StatePtr state = index_.state();
    for (const auto& [part, passage] : state->by_id) {
      if (call.cancelled()) return gov::cancelled();
      const Segment& segment = *state->parts[part].segment;
      if (gov::Status taken = sink.one(segment.ids[passage], segment.versions[passage]);
          !taken.ok())
        return taken;
    }
    return {};
  }

 private:
  gov::Host host_;
  const Options options_;
  Index index_;
};

}  // namespace
}  // namespace memory_search

GOV_PLUGIN(gov::component<memory_search::MemorySearch>(
    {.name = "memory",
     .version = "1.0.0",
     .summary = "Full-text search in memory: BM25F ranking, English stemming, exact facets.",
     .config_schema = memory_search::kOptionsSchema,
     .flags = GOV_NEVER_BLOCKS}));
