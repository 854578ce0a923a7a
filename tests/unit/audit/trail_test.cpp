// What is written, through restarts, kills and disks that fail.
#include <nlohmann/json.hpp>

#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "fixture.h"

namespace govhost::audit {
namespace {

using Json = nlohmann::json;

TEST_F(AuditTrail, ARecordSaysWhoDidWhatAndHow) {
  open(settings());
  EXPECT_TRUE(trail->append({.action = "tools/call",
                             .target = "get_risk",
                             .outcome = "ok",
                             .correlation_id = "c-1",
                             .principal = "anna\n{\"forged\":1}",
                             .address = "127.0.0.1:7",
                             .transport = "http",
                             .arguments = R"({"risk_id":"ri-1"})",
                             .snapshot = "abc",
                             .duration = 12us,
                             .bytes = 34}));
  trail.reset();
  const auto all = lines_of(files()[0]);
  ASSERT_EQ(all.size(), 1u) << "one record is one line";
  const Json line = Json::parse(all[0]);
  EXPECT_EQ(line["seq"], 1);
  EXPECT_EQ(line["prev"], kNoPrevious);
  EXPECT_EQ(line["principal"], "anna\n{\"forged\":1}");
  EXPECT_EQ(line["target"], "get_risk");
  EXPECT_EQ(line["duration_us"], 12);
  EXPECT_EQ(line["args_sha256"].get<std::string>().size(), 64u);
  EXPECT_FALSE(line.contains("args"));
  EXPECT_FALSE(line.contains("reason")) << "what is empty is left out";
}

TEST_F(AuditTrail, ArgumentsAreKeptWholeOnlyWhenThatIsWantedAndTheyAreShort) {
  Settings whole = settings();
  whole.whole_arguments = true;
  open(whole);
  const std::string long_one = "{\"q\":\"" + std::string(5000, 'x') + "\"}";
  trail->append({.action = "a", .arguments = R"({"q":1})"});
  trail->append({.action = "a", .arguments = long_one});
  trail.reset();
  const auto all = lines_of(files()[0]);
  EXPECT_EQ(Json::parse(all[0])["args"]["q"], 1);
  EXPECT_FALSE(Json::parse(all[1]).contains("args"));
}

TEST_F(AuditTrail, GoesOnWhereItEnded) {
  for (int round = 0; round < 4; ++round) write(7);
  const Verdict verdict = check();
  EXPECT_TRUE(verdict.good) << verdict.problem;
  EXPECT_EQ(verdict.records, 28u);
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(AuditTrail, ManyThreadsMakeOneChain) {
  for (const Sync sync : {Sync::kEach, Sync::kBatch, Sync::kNone}) {
    Settings with = settings();
    with.sync = sync;
    open(with);
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([this] {
        for (int i = 0; i < 100; ++i) EXPECT_TRUE(trail->append({.action = "tools/call"}));
      });
    for (std::thread& thread : threads) thread.join();
    trail.reset();
  }
  EXPECT_TRUE(check().good) << check().problem;
  EXPECT_EQ(check().records, 2400u);
}

TEST_F(AuditTrail, WhatIsTakenWithEachIsInTheFile) {
  Settings each = settings();
  each.sync = Sync::kEach;
  open(each);
  for (std::size_t i = 1; i <= 20; ++i) {
    ASSERT_TRUE(trail->append({.action = "tools/call"}));
    ASSERT_EQ(lines_of(files()[0]).size(), i);
  }
}

TEST_F(AuditTrail, AHalfLineIsSealedByARecord) {
  write(5);
  const std::string torn = R"({"seq":6,"prev":"ab)";
  std::ofstream(files()[0], std::ios::app) << torn;
  EXPECT_TRUE(check().good) << "a process that was killed has broken nothing";
  write(3);
  const Verdict verdict = check();
  EXPECT_TRUE(verdict.good) << verdict.problem;
  EXPECT_EQ(verdict.records, 9u) << "three and the one that seals";
  EXPECT_EQ(lines_of(files()[0])[5], torn) << "nothing is taken away";
  EXPECT_EQ(Json::parse(lines_of(files()[0])[6])["action"], "recovered");
  auto all = lines_of(files()[0]);
  all[5] += "x";
  put(files()[0], all);
  EXPECT_FALSE(check().good) << "and it vouches for that half line only";
}

TEST_F(AuditTrail, AHalfCheckpointBreaksNothing) {
  write(5);
  std::ofstream(settings().folder / kCheckpoints, std::ios::app) << R"({"seq":9,"hash":"ab)";
  EXPECT_TRUE(check().good) << check().problem;
  write(5);
  const Verdict verdict = check();
  EXPECT_TRUE(verdict.good) << verdict.problem;
  EXPECT_EQ(verdict.signed_until, 10u) << "the next one stands on a line of its own";
}

TEST_F(AuditTrail, ADamagedEndIsNotFollowed) {
  write(5);
  auto all = lines_of(files()[0]);
  all[4][20] = '!';
  put(files()[0], all);
  const auto opened = Trail::open(settings(), log);
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.status().message().find("the last record is damaged"), std::string::npos);
}

TEST_F(AuditTrail, TwoProcessesDoNotWriteOneTrail) {
  open(settings());
  const auto second = Trail::open(settings(), log);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.status().message().find("another process writes the trail"), std::string::npos);
}

// RLIMIT_FSIZE makes write(2) fail as a full disk does, in the middle of a line.
class AuditFullDisk : public AuditTrail {
 protected:
  AuditFullDisk() {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
  }
  ~AuditFullDisk() override { has_space(); }
  void is_full_at(rlim_t bytes) const {
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  void has_space() const { ::setrlimit(RLIMIT_FSIZE, &before_); }
  bool append() { return trail->append({.action = "tools/call", .outcome = "ok"}); }
  template <class Done>
  static void wait_until(const Done& done) {
    const auto limit = std::chrono::steady_clock::now() + 20s;
    while (!done() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    EXPECT_TRUE(done());
  }

 private:
  rlimit before_{};
};

TEST_F(AuditFullDisk, NothingHappensThatCannotBeRecordedAndNothingIsLost) {
  Settings each = settings();
  each.sync = Sync::kEach;
  open(each);
  std::uint64_t taken = 0;
  is_full_at(2000);
  wait_until([&] {
    const bool well = append();
    taken += well ? 1 : 0;
    return !well;
  });
  EXPECT_FALSE(trail->accepts());
  has_space();
  wait_until([&] { return trail->accepts(); });
  EXPECT_TRUE(append());
  trail.reset();
  const Verdict verdict = check();
  EXPECT_TRUE(verdict.good) << verdict.problem;
  EXPECT_GE(verdict.records, taken + 1);
}

TEST_F(AuditFullDisk, WithFailOpenEverythingGoesOn) {
  Settings open_one = settings();
  open_one.fail_closed = false;
  open(open_one);
  is_full_at(1000);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(append());
  has_space();
  trail.reset();
  EXPECT_TRUE(check().good) << check().problem;
  EXPECT_EQ(check().records, 100u) << "so few are kept until they can be written";
}

}  // namespace
}  // namespace govhost::audit
