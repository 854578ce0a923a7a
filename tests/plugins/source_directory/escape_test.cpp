// Nothing outside the directory is served, and what cannot be served is said.
#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "fixture.h"

namespace {

constexpr std::string_view kSecret = "TOP-SECRET-OUTSIDE";

class DirectoryEscape : public DirectoryTest {
 protected:
  void SetUp() override {
    DirectoryTest::SetUp();
    write(base_ / "outside/secret.md", kSecret);
    put("real.md", "inside");
  }
  std::string body(std::string_view key) {
    Documents out;
    const gov_status status = fetch(key, out);
    return status == GOV_OK ? out.all[0].body : std::string(gov::name_of(status));
  }
};

TEST_F(DirectoryEscape, LinksThatLeaveTheRootAreRefusedWithOneWarningEach) {
  fs::create_symlink(base_ / "outside/secret.md", root_ / "absolute.md");
  fs::create_symlink("../outside/secret.md", root_ / "relative.md");
  fs::create_symlink("/etc/passwd", root_ / "passwd.md");
  EXPECT_EQ(keys(), "real.md");
  for (const std::string key : {"absolute.md", "relative.md", "passwd.md"}) {
    EXPECT_EQ(warnings_about(key), 1u) << key;
    EXPECT_EQ(body(key), "NOT_FOUND") << key;
  }
}

TEST_F(DirectoryEscape, ARootThatIsThePrefixOfAnotherNameIsNotMistakenForIt) {
  write(base_ / "root-of-others/secret.md", kSecret);
  fs::create_symlink("../root-of-others/secret.md", root_ / "near.md");
  EXPECT_EQ(keys(), "real.md");
  EXPECT_EQ(body("near.md"), "NOT_FOUND");
}

TEST_F(DirectoryEscape, LinksToFilesInsideAreServed) {
  put("sub/target.md", "target");
  fs::create_symlink("sub/target.md", root_ / "relative.md");
  fs::create_symlink(root_ / "sub/target.md", root_ / "absolute.md");
  fs::create_symlink("../relative.md", root_ / "sub/twice.md");
  EXPECT_EQ(keys(), "absolute.md real.md relative.md sub/target.md sub/twice.md");
  EXPECT_EQ(body("relative.md"), "target");
  EXPECT_EQ(body("absolute.md"), "target");
  EXPECT_EQ(body("sub/twice.md"), "target");
  EXPECT_EQ(host_.records().size(), 0u);
}

// The layout in which Kubernetes mounts a ConfigMap.
TEST_F(DirectoryEscape, FilesOfAMountedConfigMapAreServedAndFollowItsSwap) {
  put("..2025_01/policy.md", "old");
  put("..2025_02/policy.md", "new");
  fs::create_directory_symlink("..2025_01", root_ / "..data");
  fs::create_symlink("..data/policy.md", root_ / "policy.md");
  EXPECT_EQ(keys(), "policy.md real.md");
  EXPECT_EQ(body("policy.md"), "old");
  fs::create_directory_symlink("..2025_02", root_ / "..tmp");
  fs::rename(root_ / "..tmp", root_ / "..data");
  EXPECT_EQ(body("policy.md"), "new");
}

TEST_F(DirectoryEscape, LinkedFoldersAreNotFollowed) {
  put("sub/a.md", "a");
  fs::create_directory_symlink("sub", root_ / "inside");
  fs::create_directory_symlink(base_ / "outside", root_ / "outside");
  fs::create_directory_symlink(".", root_ / "loop");
  EXPECT_EQ(keys(), "real.md sub/a.md");
  EXPECT_EQ(warnings_about("outside"), 1u);
  EXPECT_EQ(body("inside/a.md"), "NOT_FOUND");
  EXPECT_EQ(body("outside/secret.md"), "NOT_FOUND");
  EXPECT_EQ(body("loop/real.md"), "NOT_FOUND");
}

TEST_F(DirectoryEscape, BrokenAndCircularLinksAndOddFilesAreSkippedWithAWarning) {
  fs::create_symlink("nowhere.md", root_ / "broken.md");
  fs::create_symlink("circle.md", root_ / "circle.md");
  ASSERT_EQ(mkfifo((root_ / "pipe.md").c_str(), 0644), 0);
  EXPECT_EQ(keys(), "real.md");  // opening a pipe without a writer would hang here
  for (const std::string key : {"broken.md", "circle.md", "pipe.md"}) {
    EXPECT_EQ(warnings_about(key), 1u) << key;
    EXPECT_EQ(body(key), "NOT_FOUND") << key;
  }
}

TEST_F(DirectoryEscape, NamesThatAreNotUtf8AreSkippedWithAWarning) {
  write(root_ / "bad\xff.md", "x");
  EXPECT_EQ(keys(), "real.md");
  EXPECT_EQ(warnings_about("bad\xef\xbf\xbd.md"), 1u);
}

TEST_F(DirectoryEscape, UnreadableFilesAndFoldersAreSkippedWithAWarning) {
  put("closed.md", "x");
  put("vault/in.md", "x");
  fs::permissions(root_ / "closed.md", fs::perms::none);
  fs::permissions(root_ / "vault", fs::perms::none);
  {
    const AsNobody nobody;
    EXPECT_EQ(keys(), "real.md");
    EXPECT_EQ(body("closed.md"), "PERMISSION_DENIED");
  }
  EXPECT_EQ(warnings_about("closed.md"), 1u);
  EXPECT_EQ(warnings_about("vault/"), 1u);
  fs::permissions(root_ / "vault", fs::perms::all);
}

TEST_F(DirectoryEscape, AnUnreadableRootIsReportedByStartAndList) {
  (void)plugin();
  fs::permissions(root_, fs::perms::none);
  {
    const AsNobody nobody;
    const gov::testing::Call call;
    EXPECT_EQ(plugin().start(call), GOV_PERMISSION_DENIED);
    EXPECT_NE(message().find(root_.native()), std::string::npos) << message();
    EXPECT_EQ(keys(), "PERMISSION_DENIED");
  }
  fs::permissions(root_, fs::perms::all);
}

TEST_F(DirectoryEscape, ARootThatVanishesIsUnavailableUntilItIsBack) {
  EXPECT_EQ(keys(), "real.md");
  fs::rename(root_, base_ / "away");
  EXPECT_EQ(keys(), "UNAVAILABLE");
  EXPECT_NE(message().find("source.options.path"), std::string::npos) << message();
  fs::rename(base_ / "away", root_);
  EXPECT_EQ(keys(), "real.md");
}

// The attack: a file that is checked is swapped for a link before it is opened.
TEST_F(DirectoryEscape, SwappingAFileForALinkNeverEscapes) {
  put("spare.md", "inside");
  fs::create_symlink(base_ / "outside/secret.md", root_ / "link.md");
  (void)plugin();
  std::atomic<bool> done{false};
  std::thread swapper([&] {
    while (!done)
      (void)renameat2(AT_FDCWD, (root_ / "spare.md").c_str(), AT_FDCWD, (root_ / "link.md").c_str(),
                      RENAME_EXCHANGE);
  });
  int served = 0, refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string got = body("spare.md");
    ASSERT_TRUE(got == "inside" || got == "NOT_FOUND") << got;
    ++(got == "inside" ? served : refused);
  }
  done = true;
  swapper.join();
  RecordProperty("served", served);
  RecordProperty("refused", refused);
}

TEST_F(DirectoryEscape, SwappingAFolderForALinkNeverEscapes) {
  put("sub/secret.md", "inside");
  fs::create_directory_symlink(base_ / "outside", root_ / "link");
  (void)plugin();
  std::atomic<bool> done{false};
  std::thread swapper([&] {
    while (!done)
      (void)renameat2(AT_FDCWD, (root_ / "sub").c_str(), AT_FDCWD, (root_ / "link").c_str(),
                      RENAME_EXCHANGE);
  });
  for (int i = 0; i < 20'000; ++i) {
    const std::string got = body("sub/secret.md");
    ASSERT_TRUE(got == "inside" || got == "NOT_FOUND") << got;
  }
  done = true;
  swapper.join();
}

// Fetches big.md and calls `change` once, after the first chunk.
template <class Change>
gov_status fetch_while(gov::testing::Loaded& plugin, Change change) {
  struct State {
    Change& change;
    bool changed = false;
  } state{change};
  const gov_document_sink sink{sizeof sink, 0, &state,
                               [](void*, const gov_document*) { return gov_status{GOV_OK}; },
                               [](void* ctx, const void*, std::uint64_t) {
                                 auto& s = *static_cast<State*>(ctx);
                                 if (!std::exchange(s.changed, true)) s.change();
                                 return gov_status{GOV_OK};
                               }};
  const gov::testing::Call call;
  return plugin.source().fetch(plugin.instance(), call.raw(), gov::to_c("big.md"), gov::to_c(""),
                               &sink, plugin.error());
}

TEST_F(DirectoryEscape, AFileThatChangesWhileItIsReadIsUnavailable) {
  const fs::path file = root_ / "big.md";
  put("big.md", std::string(200'000, 'x'));
  EXPECT_EQ(fetch_while(plugin(), [&] { std::ofstream(file, std::ios::app) << "more"; }),
            GOV_UNAVAILABLE);
  EXPECT_NE(message().find("changed while it was read"), std::string::npos) << message();
  EXPECT_EQ(fetch_while(plugin(), [&] { fs::resize_file(file, 100'000); }), GOV_UNAVAILABLE);
  put("big.md", std::string(200'000, 'x'));
  EXPECT_EQ(
      fetch_while(plugin(), [&] { fs::last_write_time(file, fs::file_time_type::clock::now()); }),
      GOV_UNAVAILABLE);
  EXPECT_EQ(fetch_while(plugin(), [] {}), GOV_OK) << message();
}

TEST_F(DirectoryEscape, AFileThatIsReplacedWhileItIsReadIsStillReadWhole) {
  put("big.md", std::string(200'000, 'x'));
  put("next.md", "short");
  EXPECT_EQ(fetch_while(plugin(), [&] { fs::rename(root_ / "next.md", root_ / "big.md"); }), GOV_OK)
      << message();
}

}  // namespace
