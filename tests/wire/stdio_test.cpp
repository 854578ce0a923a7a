// The stdio wire: lines in, lines out, and nothing else on standard output. Traps 30 to 36 of the
// protocol's design.
#include <csignal>
#include <set>
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

Json slow(Json id) {
  return message("tools/call", {{"name", "slow_compute"}, {"arguments", {{"seconds", 600}}}},
                 std::move(id));
}

TEST(StdioLines, EveryLineGetsItsAnswer) {
  Stdio client(Kind::kProduct);
  const struct {
    const char* name;
    std::string line;
    int code;
  } rows[] = {
      {"no JSON", "{", -32700},
      {"invalid UTF-8", "\xff", -32700},
      {"lone surrogate", R"({"jsonrpc":"2.0","id":1,"method":"\udc00"})", -32700},
      {"deep", std::string(20'000, '['), -32700},
      {"huge number", R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":1e400}})", -32700},
      {"too long", R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(5'000'000, 'x') + "\"}",
       -32600},
      {"number", "5", -32600},
      {"empty batch", "[]", -32600},
      {"id null", R"({"jsonrpc":"2.0","id":null,"method":"ping"})", -32600},
      {"unknown method", R"({"jsonrpc":"2.0","id":1,"method":"no/such"})", -32601},
      {"carriage return", message("ping").dump() + "\r", 0},
      {"byte order mark", "\xef\xbb\xbf" + message("ping").dump(), 0},
      {"blanks around", "  " + message("ping").dump() + "\t", 0},
      {"modern, no envelope faults", modern("tools/list").dump(), 0},
      {"modern, unsupported",
       [] {
         Json m = modern("tools/list");
         m["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "v999";
         return m.dump();
       }(),
       -32022},
      {"modern, removed", modern("ping").dump(), -32601},
      {"modern, no capabilities",
       [] {
         Json m = modern("tools/list");
         m["params"]["_meta"].erase("io.modelcontextprotocol/clientCapabilities");
         return m.dump();
       }(),
       -32602},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    client.process().write(row.line + "\n");
    const Json answer = client.next();
    ASSERT_TRUE(answer.is_object());
    EXPECT_EQ(code_of(answer), row.code) << answer;
  }
  for (const char* silent : {"", "\r", "   "}) client.process().write(std::string(silent) + "\n");
  client.send(notice("notifications/no/such"));
  client.send(notice("tools/call", {{"name", "list_risks"}}));
  EXPECT_EQ(client.ask(message("ping", Json::object(), "end"))["id"], "end")
      << "nothing was answered to those";
}

TEST(StdioLines, TheLastLineNeedsNoEnd) {
  Stdio client(Kind::kProduct);
  client.process().write(message("ping", Json::object(), "last").dump());
  client.process().close_input();
  EXPECT_EQ(client.next()["id"], "last");
  EXPECT_EQ(client.process().wait(), 0);
}

TEST(StdioLines, ASlowCallBlocksNothingAndIsCancelledByItsId) {
  Stdio client(Kind::kFixtures);
  for (const Json& id : {Json(1), Json("1"), Json(0), Json(9007199254740993)}) {
    client.send(slow(id));
    EXPECT_TRUE(client.ask(message("ping", Json::object(), "p")).contains("result"));
    client.send(notice("notifications/cancelled", {{"requestId", id}, {"reason", "test"}}));
  }
  client.process().close_input();
  EXPECT_EQ(client.next(), nullptr) << "what was cancelled is not answered";
  EXPECT_EQ(client.process().wait(), 0);
}

TEST(StdioLines, AServerThatEndsWaitsForNoAnswer) {
  Stdio client(Kind::kFixtures);
  EXPECT_TRUE(client.ask(initialize("2025-11-25", with_questions())).contains("result"));
  client.send(
      message("tools/call", {{"name", "test_elicitation"}, {"arguments", {{"message", "?"}}}}, 2));
  EXPECT_EQ(client.next()["method"], "elicitation/create");
  client.process().signal(SIGTERM);
  const Json refused = client.next(kPatience / 2);
  EXPECT_EQ(refused.value("id", Json()), 2) << refused;
  EXPECT_EQ(code_of(refused), -31001) << refused;
  EXPECT_EQ(client.process().wait(kPatience / 2), 0);
}

TEST(StdioLines, SettingsAndChangesOfTheConnection) {
  Stdio client(Kind::kFixtures);
  client.open();
  EXPECT_TRUE(client.ask(message("logging/setLevel", {{"level", "info"}}, 2)).contains("result"));
  client.send(message("tools/call", {{"name", "test_tool_with_logging"}}, 3));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.next()["method"], "notifications/message");
  EXPECT_EQ(text_of(client.next()), "logged");
  client.send(message("tools/call", {{"name", "test_trigger_tool_change"}}, 4));
  std::set<std::string> came;
  for (int i = 0; i < 2; ++i) came.insert(client.next().value("method", "answer"));
  EXPECT_EQ(came, (std::set<std::string>{"answer", "notifications/tools/list_changed"}));
}

TEST(StdioLines, NothingIsToldBeforeTheClientIsReady) {
  Stdio client(Kind::kFixtures);
  EXPECT_TRUE(client.ask(initialize()).contains("result"));
  client.send(message("tools/call", {{"name", "test_trigger_tool_change"}}, 4));
  EXPECT_EQ(text_of(client.next()), "changed");
  client.send(message("ping", Json::object(), 5));
  EXPECT_EQ(client.next()["id"], 5);
}

}  // namespace
}  // namespace govhost::test::wire
