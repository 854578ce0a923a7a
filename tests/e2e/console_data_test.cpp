// What the operators' console tells.
#include <sys/resource.h>

#include <set>

#include "e2e/console.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

const char* const kData[] = {"overview", "traffic", "content",  "search",    "clients",
                             "security", "audit",   "plugins",  "checks",    "compliance",
                             "config",   "system",  "runbooks", "knowledge", "history"};

TEST_F(ConsoleTest, EveryPageHasItsData) {
  start("", "[audit]\ndir = \"audit\"\n[[limit]]\nkey = \"principal\"\nrate = \"100/s\"\n");
  for (const char* const name : kData) {
    const Json all = data(std::string(name) + ".json");
    EXPECT_TRUE(all.is_object()) << name;
    expect_browser_headers(ask("/console/api/" + std::string(name) + ".json"));
  }
  const Json overview =
      data_when("overview.json", [](const Json& o) { return o["status"] == "ok"; });
  EXPECT_EQ(overview["stage"], "ready");
  EXPECT_EQ(overview["status"], "ok");
  EXPECT_EQ(overview["conditions"], Json::array());
  EXPECT_GT(overview["uptime_s"], 0);
  std::set<std::string> components;
  for (const Json& each : overview["components"]) components.insert(each["name"]);
  EXPECT_EQ(components, (std::set<std::string>{"source starter", "search", "audit"}));

  const Json content = data("content.json");
  EXPECT_EQ(content["sources"][0]["source"], "starter");
  EXPECT_EQ(content["snapshot"].get<std::string>().substr(0, 12), overview["snapshot"]);
  EXPECT_EQ(content["kinds"][0], (Json{{"kind", "risk"}, {"documents", 14}}));

  const Json audit = data("audit.json");
  EXPECT_EQ(audit["accepts"], true);
  EXPECT_EQ(audit["folder"], (folder.path() / "audit").string());
  EXPECT_EQ(audit["signed"], false);

  const Json limits = data("clients.json")["limits"];
  ASSERT_EQ(limits.size(), 1u);
  EXPECT_EQ(limits[0]["per_s"], 100);

  std::set<std::string> kinds;
  const Json plugins = data("plugins.json")["plugins"];
  for (const Json& each : plugins) {
    kinds.insert(each["kind"]);
    EXPECT_TRUE(fs::exists(each["file"].get<std::string>())) << each;
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"transport", "search"}));

  const Json runbooks = data("runbooks.json")["runbooks"];
  EXPECT_GE(runbooks.size(), 12u);
  for (const Json& each : runbooks) {
    EXPECT_NE(each["title"], "");
    EXPECT_NE(each["text"].get<std::string>().find("## What to do"), std::string::npos);
  }
  EXPECT_GT(data("system.json")["resident_bytes"], 1e6);
}

TEST_F(ConsoleTest, CountsWhatClientsAskAndHowLongItTook) {
  start();
  for (int i = 0; i < 5; ++i) client->structured("get_risk", {{"risk_id", "ri-1"}});
  client->structured("search", {{"query", "prompt injection"}});
  client->request("tools/call", {{"name", "no_such_tool"}});
  // What was answered is counted a moment after its client has the answer.
  const Json traffic =
      data_when("traffic.json", [](const Json& t) { return !t["errors"].empty(); });
  const Json search = data_when("search.json", [](const Json& s) { return !s["tools"].empty(); });
  Json found;
  for (const Json& row : traffic["operations"])
    if (row["tool"] == "get_risk") found = row;
  EXPECT_EQ(found["calls"], 5);
  EXPECT_EQ(found["errors"], 0);
  EXPECT_GT(found["p50_s"], 0);
  EXPECT_LE(found["p50_s"], found["p99_s"]);
  EXPECT_LE(found["p99_s"], 10);
  EXPECT_EQ(traffic["errors"], Json::array({{{"type", "-32602"}, {"count", 1}}}));
  EXPECT_EQ(search["status"], "ok");
  ASSERT_EQ(search["tools"].size(), 1u);
  EXPECT_EQ(search["tools"][0]["tool"], "search");
}

TEST_F(ConsoleTest, TheHistoryGrowsByItself) {
  start();
  for (int i = 0; i < 20; ++i) client->structured("get_risk", {{"risk_id", "ri-1"}});
  const Json history =
      data_when("history.json", [](const Json& h) { return h["times"].size() >= 2; });
  EXPECT_EQ(history["step_s"], 2);
  ASSERT_GE(history["times"].size(), 2u);
  double calls = 0;
  for (const char* const field : {"calls_per_s", "errors_per_s", "p50_s", "p99_s", "in_flight",
                                  "resident_bytes", "cpu_share"}) {
    ASSERT_EQ(history[field].size(), history["times"].size()) << field;
    if (field == std::string("calls_per_s"))
      for (const Json& each : history[field]) calls += each.get<double>();
  }
  EXPECT_GT(calls, 0) << history;
  EXPECT_GT(history["resident_bytes"][0], 1e6);
  EXPECT_EQ(data("history.json?span=24h")["step_s"], 60);
}

TEST_F(ConsoleTest, AFaultShowsWithItsRunbookAndAmongTheChanges) {
  folder.write("docs/_risks/ri-1_a.md", "---\ntitle: A\n---\nText\n");
  begin(
      "[audit]\ndir = \"audit\"\n[[source]]\nname = \"docs\"\nplugin = \"directory\"\nrefresh = "
      "\"50ms\"\nwatch = "
      "false\nbreaker = {open = \"100ms\", open_max = \"100ms\"}\noptions = {path = \"docs\"}\n");
  data_when("overview.json", [](const Json& o) { return o["status"] == "ok"; });
  fs::rename(folder.path() / "docs", folder.path() / "gone");
  const Json broken = data_when("overview.json", [](const Json& o) { return o["status"] != "ok"; });
  EXPECT_EQ(broken["status"], "degraded");
  ASSERT_FALSE(broken["conditions"].empty());
  EXPECT_EQ(broken["conditions"][0]["name"], "GovhostContentStale");
  EXPECT_EQ(broken["conditions"][0]["runbook"], "content-stale");
  const Json noted =
      data_when("overview.json", [](const Json& o) { return !o["changes"].empty(); })["changes"];
  ASSERT_FALSE(noted.empty());
  EXPECT_EQ(noted[0]["what"], "source docs");
  EXPECT_EQ(noted[0]["from"], "ok");
  fs::rename(folder.path() / "gone", folder.path() / "docs");
  EXPECT_EQ(data_when("overview.json", [](const Json& o) { return o["status"] == "ok"; })["status"],
            "ok");
}

TEST_F(ConsoleTest, AnIndexThatFailedShows) {
  const fs::path config = folder.write(
      "govhost.toml", "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"" GOVHOST_HOSTILE
                      "/moody.so\"\nisolation = \"in-process\"\noptions = {mood = \"throws in "
                      "apply\"}\n[[source]]\nplugin = \"starter\"\n");
  client = std::make_unique<Client>(Wire::kHttp, Era::kModern,
                                    std::vector<std::string>{"--config", config.string()});
  const Json overview =
      data_when("overview.json", [](const Json& o) { return o["status"] == "degraded"; });
  EXPECT_EQ(overview["status"], "degraded");
  std::string problem;
  for (const Json& each : overview["components"])
    if (each["name"] == "search" && each["status"] == "failed") problem = each["problem"];
  EXPECT_NE(problem.find("bad day"), std::string::npos) << overview;
  EXPECT_EQ(data("search.json")["problem"], problem);
}

TEST_F(ConsoleTest, ATrailThatCannotBeWrittenShows) {
  start("", "[audit]\ndir = \"audit\"\nfsync = \"each\"\n");
  data_when("overview.json", [](const Json& o) { return o["status"] == "ok"; });
  const rlimit full{1, RLIM_INFINITY};
  ASSERT_EQ(::prlimit(client->process().pid(), RLIMIT_FSIZE, &full, nullptr), 0);
  client->request("tools/list");
  const Json overview =
      data_when("overview.json", [](const Json& o) { return o["status"] == "audit"; });
  EXPECT_EQ(overview["status"], "audit");
  ASSERT_FALSE(overview["conditions"].empty());
  EXPECT_EQ(overview["conditions"][0]["name"], "GovhostAuditFailing");
  EXPECT_EQ(overview["conditions"][0]["severity"], "page");
  EXPECT_EQ(data("audit.json")["accepts"], false);
}

TEST_F(ConsoleTest, TheKnowledgeIsOneBoundedAnswerAndCanBeSearched) {
  start();
  const Json all = data("knowledge.json");
  EXPECT_GT(all["nodes"].size(), 30u);
  EXPECT_EQ(all["complete"], true);
  EXPECT_EQ(all["nodes"].size(), all["total"]);
  for (const Json& edge : all["edges"]) {
    EXPECT_LT(edge[0], all["nodes"].size());
    EXPECT_LT(edge[1], all["nodes"].size());
  }
  const Json found = data("knowledge.json?q=PROMPT%20injection");
  ASSERT_FALSE(found["nodes"].empty());
  EXPECT_LT(found["nodes"].size(), all["nodes"].size());
  EXPECT_EQ(found["nodes"][0]["title"], "Prompt Injection");
  const std::string id = found["nodes"][0]["id"];
  const Json one = data("knowledge.json?node=" + id);
  EXPECT_EQ(one["nodes"][0]["id"], id);
  EXPECT_EQ(one["node"]["source"], "starter");
  EXPECT_GT(one["nodes"].size(), 1u) << "its neighbours";
  EXPECT_EQ(data("knowledge.json?node=none")["nodes"], Json::array());
  EXPECT_EQ(data("knowledge.json?q=zzzzzzz")["nodes"], Json::array());
}

TEST_F(ConsoleTest, OfManyDocumentsTheKnowledgeShowsFiveHundred) {
  for (int i = 1; i <= 700; ++i)
    folder.write(
        "docs/_risks/ri-" + std::to_string(i) + "_a.md",
        "---\ntitle: Many " + std::to_string(i) + "\nrelated_risks:\n  - ri-1\n---\nText\n");
  begin("[[source]]\nname = \"docs\"\nplugin = \"directory\"\noptions = {path = \"docs\"}\n");
  for (const char* const query : {"knowledge.json", "knowledge.json?q=many"}) {
    const Json all = data(query);
    EXPECT_EQ(all["nodes"].size(), 500u);
    EXPECT_EQ(all["total"], 700);
    EXPECT_EQ(all["complete"], false);
    EXPECT_LE(all["edges"].size(), 4000u);
  }
}

// Who may look after a server need not be allowed to read everything that it serves.
TEST_F(ConsoleTest, DocumentsThatNeedScopesAreNotAmongTheKnowledge) {
  folder.write("docs/_risks/ri-1_a.md", "---\ntitle: Open\nrelated_risks: [ri-2]\n---\nText\n");
  folder.write("docs/_risks/ri-2_zqx.md",
               "---\ntitle: Zqxtitle\nclass: secret\nrelated_risks: [ri-1, zqxgone]\n---\nText\n");
  begin(R"([[source]]
name = "docs"
plugin = "directory"
options = {path = "docs"}
[[policy.restriction]]
scopes = ["all"]
when = {class = "secret"}
[[auth]]
plugin = "token"
[[auth.options.tokens]]
id = "wide"
sha256 = "0abaa40b10436a8fbba40ad39a0ba58da06f7aa0fd12a488f1ee358ed04fb942"
scopes = ["all"]
)");
  const Json all = data("knowledge.json");
  ASSERT_EQ(all["nodes"].size(), 1u);
  EXPECT_EQ(all["nodes"][0]["title"], "Open");
  EXPECT_EQ(all["nodes"][0]["links"], 0);
  EXPECT_EQ(all["total"], 1);
  EXPECT_EQ(data("content.json")["notes_restricted"], 1);
  for (const char* const name : kData) {
    const std::string text = ask("/console/api/" + std::string(name) + ".json").body;
    EXPECT_EQ(text.find("zqx"), std::string::npos) << name << text;
    EXPECT_EQ(text.find("Zqx"), std::string::npos) << name << text;
  }
}

TEST_F(ConsoleTest, TheChecksAreThoseOfTheCommandLineGroupedByControlToo) {
  start();
  const Json checks = data("checks.json");
  const Outcome outcome =
      run({binary(), "check", "--json", "--config", (folder.path() / "govhost.toml").string()});
  Json same = Json::parse(outcome.out);
  EXPECT_EQ(checks["config"]["sha256"], same["config"]["sha256"]);
  // The client of this test chooses where it listens.
  std::set<std::string> ids, known;
  for (const Json& each : checks["checks"]) ids.insert(each["id"]);
  for (const Json& each : same["checks"]) known.insert(each["id"]);
  EXPECT_EQ(ids, known);
  EXPECT_EQ(data("checks.json")["time"], checks["time"]) << "made at most once a minute";
  std::set<std::string> controls, named;
  for (const Json& each : checks["checks"])
    for (const Json& control : each["controls"]) named.insert(control);
  const Json compliance = data("compliance.json")["controls"];
  for (const Json& each : compliance) {
    controls.insert(each["control"]);
    EXPECT_FALSE(each["checks"].empty());
  }
  EXPECT_EQ(controls, named);
}

TEST_F(ConsoleTest, TheConfigurationIsThatOfConfigShow) {
  start("",
        "[[limit]]\nkey = \"principal\"\nrate = \"100/s\"\n[egress]\nproxy = "
        "\"http://ops:c4n4ry-of-the-proxy@127.0.0.1:1\"\n");
  EXPECT_EQ(ask("/console/api/config.json").body.find("c4n4ry"), std::string::npos);
  std::set<std::string> keys, shown;
  const Json settings = data("config.json")["settings"];
  for (const Json& each : settings) {
    keys.insert(each["key"]);
    EXPECT_NE(each["origin"], "");
  }
  const Outcome outcome = run({binary(), "config", "show", "--json", "--config",
                               (folder.path() / "govhost.toml").string()});
  for (const Json& each : Json::parse(outcome.out)) shown.insert(each["key"]);
  EXPECT_GT(keys.size(), 30u);
  EXPECT_EQ(keys, shown);
}

}  // namespace
}  // namespace govhost::test
