#include "plugin/trust.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/digest.h"
#include "support/files.h"

namespace govhost::plugin {
namespace {

namespace fs = std::filesystem;
using test::TempDir;

// A folder with one plugin file that can be trusted.
struct Trusted {
  Trusted() : file(folder.write("inner/plugin.so", "content")) {
    ::chmod(file.c_str(), 0644);
    ::chmod(file.parent_path().c_str(), 0755);
  }
  std::string refusal(const std::string& sha256 = {}) const { return refusal_of(file, sha256); }
  static std::string refusal_of(const fs::path& path, const std::string& sha256 = {}) {
    const auto opened = open_trusted(path, sha256);
    return opened ? "trusted" : opened.status().message();
  }

  TempDir folder;
  fs::path file;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Trust, OpensWhatOnlyWeCouldHaveWritten) {
  const Trusted t;
  const auto opened = open_trusted(t.file, "");
  ASSERT_TRUE(opened) << opened.status().message();
  char text[8] = {};
  EXPECT_EQ(::read(opened->get(), text, sizeof text), 7);
  EXPECT_STREQ(text, "content");
  EXPECT_NE(::fcntl(opened->get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Trust, RefusesAFileThatOthersMayWrite) {
  const Trusted t;
  for (const mode_t mode : {0646, 0664, 0666, 0777}) {
    ::chmod(t.file.c_str(), mode);
    const auto opened = open_trusted(t.file, "");
    ASSERT_FALSE(opened) << std::oct << mode;
    EXPECT_EQ(opened.status().code(), GOV_PERMISSION_DENIED);
    EXPECT_EQ(opened.status().message(),
              t.file.string() + " can be written by others; run: chmod go-w " + t.file.string());
  }
  for (const mode_t mode : {0400, 0755}) {
    ::chmod(t.file.c_str(), mode);
    EXPECT_EQ(t.refusal(), "trusted") << std::oct << mode;
  }
  ::chmod(t.file.c_str(), 01666);
  EXPECT_TRUE(contains(t.refusal(), "can be written by others"))
      << "the sticky bit protects folders only";
}

TEST(Trust, RefusesAFolderOnThePathThatOthersMayWrite) {
  const Trusted t;
  for (const fs::path& folder : {t.file.parent_path(), t.folder.path()}) {
    for (const mode_t mode : {0775, 0757}) {
      ::chmod(folder.c_str(), mode);
      EXPECT_TRUE(contains(t.refusal(), folder.string() + " can be written by others"))
          << t.refusal();
    }
    ::chmod(folder.c_str(), 01777);  // as /tmp: others cannot replace what is in it
    EXPECT_EQ(t.refusal(), "trusted");
    ::chmod(folder.c_str(), 0755);
  }
}

TEST(Trust, RefusesWhatBelongsToSomebodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const Trusted t;
  for (const fs::path& path : {t.file, t.file.parent_path()}) {
    ASSERT_EQ(::chown(path.c_str(), 12345, static_cast<gid_t>(-1)), 0);
    EXPECT_TRUE(contains(t.refusal(), path.string() + " belongs to user id 12345")) << t.refusal();
    ::chown(path.c_str(), 0, static_cast<gid_t>(-1));
  }
  // The sticky bit does not help where the folder's owner is the stranger.
  ::chmod(t.file.parent_path().c_str(), 01777);
  ASSERT_EQ(::chown(t.file.parent_path().c_str(), 12345, static_cast<gid_t>(-1)), 0);
  EXPECT_TRUE(contains(t.refusal(), "belongs to user id 12345")) << t.refusal();
}

TEST(Trust, JudgesTheFileBehindASymlink) {
  const Trusted t;
  const TempDir elsewhere;
  const fs::path link = elsewhere.path() / "link.so";
  fs::create_symlink(t.file, link);
  EXPECT_EQ(Trusted::refusal_of(link), "trusted");
  ::chmod(t.file.parent_path().c_str(), 0777);
  EXPECT_TRUE(contains(Trusted::refusal_of(link),
                       t.file.parent_path().string() + " can be written by others"));

  const fs::path folder_link = elsewhere.path() / "plugins";
  fs::create_directory_symlink(t.file.parent_path(), folder_link);
  EXPECT_TRUE(contains(Trusted::refusal_of(folder_link / "plugin.so"), "can be written by others"));
}

// Whoever may replace a link chooses the file, however safe the present one lies.
TEST(Trust, JudgesTheFoldersThatHoldLinks) {
  const Trusted t;
  const TempDir open, closed;
  ::chmod(closed.path().c_str(), 0755);
  fs::create_symlink(t.file, open.path() / "link.so");
  fs::create_symlink(open.path() / "link.so", closed.path() / "to-link.so");
  fs::create_directory_symlink("../" + open.path().filename().string(), closed.path() / "folder");
  const fs::path ways[] = {open.path() / "link.so", closed.path() / "to-link.so",
                           closed.path() / "folder" / "link.so"};
  ::chmod(open.path().c_str(), 0777);
  for (const fs::path& way : ways)
    EXPECT_TRUE(contains(Trusted::refusal_of(way), open.path().string() + " can be written by"))
        << way << ": " << Trusted::refusal_of(way);
  ::chmod(open.path().c_str(), 0755);
  for (const fs::path& way : ways) EXPECT_EQ(Trusted::refusal_of(way), "trusted") << way;
  EXPECT_EQ(Trusted::refusal_of(closed.path() / "folder/../" / t.folder.path().filename() /
                                "inner/./plugin.so"),
            "trusted");
}

TEST(Trust, RefusesALinkOfSomebodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const Trusted t;
  const fs::path link = t.folder.path() / "link.so";
  fs::create_symlink(t.file, link);
  ASSERT_EQ(::lchown(link.c_str(), 12345, static_cast<gid_t>(-1)), 0);
  EXPECT_TRUE(contains(Trusted::refusal_of(link), link.string() + " belongs to user id 12345"));
}

TEST(Trust, RefusesALinkThatLeadsNowhereOrRound) {
  const TempDir folder;
  fs::create_symlink(folder.path() / "missing.so", folder.path() / "dangling.so");
  fs::create_symlink(folder.path() / "round.so", folder.path() / "round.so");
  EXPECT_TRUE(contains(Trusted::refusal_of(folder.path() / "dangling.so"), "does not exist"));
  EXPECT_TRUE(contains(Trusted::refusal_of(folder.path() / "round.so"), "symbolic links"));
}

TEST(Trust, AMissingFileNamesTheNearest) {
  const TempDir folder;
  folder.write("source-directory.so", "");
  folder.write("notes.txt", "");
  const auto missing = open_trusted(folder.path() / "source-directroy.so", "");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.status().code(), GOV_NOT_FOUND);
  EXPECT_TRUE(contains(missing.status().message(), "did you mean source-directory?"))
      << missing.status().message();
  EXPECT_TRUE(contains(Trusted::refusal_of(folder.path() / "transport.so"),
                       "check `plugin` and [plugins] directory"));
  EXPECT_TRUE(contains(Trusted::refusal_of(folder.path() / "no/such/folder.so"), "does not exist"));
}

TEST(Trust, AMissingFileOfAnotherKindIsExplained) {
  const TempDir folder;
  folder.write("search-memory.so", "");
  const auto said = [&](const char* file) { return Trusted::refusal_of(folder.path() / file); };
  EXPECT_TRUE(contains(said("source-memory.so"),
                       "does not exist; there is search-memory, which is no source plugin"))
      << said("source-memory.so");
  EXPECT_TRUE(contains(said("memory.so"), "did you mean search-memory?")) << said("memory.so");
}

TEST(Trust, RefusesWhatIsNoRegularFile) {
  const TempDir folder;
  ::chmod(folder.path().c_str(), 0755);
  EXPECT_TRUE(contains(Trusted::refusal_of(folder.path()), "is not a regular file"));
  EXPECT_TRUE(contains(Trusted::refusal_of("/dev/null"), "is not a regular file"));
}

// Opening a pipe waits for its other end, unless told otherwise; the alarm ends a wait.
TEST(Trust, DoesNotWaitForAPipe) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const TempDir folder;
  const fs::path pipe = folder.path() / "pipe.so";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EXIT(
      {
        ::alarm(10);
        ::_exit(contains(Trusted::refusal_of(pipe), "is not a regular file") ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Trust, PinsTheContent) {
  const Trusted t;
  const std::string pin = to_hex(sha256("content")), other = to_hex(sha256("other"));
  EXPECT_EQ(t.refusal(pin), "trusted");
  const auto refused = open_trusted(t.file, other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.status().code(), GOV_PERMISSION_DENIED);
  EXPECT_TRUE(contains(refused.status().message(), "has sha256 " + pin))
      << refused.status().message();
  EXPECT_TRUE(contains(refused.status().message(), "pins " + other)) << refused.status().message();
  EXPECT_NE(t.refusal(pin.substr(0, 63)), "trusted");
  EXPECT_NE(t.refusal("0"), "trusted");
}

// What was checked is what gets loaded: the descriptor stays at the start.
TEST(Trust, CheckingThePinDoesNotMoveTheDescriptor) {
  const Trusted t;
  const auto opened = open_trusted(t.file, to_hex(sha256("content")));
  ASSERT_TRUE(opened);
  EXPECT_EQ(::lseek(opened->get(), 0, SEEK_CUR), 0);
}

TEST(Trust, DigestsFilesOfAnySize) {
  const TempDir folder;
  for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 200'000u}) {
    const std::string content(size, 'x');
    const UniqueFd fd(::open(folder.write("f", content).c_str(), O_RDONLY | O_CLOEXEC));
    const auto digest = sha256_of(fd.get());
    ASSERT_TRUE(digest);
    EXPECT_EQ(*digest, to_hex(sha256(content))) << size;
  }
  EXPECT_FALSE(sha256_of(-1));
}

}  // namespace
}  // namespace govhost::plugin
