// Loads the built plugin as the host does and asks it as the host would.
#include <gov/testing.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

void check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "FAILED: %s\n", what);
  std::exit(1);
}
#define CHECK(condition) check(condition, #condition)

using gov::testing::Loaded;

struct Passage {
  const char *id, *document, *text, *kind;
};

gov_status apply(Loaded& plugin, const std::vector<Passage>& put,
                 const std::vector<const char*>& erase = {}) {
  std::vector<gov_pair> facets;
  for (const Passage& p : put) facets.push_back({gov::to_c("kind"), gov::to_c(p.kind)});
  std::vector<gov_index_op> ops;
  for (std::size_t i = 0; i < put.size(); ++i) {
    gov_index_op op{};
    op.struct_size = sizeof op;
    op.id = gov::to_c(put[i].id);
    op.version = gov::to_c("1");
    op.text = gov::to_c(put[i].text);
    op.document = gov::to_c(put[i].document);
    op.facets = &facets[i];
    op.facet_count = 1;
    ops.push_back(op);
  }
  for (const char* id : erase) {
    gov_index_op op{};
    op.struct_size = sizeof op;
    op.erase = 1;
    op.id = gov::to_c(id);
    ops.push_back(op);
  }
  std::vector<const gov_index_op*> pointers;
  for (const gov_index_op& op : ops) pointers.push_back(&op);
  const gov::testing::Call call;
  return plugin.search().apply(plugin.instance(), call.raw(), pointers.data(), pointers.size(),
                               plugin.error());
}

// The ids that were found, best first, and how many there are in all: "c a 3".
std::string find(Loaded& plugin, std::string_view text, const std::vector<const char*>& kinds = {},
                 std::uint32_t per_document = 0) {
  std::vector<gov_pair> facets;
  for (const char* kind : kinds) facets.push_back({gov::to_c("kind"), gov::to_c(kind)});
  gov_query query{};
  query.struct_size = sizeof query;
  query.limit = 2;
  query.text = gov::to_c(text);
  query.facets = facets.data();
  query.facet_count = facets.size();
  query.per_document = per_document;
  const gov::testing::Call call;
  gov::testing::Hits hits;
  CHECK(plugin.search().query(plugin.instance(), call.raw(), &query, hits.sink(), plugin.error()) ==
        GOV_OK);
  std::string all;
  for (const auto& hit : hits.all) all += hit.id + " ";
  return all + std::to_string(hits.total);
}

// The ids that the index holds, sorted as it gives them.
std::string held(Loaded& plugin) {
  std::string ids;
  const gov::testing::Call call;
  CHECK(plugin.search().held(
            plugin.instance(), call.raw(), &ids,
            [](void* ctx, gov_str id, gov_str) {
              static_cast<std::string*>(ctx)->append(gov::to_cpp(id));
              return gov_status{GOV_OK};
            },
            plugin.error()) == GOV_OK);
  return ids;
}

}  // namespace

int main() {
  const gov::testing::Host host;
  gov::testing::Config config;
  auto plugin = Loaded::open(PLUGIN_FILE, "@name@", host, config);
  CHECK(held(plugin).empty());
  CHECK(find(plugin, "bias") == "0");

  CHECK(apply(plugin, {{"b", "", "bias", "risk"},
                       {"a", "", "bias", "risk"},
                       {"c", "", "bias bias", "control"},
                       {"d", "", "drift", "risk"}}) == GOV_OK);
  CHECK(find(plugin, "bias") == "c a 3");
  CHECK(find(plugin, "bias", {"risk"}) == "a b 2");
  CHECK(find(plugin, "bias", {"risk", "control"}) == "c a 3");
  CHECK(find(plugin, "bias", {"law"}) == "0");
  CHECK(find(plugin, "") == "0");

  CHECK(apply(plugin, {}, {"c", "unknown"}) == GOV_OK);
  CHECK(find(plugin, "bias") == "a b 2");
  CHECK(held(plugin) == "abd");

  CHECK(apply(plugin, {{"e", "one", "law law", "law"},
                       {"f", "one", "law", "law"},
                       {"g", "two", "law", "law"}}) == GOV_OK);
  CHECK(find(plugin, "law") == "e f 3");
  CHECK(find(plugin, "law", {}, 1) == "e g 2");

  gov::testing::Call cancelled;
  cancelled.cancel();
  gov_query query{};
  query.struct_size = sizeof query;
  query.limit = 1;
  query.text = gov::to_c("bias");
  gov::testing::Hits none;
  CHECK(plugin.search().query(plugin.instance(), cancelled.raw(), &query, none.sink(),
                              plugin.error()) == GOV_CANCELLED);

  std::puts("@file@_test: all good");
}
