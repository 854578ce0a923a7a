// Batches: 2025-03-26 has them, no other version.
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

using Batches = OnServer<Kind::kFixtures>;

std::string pings(int count) {
  Json all = Json::array();
  for (int i = 0; i < count; ++i) all.push_back(message("ping", Json::object(), i));
  return all.dump();
}

auto holds(std::size_t count) {
  return [count](const HttpAnswer&, const Json& j) { return j.is_array() && j.size() == count; };
}

bool empty_body(const HttpAnswer& answer, const Json&) { return answer.body.empty(); }

TEST_F(Batches, OfTheVersionThatHasThem) {
  const Session session(*server, "2025-03-26");
  const HeaderList headers = session.headers();
  const Json note = notice("notifications/initialized");
  const Row rows[] = {
      {"one", pings(1), headers, 200, 0, holds(1)},
      {"64", pings(64), headers, 200, 0, holds(64)},
      {"65", pings(65), headers, 400, -32600},
      {"empty", "[]", headers, 400, -32600},
      {"only notifications", Json{note, note}.dump(), headers, 202, 0, empty_body},
      {"only a response", R"([{"jsonrpc":"2.0","id":1,"result":{}}])", headers, 202, 0, empty_body},
      {"a request and a notification", Json{note, message("ping")}.dump(), headers, 200, 0,
       holds(1)},
      {"with initialize", Json{message("ping"), initialize()}.dump(), headers, 400, -32600},
      {"with a modern request", Json{message("ping"), modern("tools/list")}.dump(), headers, 400,
       -32600},
      {"no messages", "[1,null,[]]", headers, 200, 0,
       [](const HttpAnswer&, const Json& j) {
         return j.size() == 3 && code_of(j[0]) == -32600 && code_of(j[1]) == -32600 &&
                code_of(j[2]) == -32600;
       }},
      {"errors among answers",
       Json{message("no/such", Json::object(), "a"), message("ping", Json::object(), "b")}.dump(),
       headers, 200, 0,
       [](const HttpAnswer&, const Json& j) {
         return j.size() == 2 && j[0]["id"] == "a" && code_of(j[0]) == -32601 &&
                j[1]["id"] == "b" && j[1].contains("result");
       }},
      {"a tool that takes its time",
       Json{message("tools/call", {{"name", "test_tool_with_progress"}}, 1),
            message("ping", Json::object(), 2)}
           .dump(),
       headers, 200, 0,
       [](const HttpAnswer&, const Json& j) { return j.size() == 2 && text_of(j[0]) == "done"; }},
      {"a tool that asks",
       Json{
           message("tools/call", {{"name", "test_elicitation"}, {"arguments", {{"message", "?"}}}})}
           .dump(),
       headers, 200, 0,
       [](const HttpAnswer&, const Json& j) {
         return j.size() == 1 && j[0]["result"]["isError"] == true;
       }},
      {"without a session, the version assumed", pings(2), {}, 200, 0, holds(2)},
      {"of an unknown session", pings(2), {{"Mcp-Session-Id", "x"}}, 404, -32001},
  };
  for (const Row& row : rows) check(*server, row);
}

TEST_F(Batches, OfVersionsThatHaveThemNot) {
  for (const char* version : {"2024-11-05", "2025-06-18", "2025-11-25"}) {
    const Session session(*server, version);
    check(*server, {version, pings(1), session.headers(), 400, -32600});
    check(*server, {version, "[]", session.headers(), 400, -32600});
  }
  check(*server,
        {"by the header alone", pings(1), {{"MCP-Protocol-Version", "2025-06-18"}}, 400, -32600});
  check(*server, {"modern", pings(1), {{"MCP-Protocol-Version", "2026-07-28"}}, 400, -32600});
}

TEST_F(Batches, OnStdio) {
  const auto ask = [](Stdio& client, const std::string& line) {
    client.process().write(line + "\n");
    return client.next();
  };
  Stdio old(Kind::kFixtures);
  EXPECT_EQ(code_of(ask(old, pings(1))), -32600) << "nothing was negotiated yet";
  old.open("2025-03-26");
  EXPECT_EQ(ask(old, pings(3)).size(), 3u);
  EXPECT_EQ(code_of(ask(old, "[]")), -32600);
  old.process().write(Json{notice("notifications/initialized")}.dump() + "\n");
  EXPECT_EQ(old.ask(message("ping", Json::object(), 9))["id"], 9) << "no answer came between";
  Stdio recent(Kind::kFixtures);
  recent.open("2025-11-25");
  EXPECT_EQ(code_of(ask(recent, pings(1))), -32600);
}

}  // namespace
}  // namespace govhost::test::wire
