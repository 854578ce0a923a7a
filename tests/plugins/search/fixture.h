// An instance of a search plugin with short ways to change and ask it. SEARCH_SO and SEARCH_NAME
// say which; SEARCH_NEEDS_FOLDER gives each one a folder of its own.
#pragma once

#include <gov/testing.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace search_plugin_test {

using Facets = std::vector<std::pair<std::string, std::string>>;

struct Passage {
  std::string id, title, heading, text;
  Facets facets;
  std::string version = "1";
  bool erase = false;
  std::string attributes = {}, document = {};
};
inline Passage erased(std::string id) {
  Passage passage;
  passage.id = std::move(id);
  passage.erase = true;
  return passage;
}

inline std::vector<gov_pair> to_pairs(const Facets& facets) {
  std::vector<gov_pair> pairs;
  for (const auto& [name, value] : facets) pairs.push_back({gov::to_c(name), gov::to_c(value)});
  return pairs;
}

// The C structs of a batch with the passages that they point to.
class Batch {
 public:
  explicit Batch(std::vector<Passage> passages) : passages_(std::move(passages)) {
    for (const Passage& p : passages_) {
      const auto& facets = facets_.emplace_back(to_pairs(p.facets));
      ops_.push_back({sizeof(gov_index_op), p.erase ? 1u : 0u, gov::to_c(p.id),
                      gov::to_c(p.version), gov::to_c(p.title), gov::to_c(p.heading),
                      gov::to_c(p.text), facets.data(), facets.size(), gov::to_c(p.attributes),
                      gov::to_c(p.document)});
    }
    for (gov_index_op& op : ops_) pointers_.push_back(&op);
  }
  Batch(const Batch&) = delete;
  gov_index_op& operator[](std::size_t i) { return ops_[i]; }
  const gov_index_op* const* data() const { return pointers_.data(); }
  std::uint64_t size() const { return pointers_.size(); }

 private:
  const std::vector<Passage> passages_;
  std::deque<std::vector<gov_pair>> facets_;
  std::deque<gov_index_op> ops_;
  std::vector<const gov_index_op*> pointers_;
};

// Borrows the text.
inline gov_query query_of(std::string_view text, std::uint32_t limit) {
  gov_query query{};
  query.struct_size = sizeof query;
  query.limit = limit;
  query.text = gov::to_c(text);
  return query;
}

using Held = std::vector<std::pair<std::string, std::string>>;

// A folder that ends with it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "search-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("mkdtemp failed for " + name);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Index {
 public:
  Index() : Index(gov::testing::Config()) {}
  explicit Index(gov::testing::Config config) : loaded_(open(config)) {
    EXPECT_EQ(loaded_.start(call_), GOV_OK) << error();
  }
  explicit Index(const std::vector<Passage>& passages) : Index() { put(passages); }

  // Thread-safe, unlike put() and error().
  gov_status try_query(std::string_view text, gov::testing::Hits& hits, std::uint32_t limit = 1000,
                       const Facets& facets = {}) {
    const std::vector<gov_pair> pairs = to_pairs(facets);
    gov_query query = query_of(text, limit);
    query.facets = pairs.data();
    query.facet_count = pairs.size();
    return ask(query, hits);
  }
  // Thread-safe likewise.
  gov_status ask(const gov_query& query, gov::testing::Hits& hits) {
    gov_error error{sizeof error, 0, {}};
    return search().query(instance(), call_.raw(), &query, hits.sink(), &error);
  }
  gov::testing::Hits query(std::string_view text, std::uint32_t limit = 1000,
                           const Facets& facets = {}) {
    gov::testing::Hits hits;
    EXPECT_EQ(try_query(text, hits, limit, facets), GOV_OK) << text.substr(0, 100);
    return hits;
  }
  std::vector<std::string> ids(std::string_view text, const Facets& facets = {}) {
    std::vector<std::string> out;
    for (const auto& hit : query(text, 1000, facets).all) out.push_back(hit.id);
    return out;
  }

  gov_status try_apply(const Batch& batch) {
    return search().apply(instance(), call_.raw(), batch.data(), batch.size(), loaded_.error());
  }
  void put(const std::vector<Passage>& passages) {
    ASSERT_EQ(try_apply(Batch(passages)), GOV_OK) << error();
  }
  Held held() {
    Held out;
    const gov_status status = search().held(
        instance(), call_.raw(), &out,
        [](void* ctx, gov_str id, gov_str version) {
          static_cast<Held*>(ctx)->emplace_back(gov::to_cpp(id), gov::to_cpp(version));
          return gov_status{GOV_OK};
        },
        loaded_.error());
    EXPECT_EQ(status, GOV_OK);
    std::sort(out.begin(), out.end());
    return out;
  }

  const gov_search_v1& search() { return loaded_.search(); }
  gov_instance* instance() { return loaded_.instance(); }
  const gov::testing::Host& host() const { return host_; }
  std::string error() { return loaded_.error()->message; }

 private:
  gov::testing::Loaded open(gov::testing::Config& config) {
#ifdef SEARCH_NEEDS_FOLDER
    config.set("path", folder_.path());
#endif
    return gov::testing::Loaded::open(SEARCH_SO, SEARCH_NAME, host_, config);
  }

#ifdef SEARCH_NEEDS_FOLDER
  const Folder folder_;
#endif
  gov::testing::Host host_;
  gov::testing::Call call_{std::chrono::minutes(5)};
  gov::testing::Loaded loaded_;
};

// The words that a hit's ranges stand on.
inline std::vector<std::string> matched_words(const gov::testing::Hits::Hit& hit,
                                              std::string_view text) {
  std::vector<std::string> words;
  std::size_t last = 0;
  for (const auto& [begin, end] : hit.matches) {
    EXPECT_LE(last, begin);
    EXPECT_LT(begin, end);
    EXPECT_LE(end, text.size());
    words.emplace_back(text.substr(begin, end - begin));
    last = end;
  }
  return words;
}

}  // namespace search_plugin_test
