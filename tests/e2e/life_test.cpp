// How the process starts, is asked after, and ends.
#include <gtest/gtest.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

const HeaderList kJson = {{"Content-Type", "application/json"},
                          {"Accept", "application/json, text/event-stream"}};

TEST(Life, TheEndOfStandardInputEndsAStdioServerWithEveryAnswerDelivered) {
  Process process({binary(), "serve", "--stdio"});
  for (int i = 0; i < 50; ++i)
    process.write(
        R"({"jsonrpc":"2.0","id":)" + std::to_string(i) +
        R"(,"method":"tools/call","params":{"name":"search","arguments":{"query":"data"}}})"
        "\n");
  process.close_input();
  int answers = 0;
  while (process.read_line()) ++answers;
  EXPECT_EQ(answers, 50);
  EXPECT_EQ(process.wait(), 0);
}

TEST(Life, ALastLineWithoutItsBreakIsAnswered) {
  Process process({binary(), "serve", "--stdio"});
  process.write(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  process.close_input();
  EXPECT_TRUE(process.read_line().has_value());
  EXPECT_EQ(process.wait(), 0);
}

TEST(Life, SignalsStopEitherTransportWithExitCode0) {
  for (const Wire wire : {Wire::kStdio, Wire::kHttp})
    for (const int signal : {SIGTERM, SIGINT}) {
      Client client(wire, Era::kLegacy, serving_starter());
      EXPECT_EQ(client.structured("list_frameworks")["total_count"], 4);
      client.process().signal(signal);
      EXPECT_EQ(client.process().wait(), 0) << client.process().error_text();
      EXPECT_TRUE(client.process().wait_error_line("\"shutdown.complete\""));
    }
}

TEST(Life, AClosedIdleClientDoesNotHoldUpTheEnd) {
  Client client(Wire::kHttp, Era::kLegacy,
                serving_starter());  // its connection is idle and kept alive
  HttpConnection half(client.port());
  half.send("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n");  // and one is stuck in its headers
  const auto began = std::chrono::steady_clock::now();
  client.process().signal(SIGTERM);
  EXPECT_EQ(client.process().wait(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20))
      << "waited for the drain timeout";
}

// A search plugin that waits at a named pipe makes "in flight" a fact instead of a race.
class InFlight : public testing::Test {
 protected:
  InFlight() {
    gate = folder.path() / "gate";
    EXPECT_EQ(::mkfifo(gate.c_str(), 0600), 0);
    config = folder.write("govhost.toml",
                          "[[transport]]\nplugin = \"http\"\n[transport.options]\nlisten = "
                          "\"127.0.0.1:0\"\n[[source]]\nplugin = \"starter\"\n"
                          "[search]\nplugin = \"" GOVHOST_HOSTILE
                          "/moody.so\"\nisolation = \"in-process\"\n"
                          "options = { mood = \"waits at the gate\", gate = \"" +
                              gate + "\" }\n");
  }
  TempDir folder;
  std::string gate, config;
};

TEST_F(InFlight, AnswersAreDeliveredBeforeTheProcessEnds) {
  Process process({binary(), "serve", "--config", config, "--ops", "127.0.0.1:0"});
  const auto ready = process.wait_error_line("\"serve.ready\"");
  ASSERT_TRUE(ready) << process.error_text();
  const auto endpoint = [&](const char* event) {
    return Json::parse(*process.wait_error_line(event))["endpoint"].get<std::string>();
  };
  HttpConnection http(port_of(endpoint("\"transport.listening\"")));
  HttpConnection ops(port_of(endpoint("\"ops.listening\"")));
  const std::string body =
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"x"}}})";
  http.send(
      "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: "
      "application/json, text/event-stream\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  // Opening the pipe for writing waits until the plugin has opened it for reading: it is in flight.
  std::ofstream held(gate);
  process.signal(SIGTERM);
  ASSERT_TRUE(process.wait_error_line("\"shutdown.begin\""));
  HttpAnswer state = ops.request("GET", "/readyz", {{"Host", "127.0.0.1"}}, "");
  while (state.status == 200) state = ops.request("GET", "/readyz", {{"Host", "127.0.0.1"}}, "");
  EXPECT_EQ(state.status, 503);
  EXPECT_EQ(ops.request("GET", "/livez", {{"Host", "127.0.0.1"}}, "").status, 200)
      << "a draining process is alive";
  held.close();
  const HttpAnswer answer = http.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(Json::parse(answer.body)["id"], 1);
  EXPECT_EQ(process.wait(), 0) << process.error_text();
}

TEST_F(InFlight, ASecondSignalEndsItAtOnce) {
  Process process({binary(), "serve", "--config", config, "--ops", "127.0.0.1:0"});
  ASSERT_TRUE(process.wait_error_line("\"serve.ready\"")) << process.error_text();
  HttpConnection http(
      port_of(Json::parse(*process.wait_error_line("\"transport.listening\""))["endpoint"]
                  .get<std::string>()));
  const std::string body =
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"x"}}})";
  http.send(
      "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: "
      "application/json, text/event-stream\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  std::ofstream held(gate);
  process.signal(SIGTERM);
  ASSERT_TRUE(process.wait_error_line("\"shutdown.begin\""));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
}

// A starter server that goes on serving for so long after it was asked to end.
std::vector<std::string> delaying(const TempDir& folder, const std::string& delay) {
  return {"--config", folder
                          .write("govhost.toml", "host.drain_delay = \"" + delay +
                                                     "\"\n[[transport]]\nplugin = \"http\"\n"
                                                     "[search]\nplugin = \"memory\"\n"
                                                     "[[source]]\nplugin = \"starter\"\n")
                          .string()};
}

// A load balancer that asks every few seconds sends clients for so long.
TEST(Life, ClientsAreServedWhileTheDrainIsDelayed) {
  const TempDir folder;
  Client client(Wire::kHttp, Era::kModern, delaying(folder, "5s"));
  const auto began = std::chrono::steady_clock::now();
  client.process().signal(SIGTERM);
  HttpConnection ops(client.ops_port());
  while (ops.request("GET", "/readyz", {{"Host", "127.0.0.1"}}, "").status == 200) {
  }
  EXPECT_EQ(client.structured("list_frameworks")["total_count"], 4);
  HttpConnection fresh(client.port());
  EXPECT_EQ(fresh.request("GET", "/mcp", {{"Host", "127.0.0.1"}}, "").status, 400)
      << "a new connection is taken";
  EXPECT_EQ(client.process().wait(), 0);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST(Life, ASecondSignalEndsADelayedDrainAtOnce) {
  const TempDir folder;
  Client client(Wire::kHttp, Era::kModern, delaying(folder, "5m"));
  client.process().signal(SIGTERM);
  ASSERT_TRUE(client.process().wait_error_line("\"shutdown.begin\""));
  client.process().signal(SIGTERM);
  EXPECT_EQ(client.process().wait(), 130);
}

// sd_notify(3): systemd waits for the one and reads the other.
TEST(Life, TheServiceManagerIsToldOfStartAndEnd) {
  const TempDir folder;
  const std::string path = (folder.path() / "notify").string();
  const int manager = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(manager, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(manager, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto told = [&] {
    pollfd ready{manager, POLLIN, 0};
    char text[256] = {};
    const bool came =
        ::poll(&ready, 1, 20'000) == 1 && ::recv(manager, text, sizeof text - 1, 0) > 0;
    EXPECT_TRUE(came) << "nobody was told within 20 s";
    return std::string(text);
  };
  Process process({binary(), "serve", "--stdio"}, {{"NOTIFY_SOCKET", path}});
  EXPECT_EQ(told(), "READY=1\nSTATUS=serving");
  process.signal(SIGTERM);
  EXPECT_EQ(told(), "STOPPING=1\nSTATUS=draining");
  EXPECT_EQ(process.wait(), 0);
  ::close(manager);
}

TEST(Life, ProbesAnswerAndKnowNothingElse) {
  Client client(Wire::kHttp, Era::kLegacy, serving_starter());
  HttpConnection ops(client.ops_port());
  EXPECT_EQ(ops.request("GET", "/livez", {{"Host", "127.0.0.1"}}, "").status, 200);
  EXPECT_EQ(ops.request("GET", "/readyz", {{"Host", "127.0.0.1"}}, "").status, 200);
  EXPECT_EQ(ops.request("HEAD", "/readyz", {{"Host", "127.0.0.1"}}, "").status, 200);
  EXPECT_EQ(ops.request("GET", "/nope", {{"Host", "127.0.0.1"}}, "").status, 404);
  EXPECT_EQ(ops.request("POST", "/livez", {{"Host", "127.0.0.1"}}, "").status, 405);
}

TEST(Life, EveryLogLineIsAJsonObjectWithTimeLevelAndEvent) {
  Client client(Wire::kHttp, Era::kModern, serving_starter());
  client.structured("list_risks");
  client.process().signal(SIGTERM);
  client.process().wait();
  std::istringstream lines(client.process().error_text());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const Json log = Json::parse(line, nullptr, false);
    ASSERT_TRUE(log.is_object()) << line;
    for (const char* key : {"ts", "level", "event"}) EXPECT_TRUE(log.contains(key)) << line;
    EXPECT_EQ(log.value("correlation_id", "").empty(), log["event"] != "request.done") << line;
  }
  EXPECT_GE(count, 8);
}

}  // namespace
}  // namespace govhost::test
