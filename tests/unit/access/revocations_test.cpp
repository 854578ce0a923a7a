#include "access/revocations.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/files.h"

namespace govhost::access {
namespace {

using Verdict = Revocations::Verdict;

class RevocationsTest : public testing::Test {
 protected:
  void write(const std::string& text) {
    // Renamed into its place, as editors and deployment tools do.
    std::ofstream(file + ".new") << text;
    std::filesystem::rename(file + ".new", file);
  }
  Verdict of(const std::string& subject, const std::string& credential = {}) const {
    plugin::Principal principal;
    principal.subject = subject;
    principal.credential = credential;
    return list->of(principal);
  }
  void open() {
    auto opened = Revocations::open(file);
    ASSERT_TRUE(opened) << opened.status().message();
    list = std::move(*opened);
  }

  test::TempDir folder;
  const std::string file = (folder.path() / "revoked").string();
  std::unique_ptr<Revocations> list;
};

TEST_F(RevocationsTest, SubjectsAndCredentialsAreRevoked) {
  write("# left in May\nsubject mallory\n\n  credential\tjti-7  # stolen laptop\nsubject a b\n");
  open();
  EXPECT_EQ(list->size(), 3U);
  EXPECT_EQ(of("mallory"), Verdict::kRevoked);
  EXPECT_EQ(of("a b"), Verdict::kRevoked);
  EXPECT_EQ(of("alice", "jti-7"), Verdict::kRevoked);
  EXPECT_EQ(of("alice", "jti-8"), Verdict::kGood);
  EXPECT_EQ(of("jti-7"), Verdict::kGood);
  EXPECT_EQ(of("alice", "mallory"), Verdict::kGood);
}

TEST_F(RevocationsTest, AChangeIsSeen) {
  write("");
  open();
  EXPECT_EQ(of("mallory"), Verdict::kGood);
  write("subject mallory\n");
  EXPECT_TRUE(list->refresh().ok());
  EXPECT_EQ(of("mallory"), Verdict::kRevoked);
}

TEST_F(RevocationsTest, WithoutAReadableListNobodyIsLetIn) {
  write("subject mallory\n");
  open();
  std::filesystem::remove(file);
  EXPECT_FALSE(list->refresh().ok());
  EXPECT_EQ(of("alice"), Verdict::kUnknown);
  EXPECT_TRUE(list->refresh().ok()) << "said once";
  EXPECT_EQ(of("alice"), Verdict::kUnknown);
  write("revoke mallory\n");
  const gov::Status wrong = list->refresh();
  EXPECT_NE(wrong.message().find(file + ", line 1: "), std::string::npos) << wrong.message();
  EXPECT_EQ(of("alice"), Verdict::kUnknown);
  write("subject mallory\n");
  EXPECT_TRUE(list->refresh().ok());
  EXPECT_EQ(of("alice"), Verdict::kGood);
  EXPECT_EQ(of("mallory"), Verdict::kRevoked);
}

TEST_F(RevocationsTest, AFileThatIsNotThereIsAnErrorAtTheStart) {
  const auto opened = Revocations::open(file);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.status().message().find(file), std::string::npos);
}

}  // namespace
}  // namespace govhost::access
