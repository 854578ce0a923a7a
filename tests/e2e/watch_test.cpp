// Changes on disk reach clients without waiting for `refresh`, which here is a week.
#include "living_source.h"

namespace govhost::test {
namespace {

class Watch : public LivingSource {
 protected:
  Watch() : LivingSource(3, "refresh = \"168h\"\n") {
    start();
    wait_for("\"content.watching\"");
  }
  // Until the answer is as wanted.
  void wait_served(const std::string& text) {
    wait_true([&] { return served().find(text) != std::string::npos; });
  }
  void wait_count(int risks) {
    wait_true([&] { return client->structured("list_risks")["total_count"] == risks; });
  }

 private:
  template <class Wanted>
  void wait_true(const Wanted& wanted) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!wanted())
      ASSERT_LT(std::chrono::steady_clock::now(), limit) << client->process().error_text();
  }
};

TEST_F(Watch, AWriteIsServed) {
  risk(3, "bananas");  // renamed into its place
  wait_served("bananas");
  folder.write("docs/_risks/ri-3_risk.md", text_of(3, "cherries"));  // written in its place
  wait_served("cherries");
}

TEST_F(Watch, FilesComeAndGoAlsoInNewFolders) {
  fs::remove(file_of(1));
  wait_count(2);
  for (int i = 4; i <= 6; ++i)
    folder.write("docs/more/_risks/ri-" + std::to_string(i) + "_risk.md", text_of(i, "apples"));
  wait_count(5);
  folder.write("docs/more/_risks/ri-7_risk.md", text_of(7, "apples"));
  wait_count(6);
  fs::remove_all(folder.path() / "docs/more");
  wait_count(2);
}

TEST_F(Watch, AFolderThatIsReplacedAsAWholeIsSeen) {
  fs::create_directories(folder.path() / "next/_risks");
  folder.write("next/_risks/ri-3_risk.md", text_of(3, "bananas"));
  fs::rename(folder.path() / "docs", folder.path() / "old");
  fs::create_directory_symlink("next", folder.path() / "docs");  // as releases are switched
  wait_served("bananas");
  risk(3, "cherries");
  wait_served("cherries");
}

TEST_F(Watch, AFolderThatIsGoneIsSaidAndServedOn) {
  go_down();
  EXPECT_NE(wait_for("content.watch_failed").find("docs"), std::string::npos);
  EXPECT_EQ(client->structured("list_risks")["total_count"], 3);
  client->process().signal(SIGTERM);
  EXPECT_EQ(client->process().wait(), 0) << "whoever watches stops at once";
}

// A volume of Kubernetes: ri-3 is a link through ..data, which is switched to another folder.
class WatchVolume : public LivingSource {
 protected:
  WatchVolume() : LivingSource(0, "refresh = \"168h\"\n") {
    folder.write("docs/..1/_risks/ri-3_risk.md", text_of(3, "apples"));
    folder.write("docs/..2/_risks/ri-3_risk.md", text_of(3, "bananas"));
    fs::create_directory_symlink("..1", folder.path() / "docs/..data");
    fs::create_directories(folder.path() / "docs/_risks");
    fs::create_symlink("../..data/_risks/ri-3_risk.md", file_of(3));
    start();
    wait_for("\"content.watching\"");
  }
};

TEST_F(WatchVolume, ASwitchedVolumeIsSeen) {
  EXPECT_NE(served().find("apples"), std::string::npos);
  fs::create_directory_symlink("..2", folder.path() / "docs/..next");
  fs::rename(folder.path() / "docs/..next", folder.path() / "docs/..data");
  wait_for("content.refreshed");
  EXPECT_NE(served().find("bananas"), std::string::npos);
}

}  // namespace
}  // namespace govhost::test
