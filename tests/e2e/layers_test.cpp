// What each layer between a client and the sources answered, as get_cache_stats counts it.
#include "living_source.h"

namespace govhost::test {
namespace {

class Layers : public LivingSource {
 protected:
  Layers() : LivingSource(3, "refresh = \"10ms\"\n[source.breaker]\nopen = \"10ms\"\n") {}

  Json layers() { return client->structured("get_cache_stats")["layers"]; }
  Json search(const Json& arguments) { return client->structured("search", arguments); }
  void wait_true(const std::function<bool()>& wanted) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!wanted())
      ASSERT_LT(std::chrono::steady_clock::now(), limit) << client->process().error_text();
  }
};

TEST_F(Layers, TheSameQuestionIsAnsweredFromMemoryUntilTheContentChanges) {
  start();
  wait_for("search.indexed");
  const Json first = search(Json::parse(R"({"query":"apples","limit":2})"));
  EXPECT_EQ(first["results"].size(), 2u);
  const Json before = layers()["answers"];
  EXPECT_EQ(search(Json::parse(R"({"limit":2,"query":"apples"})")), first);
  EXPECT_EQ(client->call("get_risk", {{"risk_id", "ri-1"}})["isError"], false);
  const Json after = layers()["answers"];
  EXPECT_EQ(after["cache_hits"], before["cache_hits"].get<int>() + 2);
  EXPECT_EQ(after["cache_misses"], before["cache_misses"]);
  EXPECT_GT(after["memory_usage_bytes"], 0);
  EXPECT_LT(after["memory_usage_bytes"], after["max_bytes"]);

  for (int i = 1; i <= 3; ++i) risk(i, "bananas");
  // From the old content, then, while the new is indexed, from neither: at last from the new.
  wait_true(
      [&] { return search(Json::parse(R"({"query":"apples","limit":2})"))["results"].empty(); });
  EXPECT_EQ(search(Json::parse(R"({"query":"bananas","limit":2})"))["results"].size(), 2u);
}

TEST_F(Layers, ReadingsThatBringNothingAreCountedApart) {
  start();
  wait_true([&] { return layers()["sources"]["revalidated"] >= 3; });
  EXPECT_EQ(layers()["sources"]["documents_fetched"], 3) << "only at the start";
  EXPECT_EQ(layers()["sources"]["failed"], 0);
  risk(3, "bananas");
  wait_for("content.refreshed");
  Json now = layers();
  EXPECT_EQ(now["sources"]["changed"], 1);
  EXPECT_EQ(now["sources"]["documents_fetched"], 4);
  EXPECT_EQ(now["memory"]["stale_answers"], 0);
  EXPECT_EQ(now["bundle"]["documents_loaded"], 0);

  go_down();
  wait_for("content.source_failed");
  get_risk();
  now = layers();
  EXPECT_GE(now["sources"]["failed"], 1);
  EXPECT_GE(now["memory"]["stale_answers"], 1);

  kill();
  start();
  EXPECT_EQ(layers()["bundle"]["documents_loaded"], 3);
  EXPECT_EQ(layers()["sources"]["documents_fetched"], 0);
  EXPECT_NE(served().find("bananas"), std::string::npos);
}

}  // namespace
}  // namespace govhost::test
