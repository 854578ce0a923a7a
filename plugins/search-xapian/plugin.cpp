// search-xapian: the component that govhost loads.
#include "matches.h"
#include "meaning.h"
#include "query.h"
#include "store.h"
#include "terms.h"

#include <gov/search.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

namespace xapian_search {
namespace {

using gov::to_cpp;

constexpr const char* kOptionsSchema = R"({
  "type": "object",
  "additionalProperties": false,
  "required": ["path"],
  "properties": {
    "path": {"type": "string", "x-gov-path": true, "minLength": 1,
      "description": "Folder of the index. It is made when it is missing and kept between starts; one process at a time uses it."}
  }
})";

// Xapian's BM25 with the numbers that search-memory has for BM25F.
constexpr double kK1 = 2, kB = 0.6, kLeastLength = 0.5;
// So many matches are looked at before weaker ones may be left out; up to here totals are exact.
constexpr Xapian::doccount kCounted = 1000;
constexpr int kTries = 5;

// What Xapian and the file system throw, as a status.
template <class Work>
gov::Status guarded(const std::string& path, const Work& work) {
  try {
    return work();
  } catch (const Xapian::DatabaseLockError&) {
    return gov::unavailable("path " + path +
                            ": another process uses this index; give each its own");
  } catch (const Xapian::Error& error) {
    return gov::unavailable("path " + path + ": " + error.get_description() +
                            "; when the index is damaged, delete the folder: it is made anew");
  } catch (const std::filesystem::filesystem_error& error) {
    return gov::unavailable("path " + path + ": " + error.code().message());
  }
}

// The index behind the plugin interface. Safe for overlapping calls; the host owns it.
class XapianSearch : public gov::Search {
 public:
  static gov::Result<std::unique_ptr<XapianSearch>> create(gov::Host host,
                                                           const gov::Config& config) {
    const auto path = config.text("path");
    if (!path || path->empty())
      return gov::invalid("option \"path\" is missing: name the folder of the index");
    return std::make_unique<XapianSearch>(host, std::string(*path));
  }
  XapianSearch(gov::Host host, std::string path) : host_(host), path_(std::move(path)) {}

  gov::Status start(const gov::Call&) override {
    return guarded(path_, [&]() -> gov::Status {
      store_ = std::make_unique<Store>(path_);
      return {};
    });
  }

  gov::Status stage(const gov::Call& call, const gov::IndexBatch& batch) override {
    return guarded(path_, [&] { return store_->stage(call, batch); });
  }

  gov::Status apply(const gov::Call& call, const gov::IndexBatch& batch) override {
    const gov::Status applied = guarded(path_, [&] { return store_->apply(call, batch); });
    if (applied.ok()) host_.gauge("index_passages", static_cast<double>(store_->passages()));
    return applied;
  }

  gov::Status query(const gov::Call& call, const gov::Query& query, gov::HitSink& sink) override {
    if (gov::Status valid = search_common::check_query(query); !valid.ok()) return valid;
    return guarded(path_, [&] {
      return with_reader([&](Reader& reader) { return ask(call, query, reader, sink); });
    });
  }

  gov::Status held(const gov::Call& call, gov::HeldSink& sink) override {
    return guarded(path_, [&] {
      store_->drop_staged();
      return with_reader([&](Reader& reader) -> gov::Status {
        for (const auto& [source, database] : reader.sources)
          if (gov::Status told = tell(call, database, sink); !told.ok()) return told;
        return {};
      });
    });
  }

 private:
  // Two changes later a database is no longer what the reader opened, and the work begins anew:
  // a query hands nothing out before it has read everything, and held() meets no change, because
  // the host calls it and apply() one after the other.
  template <class Work>
  gov::Status with_reader(const Work& work) {
    for (int tries = 1;; ++tries) {
      std::unique_ptr<Reader> reader = store_->readers().take();
      try {
        gov::Status status = work(*reader);
        store_->readers().give_back(std::move(reader));
        return status;
      } catch (const Xapian::DatabaseModifiedError&) {
        if (tries == kTries) throw;
      }
    }
  }

  struct Hit {
    std::string id, text;
    double weight;
  };

  static gov::Status ask(const gov::Call& call, const gov::Query& query, const Reader& reader,
                         gov::HitSink& sink) {
    if (call.cancelled()) return gov::cancelled();
    const Xapian::Database database = chosen(query, reader);
    const gov::Result<Meaning> meaning = read_query(query, database);
    if (!meaning) return meaning.status();
    if (meaning->query.empty()) return sink.total(0);

    Xapian::Enquire enquire(database);
    enquire.set_weighting_scheme(Xapian::BM25Weight(kK1, 0, 1, kB, kLeastLength));
    enquire.set_query(meaning->query);
    enquire.set_sort_by_relevance_then_value(kId, false);
    if (query.per_document() > 0)
      enquire.set_collapse_key(kDocument, static_cast<Xapian::doccount>(query.per_document()));
    const auto limit = static_cast<Xapian::doccount>(
        std::min<std::size_t>(query.limit(), database.get_doccount()));
    const Xapian::MSet found = enquire.get_mset(0, limit, kCounted);
    if (call.cancelled()) return gov::cancelled();
    // Read before any is handed out: see with_reader.
    std::vector<Hit> hits;
    for (auto it = found.begin(); it != found.end(); ++it) {
      const Xapian::Document document = it.get_document();
      hits.push_back({document.get_value(kId), document.get_data(), it.get_weight()});
    }
    return hand_out(hits, *meaning, query, found.get_matches_estimated(), sink);
  }

  static gov::Status hand_out(const std::vector<Hit>& hits, const Meaning& meaning,
                              const gov::Query& query, std::uint64_t total, gov::HitSink& sink) {
    gov::Result<search_common::Stemmer> stemmer = search_common::Stemmer::create();
    if (!stemmer) return stemmer.status();
    Matches matches(meaning.stems, std::move(*stemmer));
    for (const Hit& hit : hits) {
      const gov_score_part part{gov::to_c("bm25"), hit.weight};
      const std::span<const gov_score_part> parts(&part, query.explain() ? 1 : 0);
      if (gov::Status taken =
              sink.hit(hit.id, static_cast<float>(hit.weight), matches.in(hit.text), parts);
          !taken.ok())
        return taken;
    }
    return sink.total(total);
  }

  // The databases of the sources that the query names; all when it names none.
  static Xapian::Database chosen(const gov::Query& query, const Reader& reader) {
    std::vector<std::string_view> named;
    for (const gov_pair& facet : query.facets())
      if (to_cpp(facet.name) == "source") named.push_back(to_cpp(facet.value));
    Xapian::Database out;
    for (const auto& [source, database] : reader.sources)
      if (named.empty() || std::find(named.begin(), named.end(), source) != named.end())
        out.add_database(database);
    return out;
  }

  static gov::Status tell(const gov::Call& call, const Xapian::Database& database,
                          gov::HeldSink& sink) {
    auto version = database.valuestream_begin(kVersion);
    const auto versions_end = database.valuestream_end(kVersion);
    for (auto id = database.valuestream_begin(kId); id != database.valuestream_end(kId); ++id) {
      if (call.cancelled()) return gov::cancelled();
      while (version != versions_end && version.get_docid() < id.get_docid()) ++version;
      const bool has = version != versions_end && version.get_docid() == id.get_docid();
      if (gov::Status taken = sink.one(*id, has ? *version : std::string()); !taken.ok())
        return taken;
    }
    return {};
  }

  gov::Host host_;
  const std::string path_;
  std::unique_ptr<Store> store_;
};

}  // namespace
}  // namespace xapian_search

GOV_PLUGIN(gov::component<xapian_search::XapianSearch>(
    {.name = "xapian",
     .version = "1.0.0",
     .summary = "Full-text search on disk: BM25 ranking, English stemming, exact facets.",
     .config_schema = xapian_search::kOptionsSchema}));
