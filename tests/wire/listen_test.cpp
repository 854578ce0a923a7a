// subscriptions/listen of 2026-07-28: the acknowledgement, the tag, the filter, the limits.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

constexpr const char* kTag = "io.modelcontextprotocol/subscriptionId";

const Json kEverything{
    {"toolsListChanged", true}, {"promptsListChanged", true}, {"resourcesListChanged", true}};

Json listen_request(Json id, Json filter) {
  return modern("subscriptions/listen", {{"notifications", std::move(filter)}}, std::move(id));
}

EventStreamReader listen(const Server& server, const Json& request) {
  return server.stream("POST", modern_headers(request), request.dump());
}

void change(const Server& server, const char* tool) {
  const HttpAnswer answer = ask_modern(server, modern("tools/call", {{"name", tool}}));
  EXPECT_EQ(text_of(Json::parse(answer.body)), "changed");
}

TEST(Listen, AcknowledgesFirstAndTagsWithTheIdAsItCame) {
  const Server server(Kind::kFixtures);
  for (const char* id : {"0", "1", R"("")", R"("1")", "-5", "1795338536737", "9007199254740993"}) {
    SCOPED_TRACE(id);
    Json request = listen_request(0, kEverything);
    std::string text = request.dump();
    text.replace(text.find("\"id\":0"), 6, std::string("\"id\":") + id);
    EventStreamReader stream = server.stream("POST", modern_headers(request), text);
    ASSERT_TRUE(stream.is_stream()) << stream.head().body;
    const auto first = stream.next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->json()["method"], "notifications/subscriptions/acknowledged");
    EXPECT_EQ(first->json()["params"]["notifications"], kEverything);
    const std::string tag = '"' + std::string(kTag) + "\":" + id + '}';
    EXPECT_NE(first->data.find(tag), std::string::npos) << first->data;
    change(server, "test_trigger_tool_change");
    const auto told = stream.next();
    ASSERT_TRUE(told);
    EXPECT_EQ(told->json()["method"], "notifications/tools/list_changed");
    EXPECT_NE(told->data.find(tag), std::string::npos) << told->data;
  }
}

TEST(Listen, HonoursWhatWasAskedForAndNothingElse) {
  const Server server(Kind::kFixtures);
  const struct {
    Json filter, honoured;
    bool tools, prompts;
  } cases[] = {
      {Json::object(), Json::object(), false, false},
      {{{"toolsListChanged", true}}, {{"toolsListChanged", true}}, true, false},
      {{{"promptsListChanged", true}, {"toolsListChanged", false}},
       {{"promptsListChanged", true}},
       false,
       true},
      {{{"toolsListChanged", 1}, {"somethingElse", true}}, Json::object(), false, false},
      {{{"resourceSubscriptions", {"test://static-text"}}},
       {{"resourceSubscriptions", {"test://static-text"}}},
       false,
       false},
      {kEverything, kEverything, true, true},
  };
  std::vector<std::unique_ptr<EventStreamReader>> streams;
  for (const auto& c : cases) {
    const Json request = listen_request(static_cast<int>(streams.size()), c.filter);
    streams.push_back(std::make_unique<EventStreamReader>(
        server.port(), "POST", "/mcp", usual(modern_headers(request)), request.dump()));
    EXPECT_EQ(streams.back()->next_json()["params"]["notifications"], c.honoured) << c.filter;
  }
  change(server, "test_trigger_tool_change");
  change(server, "test_trigger_prompt_change");
  for (std::size_t i = 0; i < streams.size(); ++i) {
    SCOPED_TRACE(cases[i].filter.dump());
    if (cases[i].tools) {
      EXPECT_EQ(streams[i]->next_json()["method"], "notifications/tools/list_changed");
    }
    if (cases[i].prompts) {
      EXPECT_EQ(streams[i]->next_json()["method"], "notifications/prompts/list_changed");
    }
    EXPECT_FALSE(streams[i]->next(std::chrono::milliseconds(1)));
  }
}

TEST(Listen, BadFiltersAreRefused) {
  const Server server(Kind::kFixtures);
  Json many = Json::array();
  for (int i = 0; i < 1001; ++i) many.push_back("x://" + std::to_string(i));
  const auto row = [](const char* name, Json filter, int status, int code) {
    const Json request = listen_request(1, std::move(filter));
    return Row{
        name,   request.dump(), modern_headers(request),
        status, code,           [](const HttpAnswer&, const Json& j) { return j["id"] == 1; }};
  };
  const Row rows[] = {
      row("null", nullptr, 200, -32602),
      row("array", Json::array(), 200, -32602),
      row("uris no array", {{"resourceSubscriptions", "x"}}, 200, -32602),
      row("uris no strings", {{"resourceSubscriptions", {1}}}, 200, -32602),
      row("too many uris", {{"resourceSubscriptions", many}}, 200, -32602),
      row("tasks without the extension", {{"taskIds", {"x"}}}, 400, -32021),
  };
  for (const Row& r : rows) check(server, r);
}

std::size_t resident_kib(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  return 0;
}

TEST(Listen, TooManyOfOneClientAreRefusedAndMemoryIsBounded) {
  const Server server(Kind::kFixtures);
  const Json request = listen_request(1, kEverything);
  const HeaderList headers = usual(modern_headers(request));
  std::vector<std::unique_ptr<HttpConnection>> open;
  std::size_t refused = 0;
  const std::size_t before = resident_kib(server.process().pid());
  // Those that are open fill the limit of connections (1024) or of streams, whichever is less.
  for (int i = 0; i < 10'000; ++i) {
    auto http = std::make_unique<HttpConnection>(server.port());
    http->begin("POST", "/mcp", headers, request.dump());
    const HttpAnswer head = http->receive(kPatience, true);
    if (head.status == 200) {
      open.push_back(std::move(http));
      ASSERT_LE(open.size(), 1024u);
    } else {
      ++refused;
      EXPECT_TRUE(head.status == 429 || head.status == 503) << head.status;
    }
  }
  EXPECT_GE(refused, 10'000u - 1024u);
  const std::size_t limit = GOVHOST_SANITIZED ? 512u * 1024u : 64u * 1024u;  // KiB
  EXPECT_LT(resident_kib(server.process().pid()), before + limit);
  open.clear();
  // Room comes back with the end of those connections.
  for (int tries = 0;; ++tries) {
    if (listen(server, request).is_stream()) break;
    ASSERT_LT(tries, 1000);
  }
}

TEST(ListenStdio, ManyAtOnceEachWithItsTagUntilCancelled) {
  Stdio client(Kind::kFixtures);
  const Json ids[] = {0, "s", 9007199254740993};
  for (const Json& id : ids) {
    client.send(listen_request(id, kEverything));
    const Json ack = client.next();
    EXPECT_EQ(ack["method"], "notifications/subscriptions/acknowledged");
    EXPECT_EQ(ack["params"]["_meta"][kTag], id);
  }
  const auto told = [&] {
    client.send(modern("tools/call", {{"name", "test_trigger_tool_change"}}, "call"));
    std::vector<Json> tags;
    bool answered = false;
    // The order of answer and notifications is free; a ping after the answer ends the wait.
    for (Json json = client.next(); !json.is_null(); json = client.next()) {
      if (json.value("method", "") == "notifications/tools/list_changed")
        tags.push_back(json["params"]["_meta"][kTag]);
      else if (json.value("id", Json()) == "call")
        answered = true, client.send(message("ping", Json::object(), "end"));
      else if (json.value("id", Json()) == "end")
        break;
    }
    EXPECT_TRUE(answered);
    std::sort(tags.begin(), tags.end());
    return Json(tags);
  };
  EXPECT_EQ(told(), (Json{0, 9007199254740993, "s"}));
  client.send(notice("notifications/cancelled", {{"requestId", "s"}}));
  EXPECT_EQ(told(), (Json{0, 9007199254740993}));
}

TEST(ListenStdio, TheEndOfTheServerIsTold) {
  Stdio client(Kind::kFixtures);
  client.send(listen_request("l", kEverything));
  EXPECT_EQ(client.next()["method"], "notifications/subscriptions/acknowledged");
  client.process().signal(SIGTERM);
  const Json cancelled = client.next();
  EXPECT_EQ(cancelled["method"], "notifications/cancelled") << cancelled;
  EXPECT_EQ(cancelled["params"]["requestId"], "l");
  const Json result = client.next();
  EXPECT_EQ(result["id"], "l") << result;
  EXPECT_EQ(result["result"]["resultType"], "complete");
  EXPECT_EQ(result["result"]["_meta"][kTag], "l");
  EXPECT_EQ(client.process().wait(), 0);
}

TEST(Listen, TheEndOfTheServerIsTheResult) {
  Server server(Kind::kFixtures);
  EventStreamReader stream = listen(server, listen_request(0, kEverything));
  EXPECT_EQ(stream.next_json()["method"], "notifications/subscriptions/acknowledged");
  server.process().signal(SIGTERM);
  const Json result = stream.next_json();
  EXPECT_EQ(result["id"], 0) << result;
  EXPECT_EQ(result["result"]["resultType"], "complete");
  EXPECT_FALSE(stream.next());
  EXPECT_EQ(server.process().wait(), 0);
}

}  // namespace
}  // namespace govhost::test::wire
