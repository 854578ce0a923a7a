#include "mcp/subscriptions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace govhost::mcp {
namespace {

struct Heard : Stream {
  bool send(std::string_view message) override {
    const std::lock_guard lock(mutex);
    sent.emplace_back(message);
    return true;
  }
  void end(std::string_view message) override {
    const std::lock_guard lock(mutex);
    if (!ended) last = message;
    ended = true;
  }
  std::vector<std::string> methods() {
    std::vector<std::string> out;
    for (const std::string& text : sent) out.push_back(Json::parse(text).value("method", ""));
    return out;
  }
  std::mutex mutex;
  std::vector<std::string> sent;
  std::string last;
  bool ended = false;
};

using Streams = std::vector<std::shared_ptr<Heard>>;
using Subscriber = Subscriptions::Subscriber;

Subscriber of(const std::shared_ptr<Heard>& stream, const std::string& owner = "o",
              std::int64_t expires = 0) {
  return {stream, owner, expires, true};
}

Change everything() {
  Change change;
  change.tools = change.prompts = change.resources = true;
  change.updated = {"x://1", "x://2"};
  change.task = {{"taskId", "t"}, {"status", "working"}};
  return change;
}

TEST(Subscriptions, AListenerHearsOfWhatItsFilterHasWithItsTag) {
  Subscriptions subscriptions;
  const auto stream = std::make_shared<Heard>();
  Subscriptions::Filter filter;
  filter.prompts = true;
  filter.uris = {"x://2"};
  filter.tasks = {"t"};
  ASSERT_TRUE(
      subscriptions.listen(of(stream), "9007199254740993", filter, {{"promptsListChanged", true}}));
  subscriptions.tell(everything());
  EXPECT_EQ(stream->methods(),
            (std::vector<std::string>{"notifications/subscriptions/acknowledged",
                                      "notifications/prompts/list_changed",
                                      "notifications/resources/updated", "notifications/tasks"}));
  for (const std::string& text : stream->sent)
    EXPECT_NE(text.find(R"("io.modelcontextprotocol/subscriptionId":9007199254740993})"),
              std::string::npos)
        << text;
  EXPECT_EQ(Json::parse(stream->sent[2])["params"]["uri"], "x://2");
}

TEST(Subscriptions, ASessionHearsOnItsNewestStreamOnly) {
  Subscriptions subscriptions;
  const auto older = std::make_shared<Heard>(), other = std::make_shared<Heard>();
  auto newer = std::make_shared<Heard>();
  for (const auto& s : {older, newer}) ASSERT_TRUE(subscriptions.attach(of(s), "s1"));
  ASSERT_TRUE(subscriptions.attach(of(other), "s2"));
  ASSERT_TRUE(subscriptions.subscribe("s2", "x://1"));
  subscriptions.tell(everything());
  EXPECT_TRUE(older->sent.empty());
  EXPECT_EQ(newer->sent.size(), 3u);
  EXPECT_EQ(other->sent.size(), 4u);
  newer.reset();
  subscriptions.unsubscribe("s2", "x://1");
  subscriptions.tell(everything());
  EXPECT_EQ(older->sent.size(), 3u) << "the one that is left";
  EXPECT_EQ(other->sent.size(), 7u);
}

TEST(Subscriptions, StreamsAreBoundedByOwnerAndInTotal) {
  Subscriptions subscriptions;
  Streams kept;
  const auto listen = [&](const std::string& owner) {
    kept.push_back(std::make_shared<Heard>());
    const bool open = subscriptions.listen(of(kept.back(), owner), "1", {}, Json::object());
    if (!open) {
      EXPECT_TRUE(kept.back()->sent.empty()) << "nothing was promised";
      kept.pop_back();
    }
    return open;
  };
  for (std::size_t i = 0; i < Subscriptions::kMaxOfOwner; ++i) ASSERT_TRUE(listen("a"));
  EXPECT_FALSE(listen("a"));
  EXPECT_FALSE(subscriptions.attach(of(std::make_shared<Heard>(), "a"), "s"));
  EXPECT_TRUE(listen("b"));
  kept.pop_back();
  kept.pop_back();
  EXPECT_TRUE(listen("a")) << "one that its transport let go makes room";
  for (std::size_t i = 0; kept.size() < Subscriptions::kMaxStreams; ++i) {
    ASSERT_TRUE(listen("o" + std::to_string(i / Subscriptions::kMaxOfOwner)));
  }
  EXPECT_FALSE(listen("new"));
}

TEST(Subscriptions, SettingsOfSessionsAreBounded) {
  Subscriptions subscriptions;
  for (std::size_t i = 0; i < Subscriptions::kMaxUris; ++i)
    ASSERT_TRUE(subscriptions.subscribe("s", std::to_string(i)));
  EXPECT_FALSE(subscriptions.subscribe("s", "one more"));
  subscriptions.unsubscribe("s", "0");
  EXPECT_TRUE(subscriptions.subscribe("s", "one more"));
  Streams kept{std::make_shared<Heard>()};
  ASSERT_TRUE(subscriptions.attach(of(kept[0]), "s"));
  for (std::size_t i = 1; i < Subscriptions::kMaxSessions; ++i)
    ASSERT_TRUE(subscriptions.set_level("t" + std::to_string(i), Severity::kInfo));
  EXPECT_TRUE(subscriptions.set_level("new", Severity::kError))
      << "those without a stream make room";
  EXPECT_FALSE(subscriptions.level_of("t1"));
  EXPECT_FALSE(subscriptions.subscribe("s", "another"))
      << "the one with a stream kept its subscriptions";
  subscriptions.forget("new");
  EXPECT_FALSE(subscriptions.level_of("new"));
}

TEST(Subscriptions, ACredentialThatHasEndedHearsNothing) {
  Subscriptions subscriptions;
  const auto past = std::make_shared<Heard>(), future = std::make_shared<Heard>();
  Subscriptions::Filter filter;
  filter.tools = true;
  ASSERT_TRUE(subscriptions.listen(of(past, "o", 1), "1", filter, Json::object()));
  ASSERT_TRUE(
      subscriptions.listen(of(future, "o", 4'102'444'800'000), "1", filter, Json::object()));
  subscriptions.tell(everything());
  EXPECT_TRUE(past->ended);
  EXPECT_EQ(past->sent.size(), 1u);
  EXPECT_FALSE(future->ended);
  EXPECT_EQ(future->sent.size(), 2u);
}

TEST(Subscriptions, TheEndIsToldAsEachEraWantsIt) {
  Subscriptions subscriptions;
  const auto http = std::make_shared<Heard>(), stdio = std::make_shared<Heard>(),
             session = std::make_shared<Heard>();
  ASSERT_TRUE(subscriptions.listen(of(http), "0", {}, Json::object()));
  ASSERT_TRUE(subscriptions.listen({stdio, "o", 0, false}, "\"x\"", {}, Json::object()));
  ASSERT_TRUE(subscriptions.attach(of(session), "s"));
  subscriptions.close();
  EXPECT_EQ(http->sent.size(), 1u);
  EXPECT_EQ(Json::parse(http->last)["id"], 0);
  EXPECT_EQ(stdio->methods().back(), "notifications/cancelled");
  EXPECT_EQ(Json::parse(stdio->last)["result"]["_meta"]["io.modelcontextprotocol/subscriptionId"],
            "x");
  EXPECT_TRUE(session->ended);
  EXPECT_EQ(session->last, "");
  EXPECT_FALSE(subscriptions.listen(of(http), "1", {}, Json::object()));
  EXPECT_FALSE(subscriptions.attach(of(session), "s"));
}

TEST(Subscriptions, TheAcknowledgementIsFirstWhateverElseHappens) {
  Subscriptions subscriptions;
  constexpr int kListens = 200;
  std::atomic<bool> done{false};
  std::latch start(2);
  std::thread teller([&] {
    start.arrive_and_wait();
    while (!done) subscriptions.tell(everything());
  });
  start.arrive_and_wait();
  Subscriptions::Filter filter;
  filter.tools = true;
  for (int i = 0; i < kListens; ++i) {
    const auto stream = std::make_shared<Heard>();
    ASSERT_TRUE(subscriptions.listen(of(stream), "1", filter, Json::object()));
    subscriptions.set_level("s" + std::to_string(i), Severity::kInfo);
    subscriptions.forget("s" + std::to_string(i));
    const std::lock_guard lock(stream->mutex);
    EXPECT_NE(stream->sent.at(0).find("acknowledged"), std::string::npos);
  }
  done = true;
  teller.join();
}

}  // namespace
}  // namespace govhost::mcp
