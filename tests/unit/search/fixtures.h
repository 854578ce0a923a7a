// Snapshots and a search backend that says what it is told.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "search/service.h"

namespace govhost::search::fixtures {

inline std::shared_ptr<const content::Snapshot> snapshot(
    std::vector<std::pair<std::string, std::string>> files, const std::string& source = "test") {
  std::vector<content::RawDocument> raw;
  for (auto& [key, bytes] : files) {
    content::RawDocument document;
    document.source = source;
    document.key = std::move(key);
    document.bytes = std::move(bytes);
    raw.push_back(std::move(document));
  }
  return content::Snapshot::build(std::move(raw), content::aigf_profile());
}

struct FakeHit {
  std::string id;
  float score = 1;
  std::vector<gov_range> matches;
};

struct FakeBackend : plugin::SearchBackend {
  gov::Status apply(plugin::CallContext&, std::span<const plugin::Passage> put,
                    std::span<const std::string_view> erase) override {
    ids.clear();
    for (const plugin::Passage& p : put) ids.emplace_back(p.id);
    erased.assign(erase.begin(), erase.end());
    if (on_apply) on_apply(put);
    return apply_answer;
  }
  gov::Status stage(plugin::CallContext& call, std::span<const plugin::Passage> put) override {
    if (!stages) return SearchBackend::stage(call, put);
    staged.push_back(put.size());
    return {};
  }
  gov::Status held(plugin::CallContext&, const OnHeld& one) override {
    for (const auto& [id, version] : holds)
      if (gov::Status s = one(id, version); !s.ok()) return s;
    return {};
  }
  gov::Status query(plugin::CallContext&, const plugin::SearchQuery& query, const OnHit& on_hit,
                    std::uint64_t& total) override {
    asked_text = query.text;
    asked_limit = query.limit;
    asked_alternatives.clear();
    for (const gov_alternative& each : query.alternatives)
      asked_alternatives.emplace_back(gov::to_cpp(each.text));
    asked_facets.clear();
    for (const gov_pair& f : query.facets)
      asked_facets.push_back(std::string(gov::to_cpp(f.name)) + "=" +
                             std::string(gov::to_cpp(f.value)));
    total = hits.size();
    for (const FakeHit& hit : hits)
      if (gov::Status s = on_hit({hit.id, hit.score, hit.matches}); !s.ok()) return s;
    return query_answer;
  }
  bool never_blocks() const override { return quick; }

  gov::Status apply_answer, query_answer;
  std::function<void(std::span<const plugin::Passage>)> on_apply;
  std::vector<std::string> ids, erased;  // of what was applied
  bool stages = false;
  std::vector<std::size_t> staged;  // passages of each part
  std::vector<std::pair<std::string, std::string>> holds;
  std::vector<std::string> asked_alternatives;
  std::vector<FakeHit> hits;
  bool quick = true;
  std::string asked_text;
  std::uint32_t asked_limit = 0;
  std::vector<std::string> asked_facets;
};

inline plugin::Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::hours(1); }

// A service over a snapshot that is indexed already.
struct Indexed {
  explicit Indexed(std::shared_ptr<const content::Snapshot> s) : content(std::move(s)) {
    EXPECT_TRUE(service.index(call, content).ok());
  }
  Results ask(Request request = {"words", {}, {}, 5}) {
    auto found = service.query(call, request);
    EXPECT_TRUE(found) << found.status().message();
    return found ? std::move(*found) : Results{};
  }

  FakeBackend backend;
  Service service{backend};
  plugin::CallContext call{soon()};
  std::shared_ptr<const content::Snapshot> content;
};

}  // namespace govhost::search::fixtures
