// What the service answers before, during and after the making of its index.
#include "search/service.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "fixtures.h"

namespace govhost::search {
namespace {

using fixtures::FakeBackend;
using fixtures::snapshot;
using fixtures::soon;
using plugin::CallContext;
using std::chrono::steady_clock;

constexpr Request kAny{"words", {}, {}, 5};

std::shared_ptr<const content::Snapshot> one_risk() {
  return snapshot({{"_risks/ri-1_a.md", "Text"}});
}

TEST(ServiceWait, WithoutAnIndexAQueryWaitsUntilItsDeadline) {
  FakeBackend backend;
  Service service(backend);
  EXPECT_FALSE(service.ready());
  EXPECT_FALSE(service.answers_at_once());
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(20);
  CallContext call(deadline);
  const auto found = service.query(call, kAny);
  EXPECT_GE(steady_clock::now(), deadline);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.status().code(), GOV_UNAVAILABLE);
  EXPECT_EQ(found.status().message(), "the search index is still being built");
  EXPECT_EQ(backend.asked_text, "");
}

TEST(ServiceWait, ACancelledQueryDoesNotWait) {
  FakeBackend backend;
  Service service(backend);
  CallContext call(soon());
  call.cancel();
  EXPECT_EQ(service.query(call, kAny).status().code(), GOV_UNAVAILABLE);
}

// The query begins while the backend is still at work and is answered by what that makes.
TEST(ServiceWait, AQueryIsAnsweredOnceTheIndexIsThere) {
  FakeBackend backend;
  backend.hits = {{"risk/1_a#", 1, {}}};
  Service service(backend);
  std::promise<void> asked;
  backend.on_apply = [&](auto) { asked.get_future().wait(); };
  std::thread indexing([&] {
    CallContext call(soon());
    EXPECT_TRUE(service.index(call, one_risk()).ok());
  });
  EXPECT_FALSE(service.ready());
  auto answer = std::async(std::launch::async, [&] {
    CallContext call(soon());
    asked.set_value();
    return service.query(call, kAny);
  });
  const auto found = answer.get();
  indexing.join();
  ASSERT_TRUE(found) << found.status().message();
  EXPECT_EQ(found->hits.size(), 1u);
  EXPECT_TRUE(service.ready());
}

TEST(ServiceWait, AFailedIndexFailsQueriesWithItsReason) {
  FakeBackend backend;
  Service service(backend);
  auto waiting = std::async(std::launch::async, [&] {
    CallContext call(soon());
    return service.query(call, kAny);
  });
  backend.apply_answer = gov::resource_exhausted("search: out of memory");
  CallContext call(soon());
  EXPECT_EQ(service.index(call, one_risk()).code(), GOV_RESOURCE_EXHAUSTED);
  for (const auto& found : {waiting.get(), service.query(call, kAny)}) {
    ASSERT_FALSE(found);
    EXPECT_EQ(found.status().code(), GOV_UNAVAILABLE);
    EXPECT_EQ(found.status().message(), "search: out of memory");
  }
  EXPECT_FALSE(service.ready());
  EXPECT_FALSE(service.answers_at_once());
  EXPECT_EQ(service.failure(), "search: out of memory");
}

// A plugin may fail without a word. Its queries must not wait for what will never come.
TEST(ServiceWait, AFailureWithoutAReasonIsAFailure) {
  FakeBackend backend;
  backend.apply_answer = gov::Status(GOV_INTERNAL, "");
  Service service(backend);
  CallContext call(steady_clock::now() + std::chrono::milliseconds(50));
  EXPECT_EQ(service.index(call, one_risk()).code(), GOV_INTERNAL);
  EXPECT_NE(service.failure(), "");
  EXPECT_NE(service.query(call, kAny).status().message(), "the search index is still being built");
}

TEST(ServiceWait, ALaterSuccessHealsAFailure) {
  FakeBackend backend;
  Service service(backend);
  CallContext call(soon());
  backend.apply_answer = gov::internal("broken");
  EXPECT_FALSE(service.index(call, one_risk()).ok());
  backend.apply_answer = {};
  EXPECT_TRUE(service.index(call, one_risk()).ok());
  EXPECT_EQ(service.failure(), "");
  EXPECT_TRUE(service.query(call, kAny));
}

TEST(ServiceWait, ALaterFailureKeepsTheOldIndex) {
  FakeBackend backend;
  backend.hits = {{"risk/1_a#", 1, {}}, {"risk/2_b#", 1, {}}};
  Service service(backend);
  CallContext call(soon());
  const auto first = one_risk();
  EXPECT_TRUE(service.index(call, first).ok());
  backend.apply_answer = gov::internal("broken");
  EXPECT_FALSE(service.index(call, snapshot({{"_risks/ri-2_b.md", "Text"}})).ok());
  EXPECT_TRUE(service.ready());
  EXPECT_EQ(service.failure(), "broken");
  const auto found = service.query(call, kAny);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->snapshot, first);
  ASSERT_EQ(found->hits.size(), 1u);
  EXPECT_EQ(found->hits[0].document->id, "1_a");
}

TEST(ServiceWait, AnswersAtOnceWhenReadyAndTheBackendNeverBlocks) {
  FakeBackend backend;
  Service service(backend);
  CallContext call(soon());
  EXPECT_FALSE(service.answers_at_once());
  EXPECT_TRUE(service.index(call, one_risk()).ok());
  EXPECT_TRUE(service.answers_at_once());
  backend.quick = false;
  EXPECT_FALSE(service.answers_at_once());
}

// The documents of an answer live as long as the answer.
TEST(ServiceWait, AnAnswerKeepsItsSnapshot) {
  FakeBackend backend;
  backend.hits = {{"risk/1_a#", 1, {}}};
  Service service(backend);
  CallContext call(soon());
  std::weak_ptr<const content::Snapshot> first;
  {
    auto content = one_risk();
    first = content;
    EXPECT_TRUE(service.index(call, std::move(content)).ok());
  }
  {
    const auto found = service.query(call, kAny);
    ASSERT_TRUE(found);
    EXPECT_TRUE(service.index(call, snapshot({{"_risks/ri-2_b.md", "Text"}})).ok());
    ASSERT_FALSE(first.expired());
    EXPECT_EQ(*found->hits.at(0).document->body, "Text");
  }
  EXPECT_TRUE(first.expired());
}

}  // namespace
}  // namespace govhost::search
