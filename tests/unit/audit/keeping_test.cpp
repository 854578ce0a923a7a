// How long a trail is kept: retention, holds, exports, and what the check says of each.
#include "audit/export.h"
#include "audit/holds.h"
#include "core/time.h"
#include "fixture.h"

namespace govhost::audit {
namespace {

class AuditKeeping : public AuditTrail {
 protected:
  // Files of a few records each: what comes in one go stays in one file.
  Settings small() const {
    Settings out = settings();
    out.sync = Sync::kEach;
    out.segment_bytes = 2000;
    return out;
  }
  // What a host does at its start: the files are looked at once.
  void keep(const Retention& retention) {
    Settings with = small();
    with.retention = retention;
    write(1, with);
  }
  std::string all() const {
    std::string out;
    for (const fs::path& file : files())
      for (const std::string& line : lines_of(file)) out += line + "\n";
    return out;
  }
};

TEST_F(AuditKeeping, OldFilesAreRemovedAndTheRemovalIsARecord) {
  write(60, small());
  const std::size_t before = files().size();
  ASSERT_GT(before, 5u);
  const std::string last = lines_of(files()[before - 2]).back();
  keep({1ms, 0});
  EXPECT_LE(files().size(), 4u);
  EXPECT_NE(files().front().filename(), segment_name(1));
  EXPECT_NE(all().find(R"("action":"audit.removed","target":"audit-000000000001.jsonl")"),
            std::string::npos);
  const Verdict verdict = check();
  EXPECT_TRUE(verdict.good) << verdict.problem;
  EXPECT_GT(verdict.from, 40u);
  write(5, small());
  EXPECT_TRUE(check().good) << check().problem;
  EXPECT_TRUE(check(std::nullopt).good) << "without the key too";
}

TEST_F(AuditKeeping, WithoutRetentionEverythingIsKept) {
  write(60, small());
  const auto before = files();
  keep({});
  EXPECT_EQ(files().front(), before.front());
  EXPECT_GE(files().size(), before.size());
}

TEST_F(AuditKeeping, TheOldestGoWhenThereIsTooMuch) {
  write(60, small());
  keep({0ms, 8192});
  std::uintmax_t bytes = 0;
  for (const fs::path& file : files()) bytes += fs::file_size(file);
  EXPECT_LT(bytes, 14'000u) << "with what came meanwhile: the records of the removals";
  EXPECT_NE(all().find(R"("reason":"size")"), std::string::npos);
  EXPECT_TRUE(check().good) << check().problem;
}

TEST_F(AuditKeeping, AHoldKeepsEverythingAndIsARecord) {
  write(60, small());
  const auto before = files();
  ASSERT_TRUE(
      place_hold(settings().folder, {"case-7", "a lawyer asked", "2026-01-01T00:00:00Z"}).ok());
  EXPECT_FALSE(place_hold(settings().folder, {"case-7", "again", ""}).ok());
  keep({1ms, 1});
  EXPECT_EQ(files().front(), before.front());
  EXPECT_NE(
      all().find(
          R"("action":"audit.hold","target":"case-7","outcome":"ok","reason":"a lawyer asked")"),
      std::string::npos);
  ASSERT_TRUE(release_hold(settings().folder, "case-7").ok());
  EXPECT_FALSE(release_hold(settings().folder, "case-7").ok());
  keep({1ms, 0});
  EXPECT_NE(files().front(), before.front());
  EXPECT_TRUE(check().good) << check().problem;
}

TEST_F(AuditKeeping, AHoldThatCannotBeReadHoldsToo) {
  write(60, small());
  folder.write("audit/hold-x.json", "garbage");
  const auto before = files();
  keep({1ms, 0});
  EXPECT_EQ(files().front(), before.front());
}

TEST_F(AuditKeeping, NamesOfHoldsLeadNowhere) {
  write(1);
  for (const char* name : {"", "../x", "a/b", "A", ".x"}) {
    EXPECT_FALSE(place_hold(settings().folder, {name, "why", ""}).ok()) << name;
    EXPECT_FALSE(release_hold(settings().folder, name).ok()) << name;
  }
}

TEST_F(AuditKeeping, ABeginningThatSomebodyElseRemovedShows) {
  write(60, small());
  fs::remove(files().front());
  EXPECT_NE(check().problem.find("is missing"), std::string::npos);
  EXPECT_NE(check().problem.find("no record tells of its removal"), std::string::npos);
}

TEST_F(AuditKeeping, ARemovalThatTellsOfLessDoesNotCoverMore) {
  write(60, small());
  keep({0ms, 12'000});
  ASSERT_TRUE(check().good) << check().problem;
  fs::remove(files().front());
  EXPECT_NE(check().problem.find("no record tells of its removal"), std::string::npos)
      << check().problem;
}

// Whoever can write the folder can write such a record, but not sign it.
TEST_F(AuditKeeping, AMadeUpRemovalIsNotSigned) {
  write(60, small());
  const auto all_files = files();
  const std::string last = lines_of(all_files[0]).back();
  const std::string newest = lines_of(all_files.back()).back();
  const auto end = *open_line(newest);
  Link link{end.seq, std::string(end.hash)};
  const auto removed = *open_line(last);
  std::string line;
  seal(
      link,
      R"("ts":"2026-01-01T00:00:00Z","action":"audit.removed","outcome":"ok","args":{"first":1,"last":)" +
          std::to_string(removed.seq) + R"(,"last_hash":")" + std::string(removed.hash) + "\"}",
      line);
  std::ofstream(all_files.back(), std::ios::app) << line;
  fs::remove(all_files[0]);
  EXPECT_NE(check().problem.find("is not signed"), std::string::npos) << check().problem;
}

TEST_F(AuditKeeping, APartCanBeChecked) {
  write(60, small());
  const fs::path to = folder.path() / "export";
  const auto middle = lines_of(files()[files().size() / 2]);
  const auto time = [](const std::string& line) {
    const std::size_t at = line.find("\"ts\":\"") + 6;
    return from_rfc3339(line.substr(at, line.find('"', at) - at));
  };
  const auto done =
      export_trail(settings().folder, {time(middle.front()), time(middle.back())}, to);
  ASSERT_TRUE(done.ok()) << done.status().message();
  EXPECT_GT(done->first, 1u);
  EXPECT_LT(done->last, 60u);
  EXPECT_GE(done->last, open_line(middle.back())->seq);
  const auto part = verify(to, key.verify_key(), {}, true);
  ASSERT_TRUE(part.ok());
  EXPECT_TRUE(part->good) << part->problem;
  EXPECT_EQ(part->from, done->first);
  EXPECT_FALSE(verify(to, key.verify_key(), {}, false)->good) << "as a whole trail it is none";
  EXPECT_FALSE(export_trail(settings().folder, {}, to).ok()) << "nothing is written over";
  EXPECT_EQ(
      export_trail(settings().folder, {{}, time(middle.front()).value() - 24h}, to).status().code(),
      GOV_NOT_FOUND);
  // A change in the part shows.
  auto changed = lines_of(*segments_of(to)->begin());
  changed[0][30] = changed[0][30] == 'x' ? 'y' : 'x';
  put(*segments_of(to)->begin(), changed);
  EXPECT_FALSE(verify(to, key.verify_key(), {}, true)->good);
}

}  // namespace
}  // namespace govhost::audit
