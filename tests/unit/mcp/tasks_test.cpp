#include "mcp/tasks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace govhost::mcp {
namespace {

TaskJob job() {
  TaskJob made;
  made.call = std::make_shared<plugin::CallContext>(std::chrono::steady_clock::now() +
                                                    std::chrono::hours(1));
  return made;
}

std::string create(Tasks& tasks, const std::string& owner = "o") {
  const auto made = tasks.create(owner, job());
  return made ? (*made)["taskId"].get<std::string>() : std::string();
}

InputNeeded two_questions() {
  return {{{"a", {{"method", "x"}}}, {"b", {{"method", "y"}}}}, {{"step", 1}}};
}

TEST(Tasks, AreBoundedByOwnerAndInTotal) {
  Tasks tasks;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < Tasks::kMaxOfOwner; ++i)
    ASSERT_TRUE(ids.insert(create(tasks)).second);
  EXPECT_FALSE(tasks.create("o", job()));
  for (std::size_t i = Tasks::kMaxOfOwner; i < Tasks::kMaxTasks; ++i)
    ASSERT_TRUE(ids.insert(create(tasks, "o" + std::to_string(i / Tasks::kMaxOfOwner))).second);
  EXPECT_FALSE(tasks.create("new", job()));
  for (const std::string& id : ids) EXPECT_GE(id.size(), 22u);
}

TEST(Tasks, AreOfTheirOwnerOnly) {
  Tasks tasks;
  const std::string id = create(tasks);
  bool resume = false;
  EXPECT_TRUE(tasks.get(id, "o"));
  EXPECT_FALSE(tasks.get(id, "other"));
  EXPECT_FALSE(tasks.get(id, ""));
  EXPECT_FALSE(tasks.cancel(id, "other"));
  EXPECT_FALSE(tasks.update(id, "other", Json::object(), resume));
  EXPECT_EQ((*tasks.get(id, "o"))["status"], "working") << "nothing of that changed it";
  EXPECT_FALSE(tasks.get(id + "x", "o"));
  EXPECT_FALSE(tasks.get("", "o"));
}

TEST(Tasks, EndOnce) {
  Tasks tasks;
  const std::string id = create(tasks);
  ASSERT_TRUE(tasks.begin(id));
  EXPECT_EQ(tasks.complete(id, {{"x", 1}})["status"], "completed");
  EXPECT_TRUE(tasks.complete(id, {{"x", 2}}).is_null());
  EXPECT_TRUE(tasks.fail(id, -1, "late").is_null());
  EXPECT_FALSE(tasks.begin(id));
  EXPECT_EQ((*tasks.cancel(id, "o"))["status"], "completed")
      << "cancelling what is over changes nothing";
  const Json task = *tasks.get(id, "o");
  EXPECT_EQ(task["result"], (Json{{"x", 1}}));
  EXPECT_FALSE(task.contains("error"));
  const std::string failed = create(tasks);
  EXPECT_EQ(tasks.fail(failed, -32603, "m")["error"], (Json{{"code", -32603}, {"message", "m"}}));
}

TEST(Tasks, CancellingReachesTheCall) {
  Tasks tasks;
  TaskJob made = job();
  const auto call = made.call;
  const std::string id = (*tasks.create("o", std::move(made)))["taskId"];
  EXPECT_EQ((*tasks.cancel(id, "o"))["status"], "cancelled");
  EXPECT_TRUE(call->cancelled());
  EXPECT_EQ((*tasks.cancel(id, "o"))["status"], "cancelled");
  EXPECT_TRUE(tasks.complete(id, Json::object()).is_null());
}

TEST(Tasks, TakeAnswersUntilAllAreThere) {
  Tasks tasks;
  const std::string id = create(tasks);
  ASSERT_TRUE(tasks.begin(id));
  bool resume = true;
  EXPECT_TRUE(tasks.update(id, "o", {{"a", 0}}, resume));
  EXPECT_FALSE(resume) << "nothing was asked yet";
  EXPECT_EQ(tasks.ask(id, two_questions())["inputRequests"].size(), 2u);
  EXPECT_FALSE(tasks.begin(id));
  EXPECT_TRUE(tasks.update(id, "o", {{"a", 1}, {"unknown", 2}}, resume));
  EXPECT_FALSE(resume);
  EXPECT_TRUE(tasks.update(id, "o", {{"a", 3}}, resume)) << "answered already";
  EXPECT_FALSE(resume);
  EXPECT_EQ((*tasks.get(id, "o"))["inputRequests"].size(), 1u);
  EXPECT_TRUE(tasks.update(id, "o", {{"b", 4}}, resume));
  EXPECT_TRUE(resume);
  const auto next = tasks.begin(id);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->inputs.responses, (Json{{"a", 1}, {"b", 4}}));
  EXPECT_EQ(next->inputs.state, (Json{{"step", 1}}));
}

TEST(Tasks, OfManyAnswersOneResumes) {
  for (int round = 0; round < 50; ++round) {
    Tasks tasks;
    const std::string id = create(tasks);
    ASSERT_TRUE(tasks.begin(id));
    ASSERT_FALSE(tasks.ask(id, two_questions()).is_null());
    constexpr std::ptrdiff_t kThreads = 4;
    std::latch start(kThreads);
    std::atomic<int> resumed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i)
      threads.emplace_back([&] {
        start.arrive_and_wait();
        bool resume = false;
        EXPECT_TRUE(tasks.update(id, "o", {{"a", 1}, {"b", 2}}, resume));
        if (resume) ++resumed;
      });
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(resumed, 1);
  }
}

}  // namespace
}  // namespace govhost::mcp
