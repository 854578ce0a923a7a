// What probes say, and what they tell to whom.
#include <gtest/gtest.h>

#include <chrono>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

class HealthTest : public testing::Test {
 protected:
  void serve(const std::string& ops = "127.0.0.1:0", const std::string& more = {}) {
    folder.write("docs/_risks/ri-1_a.md", "---\ntitle: A\n---\nText\n");
    const std::string config = folder.write("govhost.toml", R"([[transport]]
plugin = "http"
options = {listen = "127.0.0.1:0"}
[search]
plugin = "memory"
[[source]]
name = "docs"
plugin = "directory"
refresh = "50ms"
watch = false
options = {path = "docs"}
[source.breaker]
failures = 2
open = "50ms"
open_max = "50ms"
[audit]
dir = "audit"
)" + more);
    process = std::make_unique<Process>(
        std::vector<std::string>{binary(), "serve", "--config", config, "--ops", ops});
    const auto line = process->wait_error_line("\"ops.listening\"");
    if (!process->wait_error_line("\"search.indexed\"") || !line)
      throw std::runtime_error(process->error_text());
    const std::string endpoint = Json::parse(*line)["endpoint"];
    port = static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
  }
  HttpAnswer get(const std::string& target, const HeaderList& headers = {}) const {
    HttpConnection http(port);
    HeaderList all{{"Host", "127.0.0.1"}};
    all.insert(all.end(), headers.begin(), headers.end());
    return http.request("GET", target, all, "");
  }
  bool becomes(const std::string& word) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (get("/readyz").body != word + "\n")
      if (std::chrono::steady_clock::now() > until) return false;
    return true;
  }
  Json component(const std::string& name) const {
    const Json parsed = Json::parse(get("/readyz?verbose").body);
    for (const Json& each : parsed["components"])
      if (each["name"] == name) return each;
    return nullptr;
  }

  TempDir folder;
  std::unique_ptr<Process> process;
  std::uint16_t port = 0;
};

TEST_F(HealthTest, AFailingSourceIsDegradedAndNamedAndNoReasonToSendNobody) {
  serve();
  EXPECT_TRUE(becomes("ok"));
  EXPECT_EQ(component("source docs")["status"], "ok");
  EXPECT_EQ(component("search")["status"], "ok");
  EXPECT_EQ(component("audit")["status"], "ok");
  fs::rename(folder.path() / "docs", folder.path() / "gone");
  EXPECT_TRUE(becomes("degraded"));
  EXPECT_EQ(get("/readyz").status, 200);
  EXPECT_EQ(get("/livez").body, "ok\n");
  const Json source = component("source docs");
  EXPECT_EQ(source["status"], "degraded");
  EXPECT_NE(source["problem"].dump().find("docs"), std::string::npos) << source;
  EXPECT_TRUE(source.contains("confirmed_at"));
  fs::rename(folder.path() / "gone", folder.path() / "docs");
  EXPECT_TRUE(becomes("ok"));
}

TEST_F(HealthTest, StartupIsOverOnceItWasReady) {
  serve();
  EXPECT_EQ(get("/startupz").status, 200);
  const Json verbose = Json::parse(get("/startupz?verbose").body);
  EXPECT_EQ(verbose["stage"], "ready");
}

TEST_F(HealthTest, WhatTellsSomethingIsNotForEverybody) {
  serve("0.0.0.0:0");
  EXPECT_EQ(get("/readyz").status, 200);
  for (const char* const page : {"/readyz?verbose", "/livez?verbose", "/metrics"}) {
    EXPECT_EQ(get(page).status, 403) << page;
    EXPECT_EQ(get(page).body.find("docs"), std::string::npos);
  }
}

TEST_F(HealthTest, TheTokenOfTheMetricsOpensIt) {
  folder.write("token", "c4n4ry-ops");
  serve("0.0.0.0:0",
        "[ops]\nmetrics_token = \"file:" + (folder.path() / "token").string() + "\"\n");
  EXPECT_EQ(get("/readyz?verbose").status, 401);
  EXPECT_EQ(get("/readyz?verbose", {{"Authorization", "Bearer c4n4ry-ops"}}).status, 200);
}

}  // namespace
}  // namespace govhost::test
