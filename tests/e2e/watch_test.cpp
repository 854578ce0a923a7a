// Changes on disk reach clients without waiting for `refresh`, which here is a week.
#include "living_source.h"

namespace govhost::test {
namespace {

class Watched : public LivingSource {
 protected:
  Watched(int risks, const std::string& source = {})
      : LivingSource(risks, "refresh = \"168h\"\n" + source) {}
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

class Watch : public Watched {
 protected:
  Watch() : Watched(3) {
    start();
    wait_for("\"content.watching\"");
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

// However the operator writes the path.
class WatchSpelling : public Watched, public testing::WithParamInterface<const char*> {
 protected:
  WatchSpelling()
      : Watched(3, "rules = [{kind = \"risk\", match = \"ri-*.md\", prefix = \"ri-\"}]\n") {
    fs::create_directory_symlink(".", folder.path() / "docs/_risks/self");
  }
};

TEST_P(WatchSpelling, AWriteIsServed) {
  start({"--set", std::string("source.directory.options.path=") + GetParam()});
  wait_for("\"content.watching\"");
  // The first may be found by the reading that comes when somebody begins to watch.
  for (const char* of : {"bananas", "cherries"}) {
    risk(3, of);
    wait_served(of);
  }
}

INSTANTIATE_TEST_SUITE_P(Paths, WatchSpelling,
                         testing::Values("docs/_risks", "docs/_risks/", "./docs//_risks//",
                                         "docs/_risks/.", "docs/_risks/self"));

// A volume of Kubernetes: ri-3 is a link through ..data, which is switched to another folder.
class WatchVolume : public Watched {
 protected:
  WatchVolume() : Watched(0) {
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
  for (const auto& [folder_name, of] : {std::pair("..2", "bananas"), std::pair("..1", "apples")}) {
    fs::create_directory_symlink(folder_name, folder.path() / "docs/..next");
    fs::rename(folder.path() / "docs/..next", folder.path() / "docs/..data");
    wait_served(of);
  }
}

}  // namespace
}  // namespace govhost::test
