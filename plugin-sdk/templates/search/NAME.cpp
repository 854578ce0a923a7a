// Finds passages that contain the query as it stands.
#include <gov/search.hpp>

#include <map>
#include <mutex>

namespace {

struct Passage {
  std::string version, document, text;
  std::vector<std::pair<std::string, std::string>> facets;
};
using Index = std::map<std::string, Passage, std::less<>>;

std::vector<gov_range> find_all(std::string_view text, std::string_view what) {
  std::vector<gov_range> found;
  if (what.empty()) return found;
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += what.size())
    found.push_back({at, at + what.size()});
  return found;
}

// Of the facets of one name any will do; of each name there must be one.
bool carries(const Passage& passage, std::span<const gov_pair> wanted) {
  const auto has = [&](const gov_pair& f) {
    const std::pair<std::string, std::string> facet(gov::to_cpp(f.name), gov::to_cpp(f.value));
    return std::find(passage.facets.begin(), passage.facets.end(), facet) != passage.facets.end();
  };
  return std::all_of(wanted.begin(), wanted.end(), [&](const gov_pair& f) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const gov_pair& g) {
      return gov::to_cpp(f.name) == gov::to_cpp(g.name) && has(g);
    });
  });
}

// Queries read an index that never changes; apply() replaces it by the next one.
class @Class@ final : public gov::Search {
 public:
  static gov::Result<std::unique_ptr<@Class@>> create(gov::Host, const gov::Config&) {
    return std::make_unique<@Class@>();
  }

  gov::Status apply(const gov::Call&, const gov::IndexBatch& batch) override {
    auto next = std::make_shared<Index>(*index());
    for (const gov_index_op* op : batch) {
      const std::string id(gov::to_cpp(op->id));
      next->erase(id);
      if (op->erase != 0) continue;
      Passage passage{
          .version = std::string(gov::to_cpp(op->version)),
          .document = GOV_HAS(op, document) ? std::string(gov::to_cpp(op->document)) : "",
          .text = std::string(gov::to_cpp(op->text)),
          .facets = {}};
      if (passage.document.empty()) passage.document = id;
      for (std::uint64_t i = 0; i < op->facet_count; ++i)
        passage.facets.emplace_back(gov::to_cpp(op->facets[i].name),
                                    gov::to_cpp(op->facets[i].value));
      next->emplace(id, std::move(passage));
    }
    const std::lock_guard lock(mutex_);
    index_ = std::move(next);
    return {};
  }

  gov::Status query(const gov::Call& call, const gov::Query& query, gov::HitSink& out) override {
    struct Hit {
      std::string_view id, document;
      std::vector<gov_range> matches;
    };
    const std::shared_ptr<const Index> index = this->index();
    std::vector<Hit> hits;
    for (const auto& [id, passage] : *index) {
      if (call.cancelled()) return gov::cancelled();
      auto matches = find_all(passage.text, query.text());
      if (!matches.empty() && carries(passage, query.facets()))
        hits.push_back({id, passage.document, std::move(matches)});
    }
    // Stable: equal scores stay in the order of their ids.
    std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
      return a.matches.size() > b.matches.size();
    });
    // Of one document the host wants so many hits only, and then counts documents.
    const std::size_t most = query.per_document();
    std::map<std::string_view, std::size_t> seen;
    std::size_t given = 0;
    for (const Hit& hit : hits) {
      if (++seen[hit.document] > most && most != 0) continue;
      if (given++ >= query.limit()) continue;
      const auto score = static_cast<float>(hit.matches.size());
      if (auto s = out.hit(hit.id, score, hit.matches); !s.ok()) return s;
    }
    return out.total(most == 0 ? hits.size() : seen.size());
  }

  gov::Status held(const gov::Call&, gov::HeldSink& out) override {
    for (const auto& [id, passage] : *index())
      if (auto s = out.one(id, passage.version); !s.ok()) return s;
    return {};
  }

 private:
  std::shared_ptr<const Index> index() const {
    const std::lock_guard lock(mutex_);
    return index_;
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const Index> index_ = std::make_shared<Index>();
};

}  // namespace

GOV_PLUGIN(gov::component<@Class@>({.name = "@name@",
                                     .version = "1.0.0",
                                     .summary = "Finds passages that contain the query."}));
