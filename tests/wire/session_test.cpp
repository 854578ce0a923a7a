// Sessions of the legacy era over HTTP: who may use one, where, and until when.
#include <algorithm>
#include <set>
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

const std::string kPing = message("ping").dump();

using Sessions = OnServer<Kind::kFixtures>;

TEST_F(Sessions, IdsAreVisibleAsciiAndNeverTheSame) {
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    const Session session(*server);
    EXPECT_TRUE(std::all_of(session.id.begin(), session.id.end(), [](char c) {
      return c >= 0x21 && c <= 0x7e;
    })) << session.id;
    EXPECT_LT(session.id.size(), 256u);
    EXPECT_TRUE(ids.insert(session.id).second);
  }
}

TEST_F(Sessions, OneIsInitializedOnceAndSurvivesASecondAttempt) {
  const Session session(*server);
  check(*server, {"again", initialize().dump(), session.headers(), 400, -32600,
                  [](const HttpAnswer& a, const Json& j) {
                    return j["id"] == 1 && !has(a, "mcp-session-id");
                  }});
  check(*server, {"still there", kPing, session.headers(), 200});
  check(*server,
        {"with an unknown one", initialize().dump(), {{"Mcp-Session-Id", "x"}}, 404, -32001});
}

TEST_F(Sessions, WhatTheHeadersMayBe) {
  const Session session(*server);
  std::string tampered = session.id;
  tampered[5] = tampered[5] == 'A' ? 'B' : 'A';
  const std::string list = message("tools/list").dump();
  const Row rows[] = {
      {"right", list, session.headers(), 200},
      {"without a version", list, {{"Mcp-Session-Id", session.id}}, 200},
      {"name of another case", list, {{"MCP-SESSION-ID", session.id}}, 200},
      {"unsupported version",
       list,
       {{"Mcp-Session-Id", session.id}, {"MCP-Protocol-Version", "2025-01-01"}},
       400,
       -32000},
      {"version from before",
       list,
       {{"Mcp-Session-Id", session.id}, {"MCP-Protocol-Version", "1"}},
       400,
       -32000},
      {"unknown", list, {{"Mcp-Session-Id", "nonsense"}}, 404, -32001},
      {"tampered", list, {{"Mcp-Session-Id", tampered}}, 404, -32001},
      {"cut", list, {{"Mcp-Session-Id", session.id.substr(0, session.id.size() - 1)}}, 404, -32001},
      {"longer", list, {{"Mcp-Session-Id", session.id + "A"}}, 404, -32001},
      {"twice",
       list,
       {{"Mcp-Session-Id", session.id}, {"Mcp-Session-Id", session.id}},
       404,
       -32001},
      {"a notification to an unknown one",
       notice("notifications/initialized").dump(),
       {{"Mcp-Session-Id", "x"}},
       404,
       -32001},
      {"a response to an unknown one",
       R"({"jsonrpc":"2.0","id":1,"result":{}})",
       {{"Mcp-Session-Id", "x"}},
       404,
       -32001},
      {"none is needed to list", list, {}, 200},
      {"a log level needs one",
       message("logging/setLevel", {{"level", "info"}}).dump(),
       {},
       200,
       -32600},
      {"a subscription needs one",
       message("resources/subscribe", {{"uri", "test://static-text"}}).dump(),
       {},
       200,
       -32600},
      {"unknown log level", message("logging/setLevel", {{"level", "loud"}}).dump(),
       session.headers(), 200, -32602},
      {"log level number", message("logging/setLevel", {{"level", 3}}).dump(), session.headers(),
       200, -32602},
      {"no log level", message("logging/setLevel").dump(), session.headers(), 200, -32602},
      {"no uri", message("resources/subscribe").dump(), session.headers(), 200, -32602},
      {"unsubscribe from nothing", message("resources/unsubscribe", {{"uri", "x://y"}}).dump(),
       session.headers(), 200},
      {"a stream without a session", "", {}, 400, -32000, nullptr, "GET"},
      {"a stream of an unknown one", "", {{"Mcp-Session-Id", "x"}}, 404, -32001, nullptr, "GET"},
      {"a stream of the modern era",
       "",
       {{"MCP-Protocol-Version", "2026-07-28"}},
       405,
       -32000,
       nullptr,
       "GET"},
      {"a stream of an unsupported version",
       "",
       {{"Mcp-Session-Id", session.id}, {"MCP-Protocol-Version", "2025-01-01"}},
       400,
       -32000,
       nullptr,
       "GET"},
      {"the end of none", "", {}, 400, -32000, nullptr, "DELETE"},
      {"the end of an unknown one", "", {{"Mcp-Session-Id", "x"}}, 404, -32001, nullptr, "DELETE"},
      {"the end in the modern era",
       "",
       {{"Mcp-Session-Id", session.id}, {"MCP-Protocol-Version", "2026-07-28"}},
       405,
       -32000,
       nullptr,
       "DELETE"},
      {"still there", list, session.headers(), 200},
  };
  for (const Row& row : rows) check(*server, row);
}

TEST_F(Sessions, OneThatWasEndedIsUnknown) {
  const Session session(*server), other(*server);
  EventStreamReader stream = session.listen();
  ASSERT_TRUE(stream.is_stream());
  const HttpAnswer ended = server->send("DELETE", session.headers());
  EXPECT_EQ(ended.status, 204);
  EXPECT_EQ(ended.body, "");
  while (const auto event = stream.next()) EXPECT_EQ(event->data, "") << "its stream ends with it";
  check(*server, {"request", kPing, session.headers(), 404, -32001});
  check(*server, {"stream", "", session.headers(), 404, -32001, nullptr, "GET"});
  check(*server, {"again", "", session.headers(), 404, -32001, nullptr, "DELETE"});
  check(*server, {"another's", kPing, other.headers(), 200});
}

TEST(SessionKeys, ARestartWithTheSameKeyServesTheSessionAndAnotherKeyDoesNot) {
  const std::vector<std::string> keyed{"--set", "host.keys=[\"env:GOVHOST_TEST_KEY\"]"};
  const std::vector<std::string> both{
      "--set", "host.keys=[\"env:GOVHOST_TEST_KEY\",\"env:GOVHOST_OLD_KEY\"]"};
  const std::string key = "a key of the wire tests", other = "another key of the tests";
  std::string id;
  const auto ask = [&](const Server& server) {
    return server.post(kPing, {{"Mcp-Session-Id", id}}).status;
  };
  {
    const Server first(Kind::kProduct, keyed, {{"GOVHOST_TEST_KEY", key}});
    id = Session(first).id;
    EXPECT_EQ(ask(first), 200);
  }
  {
    const Server restarted(Kind::kProduct, keyed, {{"GOVHOST_TEST_KEY", key}});
    EXPECT_EQ(ask(restarted), 200);
  }
  {
    const Server rotated(Kind::kProduct, both,
                         {{"GOVHOST_TEST_KEY", other}, {"GOVHOST_OLD_KEY", key}});
    EXPECT_EQ(ask(rotated), 200);
  }
  {
    const Server stranger(Kind::kProduct, keyed, {{"GOVHOST_TEST_KEY", other}});
    EXPECT_EQ(ask(stranger), 404);
  }
  const Server keyless(Kind::kProduct);
  EXPECT_EQ(ask(keyless), 404);
}

TEST(SessionStdio, AConnectionIsOneSession) {
  Stdio client(Kind::kFixtures);
  EXPECT_EQ(client.ask(message("ping", Json::object(), 0))["result"], Json::object());
  EXPECT_EQ(code_of(client.ask(modern("no/such", Json::object(), "d"))), -32601);
  EXPECT_TRUE(client.ask(modern("server/discover", Json::object(), "p")).contains("result"));
  EXPECT_EQ(code_of(client.ask(message("logging/setLevel", {{"level", "info"}}))), -32600);
  client.open();
  EXPECT_EQ(code_of(client.ask([] {
              Json m = initialize();
              m["id"] = "again";
              return m;
            }())),
            -32600);
  EXPECT_TRUE(client.ask(message("logging/setLevel", {{"level", "info"}}, 3)).contains("result"));
  EXPECT_TRUE(client.ask(modern("tools/list", Json::object(), 4))["result"].contains("resultType"));
}

}  // namespace
}  // namespace govhost::test::wire
