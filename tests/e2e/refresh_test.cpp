// A source that changes, breaks and comes back under a running server.
#include <gtest/gtest.h>

#include "support/client.h"
#include "support/events.h"
#include "support/files.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig = R"([[transport]]
plugin = "http"
[search]
plugin = "memory"
[[source]]
plugin = "directory"
refresh = "10ms"
options = {path = "docs"}
[source.gate]
require = {risk = 2}
[source.breaker]
failures = 2
open = "10ms"
open_max = "10ms"
)";

class Refresh : public testing::Test {
 protected:
  Refresh() {
    for (int i = 1; i <= 12; ++i) risk(i, "apples");
    client = std::make_unique<Client>(
        Wire::kHttp, Era::kLegacy,
        std::vector<std::string>{"--config", folder.write("govhost.toml", kConfig)});
  }
  void risk(int number, const std::string& of) const {
    const std::string n = std::to_string(number);
    // Written aside and renamed, as a careful deployment does.
    const fs::path written = folder.write("new.md", "---\nsequence: " + n + "\ntitle: Risk " + n +
                                                        "\n---\n\n## Summary\n\nOf " + of + ".\n");
    fs::create_directories(folder.path() / "docs/_risks");
    fs::rename(written, folder.path() / ("docs/_risks/ri-" + n + "_risk.md"));
  }
  void erase(int number) const {
    fs::remove(folder.path() / ("docs/_risks/ri-" + std::to_string(number) + "_risk.md"));
  }
  void wait_for(const char* event) {
    EXPECT_TRUE(client->process().wait_error_line(std::string("\"") + event + "\""))
        << client->process().error_text();
  }
  Json get_risk() {
    Json answer = client->call("get_risk", {{"risk_id", "ri-3"}});
    EXPECT_EQ(answer["structuredContent"]["title"], "Risk 3 (RI-3)");
    return answer;
  }

  const TempDir folder;
  std::unique_ptr<Client> client;
};

TEST_F(Refresh, WhatChangesIsServedAndFoundWithoutARestart) {
  const Json before = get_risk();
  EXPECT_FALSE(before["_meta"].contains("govhost/stale"));
  risk(3, "bananas");
  wait_for("content.refreshed");
  const Json after = get_risk();
  EXPECT_EQ(after["structuredContent"]["content"], "## Summary\n\nOf bananas.");
  EXPECT_NE(after["_meta"]["govhost/snapshot"], before["_meta"]["govhost/snapshot"]);
  // The answer to a query names the content that was searched: at last the new one.
  for (Json found; found.empty();)
    found = client->structured("search", {{"query", "bananas"}})["results"];
  EXPECT_EQ(client->structured("compare_snapshots")["counts"]["changed"], 1);
}

TEST_F(Refresh, AnOutageShowsInNothingButTheMark) {
  const Json before = get_risk();
  fs::rename(folder.path() / "docs", folder.path() / "away");
  wait_for("content.source_failed");
  const Json during = get_risk();
  EXPECT_EQ(during["structuredContent"], before["structuredContent"]);
  EXPECT_EQ(during["_meta"]["govhost/stale"], true);
  EXPECT_EQ(during["_meta"]["govhost/snapshot"], before["_meta"]["govhost/snapshot"]);
  EXPECT_EQ(client->structured("server_info")["content"]["stale"], true);
  EXPECT_EQ(client->structured("search", {{"query", "apples"}})["results"].size(), 10u);
  const auto line = client->process().wait_error_line("\"breaker\":\"open\"");
  ASSERT_TRUE(line);
  EXPECT_NE(line->find("source.options.path"), std::string::npos) << *line << ": what to do";

  fs::rename(folder.path() / "away", folder.path() / "docs");
  wait_for("content.source_recovered");
  EXPECT_FALSE(get_risk()["_meta"].contains("govhost/stale"));
  EXPECT_EQ(client->structured("server_info")["content"]["stale"], false);
}

TEST_F(Refresh, ContentThatLostTooMuchIsRejected) {
  // A part of the change would pass, and the rest after it: it comes at once.
  const fs::path docs = folder.path() / "docs";
  fs::copy(docs, folder.path() / "few", fs::copy_options::recursive);
  for (int i = 4; i <= 12; ++i)
    fs::remove(folder.path() / ("few/_risks/ri-" + std::to_string(i) + "_risk.md"));
  fs::rename(docs, folder.path() / "all");
  fs::rename(folder.path() / "few", docs);
  wait_for("content.rejected");
  const Json list = client->call("list_risks");
  EXPECT_EQ(list["structuredContent"]["total_count"], 12);
  EXPECT_EQ(list["_meta"]["govhost/stale"], true);
  const auto line = client->process().wait_error_line("content.rejected");
  EXPECT_NE(line->find("gate.max_shrink"), std::string::npos) << *line;
  for (int i = 4; i <= 6; ++i) risk(i, "apples");  // the half that may go
  wait_for("content.refreshed");
  EXPECT_EQ(client->structured("list_risks")["total_count"], 6);
}

TEST_F(Refresh, AStartBelowTheGateFailsWithWhatToDo) {
  for (int i = 2; i <= 12; ++i) erase(i);
  Process second({binary(), "serve", "--config", (folder.path() / "govhost.toml").string(),
                  "--http", "127.0.0.1:0", "--ops", "127.0.0.1:0"});
  EXPECT_EQ(second.wait(), 2);
  EXPECT_NE(second.error_text().find("1 documents of kind risk, gate.require wants at least 2"),
            std::string::npos)
      << second.error_text();
}

}  // namespace
}  // namespace govhost::test
