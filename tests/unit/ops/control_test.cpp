#include "ops/control.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>
#include <vector>

#include "core/unique_fd.h"
#include "support/files.h"

namespace govhost::ops {
namespace {

using nlohmann::json;

class ControlSocket : public testing::Test {
 protected:
  gov::Status open(Control::Handler handler) {
    auto opened = Control::open(path, std::move(handler), log);
    if (opened) control = std::move(*opened);
    return opened ? gov::Status() : opened.status();
  }
  static gov::Result<json> echo(const json& request) { return request; }
  // What the server sends to these bytes before it hangs up.
  std::string send(const std::string& bytes) const {
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t n = ::send(fd.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) break;  // it has hung up already
      sent += static_cast<std::size_t>(n);
    }
    ::shutdown(fd.get(), SHUT_WR);
    std::string out;
    char chunk[4096];
    for (ssize_t n = 0; (n = ::recv(fd.get(), chunk, sizeof chunk, 0)) > 0;)
      out.append(chunk, static_cast<std::size_t>(n));
    return out;
  }

  const test::TempDir folder;
  const std::string path = (folder.path() / "c.sock").string();
  const UniqueFd nowhere{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  LineWriter lines{nowhere.get()};
  Log log{lines, Level::kInfo};
  std::unique_ptr<Control> control;
};

TEST_F(ControlSocket, AnswersAndPassesErrorsOnWithTheirCode) {
  ASSERT_TRUE(open([](const json& request) -> gov::Result<json> {
                if (request["verb"] == "fail") return gov::not_found("no such thing");
                return json{{"heard", request["verb"]}};
              }).ok());
  const auto answer = ask(path, {{"verb", "hello"}});
  ASSERT_TRUE(answer.ok()) << answer.status().message();
  EXPECT_EQ((*answer)["heard"], "hello");
  const auto failed = ask(path, {{"verb", "fail"}});
  EXPECT_EQ(failed.status().code(), GOV_NOT_FOUND);
  EXPECT_EQ(failed.status().message(), "no such thing");
}

TEST_F(ControlSocket, WhatIsNoRequestIsRefusedOrDropped) {
  ASSERT_TRUE(open(echo).ok());
  for (const std::string bytes : {"\n", "{\n", "[]\n", "{}\n", "{\"verb\":7}\n", "\xff\xfe\n"})
    EXPECT_NE(send(bytes).find("INVALID_ARGUMENT"), std::string::npos) << bytes;
  EXPECT_EQ(send(""), "");
  EXPECT_EQ(send("{\"verb\":\"no line break\"}"), "");
  EXPECT_EQ(send(std::string(1u << 20u, 'x') + "\n"), "") << "too long";
  EXPECT_TRUE(ask(path, {{"verb", "still there"}}).ok());
}

TEST_F(ControlSocket, ManyAtOnceAreAllAnswered) {
  ASSERT_TRUE(open(echo).ok());
  std::vector<std::future<bool>> all;
  for (int i = 0; i < 40; ++i)
    all.push_back(std::async(std::launch::async, [&] {
      return ask(path, {{"verb", "hello"}}).ok();
    }));
  for (auto& each : all) EXPECT_TRUE(each.get());
}

TEST_F(ControlSocket, TakesThePlaceOfADeadServerButOfNothingElse) {
  ASSERT_TRUE(open(echo).ok());
  const gov::Status second = open(echo);
  EXPECT_NE(second.message().find("another server listens on"), std::string::npos);
  control.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(ask(path, {{"verb", "x"}}).status().code(), GOV_UNAVAILABLE);
  {
    // As a killed server leaves it.
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  EXPECT_TRUE(open(echo).ok());
  control.reset();
  std::ofstream(path) << "a file";
  EXPECT_FALSE(open(echo).ok());
  EXPECT_TRUE(std::filesystem::is_regular_file(path));
}

TEST_F(ControlSocket, APathThatIsTooLongIsNamed) {
  const auto opened = Control::open((folder.path() / std::string(200, 'x')).string(), echo, log);
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.status().message().find("set ops.control to a shorter path"), std::string::npos);
}

TEST_F(ControlSocket, TheEndWaitsForWhoIsBeingAnswered) {
  std::promise<void> begun, go_on;
  ASSERT_TRUE(open([&](const json&) -> gov::Result<json> {
                begun.set_value();
                go_on.get_future().wait();
                return json{{"done", true}};
              }).ok());
  auto answer = std::async(std::launch::async, [&] { return ask(path, {{"verb", "slow"}}); });
  begun.get_future().wait();
  auto ended = std::async(std::launch::async, [&] { control.reset(); });
  go_on.set_value();
  ended.get();
  EXPECT_TRUE(answer.get().ok());
}

}  // namespace
}  // namespace govhost::ops
