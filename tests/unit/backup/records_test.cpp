#include "backup/records.h"

#include <gtest/gtest.h>

#include "support/files.h"

namespace govhost::backup {
namespace {

TEST(Records, AreRememberedByDeed) {
  const test::TempDir folder;
  const std::string state = (folder.path() / "new").string();
  EXPECT_FALSE(last_done(state, Deed::kCreate));
  const auto time = std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000));
  ASSERT_TRUE(note_done(state, Deed::kCreate, {time, "/b\xff.tar.gz"}).ok());
  EXPECT_FALSE(last_done(state, Deed::kDrill));
  const auto done = last_done(state, Deed::kCreate);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->at, time);
  EXPECT_FALSE(note_done("", Deed::kCreate, {time, ""}).ok());
}

TEST(Records, ThatAreNotOursAreNone) {
  const test::TempDir folder;
  for (const char* text : {"", "{", "[]", "{\"at\":1}", "{\"at\":\"soon\"}"}) {
    folder.write("last-backup.json", text);
    EXPECT_FALSE(last_done(folder.path().string(), Deed::kCreate)) << text;
  }
}

}  // namespace
}  // namespace govhost::backup
