// Every way to change a trail shows.
#include "fixture.h"

namespace govhost::audit {
namespace {

class AuditVerify : public AuditTrail {
 protected:
  AuditVerify() { write(35); }
  void edit(const std::function<void(std::vector<std::string>&)>& change) const {
    auto all = lines_of(files()[0]);
    change(all);
    put(files()[0], all);
  }
  void expect(const std::string& problem) const {
    const Verdict verdict = check();
    EXPECT_FALSE(verdict.good);
    EXPECT_EQ(verdict.problem.substr(0, problem.size()), problem) << verdict.problem;
  }
};

TEST_F(AuditVerify, AnUnchangedTrailIsGood) {
  const Verdict verdict = check();
  EXPECT_TRUE(verdict.good) << verdict.problem;
  EXPECT_EQ(verdict.records, 35u);
  EXPECT_EQ(verdict.signed_until, 35u) << "the end signs what is left";
  EXPECT_GE(verdict.checkpoints, 1u);
  EXPECT_EQ(verdict.head.size(), 64u);
}

TEST_F(AuditVerify, WhoeverHasOpensslCanCheckALine) {
  const std::string line = lines_of(files()[0])[4];
  const std::size_t at = line.find(",\"hash\":\"");
  const fs::path text = folder.write("text", line.substr(0, at));
  const test::Outcome hashed = test::run({"sha256sum", text.string()});
  EXPECT_EQ(hashed.out.substr(0, 64), line.substr(at + 9, 64));
}

TEST_F(AuditVerify, ARemovedLine) {
  edit([](auto& all) { all.erase(all.begin() + 4); });
  expect("BROKEN at record 5: it is missing, record 6 follows");
}

TEST_F(AuditVerify, EveryChangedByte) {
  const auto before = lines_of(files()[0]);
  for (std::size_t at = 0; at < before[6].size(); at += 7) {
    edit([&](auto& all) {
      all = before;
      all[6][at] = all[6][at] == 'x' ? 'y' : 'x';
    });
    expect("BROKEN at record 7: ");
  }
}

TEST_F(AuditVerify, SwappedLines) {
  edit([](auto& all) { std::swap(all[8], all[9]); });
  expect("BROKEN at record 9: ");
}

TEST_F(AuditVerify, ALineTwice) {
  edit([](auto& all) { all.insert(all.begin() + 3, all[3]); });
  expect("BROKEN at record 5: ");
}

TEST_F(AuditVerify, ACutTail) {
  edit([](auto& all) { all.resize(20); });
  expect("TRUNCATED: record 35 was signed at ");
}

// Whoever can write the files can make a chain that fits, and remove checkpoints too.
TEST_F(AuditVerify, AChainThatWasComputedAnew) {
  edit([](auto& all) {
    Link last;
    for (std::string& line : all) {
      std::string members(open_line(line)->members);
      if (last.seq == 14) members.replace(members.find("tool-14"), 7, "tool-99");
      line.clear();
      seal(last, members, line);
      line.pop_back();
    }
  });
  const Verdict verdict = check();
  EXPECT_FALSE(verdict.good);
  EXPECT_NE(verdict.problem.find("it is not the record that was signed at"), std::string::npos)
      << verdict.problem;
}

TEST_F(AuditVerify, ACheckpointOfAnotherKey) {
  EXPECT_EQ(check(new_key().verify_key()).problem.substr(0, 13), "BAD SIGNATURE");
}

TEST_F(AuditVerify, ChangedCheckpoints) {
  const fs::path file = settings().folder / kCheckpoints;
  auto all = lines_of(file);
  all[0].replace(all[0].find("\"seq\":"), 7, "\"seq\":9");
  put(file, all);
  expect("BAD SIGNATURE: checkpoints.jsonl, line 1");
  put(file, {R"({"seq":1,"other":"text"})", all[0]});
  expect("BROKEN: checkpoints.jsonl, line 1 is no checkpoint");
}

TEST_F(AuditVerify, RemovedCheckpointsShowAgainstACopy) {
  const fs::path copy = folder.path() / "copy.jsonl";
  fs::copy_file(settings().folder / kCheckpoints, copy);
  fs::remove(settings().folder / kCheckpoints);
  edit([](auto& all) { all.resize(20); });
  EXPECT_EQ(check().checkpoints, 0u);
  EXPECT_EQ(check(key.verify_key(), copy).problem.substr(0, 9), "TRUNCATED");
}

TEST_F(AuditVerify, ARemovedFile) {
  Settings small = settings();
  small.segment_bytes = 4096;
  small.sync = Sync::kEach;
  write(40, small);
  ASSERT_GE(files().size(), 3u);
  EXPECT_TRUE(check().good) << check().problem;
  fs::remove(files()[1]);
  EXPECT_NE(check().problem.find("is missing, audit-0000"), std::string::npos) << check().problem;
}

TEST_F(AuditVerify, NothingToCheckIsAnError) {
  EXPECT_EQ(verify(folder.path() / "none", std::nullopt).status().code(), GOV_NOT_FOUND);
}

}  // namespace
}  // namespace govhost::audit
