#include "bundle/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "support/files.h"
#include "unit/bundle/content.h"

namespace govhost::bundle {
namespace {

namespace fs = std::filesystem;

class BundleStore : public testing::Test {
 protected:
  void open(std::size_t keep = 50) {
    store = std::make_unique<Store>(StoreSettings{directory, keep, {}, {}});
  }
  gov::Status add(const Raw& all, const Raw& fresh) {
    Manifest next = manifest(all);
    return store->add(next, fresh, written);
  }
  std::shared_ptr<const Bundle> newest() {
    broken.clear();
    return store->newest([&](const std::string& path, const gov::Status& why) {
      broken.push_back(fs::path(path).filename().string() + " " + why.message());
    });
  }
  // What the newest good bundle has as the text of "a.md".
  std::string text() {
    const auto bundle = newest();
    return bundle ? *bundle->read(bundle->manifest().entries.front()) : "";
  }
  std::vector<std::string> files() const {
    std::vector<std::string> out;
    for (const auto& each : store->list()) out.push_back(fs::path(each.path).filename().string());
    return out;
  }

  const test::TempDir folder;
  const std::string directory = (folder.path() / "content").string();
  std::unique_ptr<Store> store;
  bool written = false;
  std::vector<std::string> broken;
  const content::RawDocument a1 = document("a.md", "one"), a2 = document("a.md", "twoo"),
                             b = document("b.md", "of b");
};

TEST_F(BundleStore, AFolderThatIsNotThereIsEmptyAndIsMadeForItsOwnerAlone) {
  open();
  EXPECT_EQ(newest(), nullptr);
  EXPECT_TRUE(broken.empty());
  ASSERT_TRUE(add({a1}, {a1}).ok());
  EXPECT_TRUE(written);
  struct stat info {};
  ASSERT_EQ(::stat(directory.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0700u);
  ASSERT_EQ(files().size(), 1u);
  EXPECT_EQ(files()[0].substr(0, 16), "bundle-00000001-");
  EXPECT_EQ(text(), "one");
}

TEST_F(BundleStore, UnchangedTextsComeFromTheBundleBefore) {
  open();
  ASSERT_TRUE(add({a1, b}, {a1, b}).ok());
  ASSERT_TRUE(add({a2, b}, {a2}).ok());
  EXPECT_EQ(text(), "twoo");
  EXPECT_EQ(newest()->manifest().sequence, 2u);
  open();  // another process
  newest();
  ASSERT_TRUE(add({a1, b}, {a1}).ok());
  EXPECT_EQ(newest()->manifest().entries.size(), 2u);
}

TEST_F(BundleStore, TheSameContentIsNotWrittenAgain) {
  open();
  ASSERT_TRUE(add({a1}, {a1}).ok());
  content::RawDocument later = a1;
  later.fetched_at += std::chrono::hours(1);
  ASSERT_TRUE(add({later}, {later}).ok());
  EXPECT_FALSE(written);
  later.link += "?moved";
  ASSERT_TRUE(add({later}, {later}).ok());
  EXPECT_TRUE(written);
}

TEST_F(BundleStore, ATextThatNobodyHasIsNamedAndNothingIsWritten) {
  open();
  ASSERT_TRUE(add({a1}, {a1}).ok());
  const gov::Status status = add({a1, b}, {});
  EXPECT_EQ(status.code(), GOV_NOT_FOUND);
  EXPECT_NE(status.message().find("policies:b.md"), std::string::npos) << status.message();
  EXPECT_EQ(files().size(), 1u);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory), {}), 2) << "the bundle and the lock";
}

TEST_F(BundleStore, ADamagedBundleIsNamedAndTheOneBeforeIsTaken) {
  open();
  ASSERT_TRUE(add({a1}, {a1}).ok());
  ASSERT_TRUE(add({a2}, {a2}).ok());
  const std::string damaged = files()[0];
  std::fstream(directory + "/" + damaged, std::ios::in | std::ios::out).seekp(700) << "x";
  EXPECT_EQ(text(), "one");
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_EQ(broken[0].substr(0, damaged.size() + 12), damaged + " is damaged:");
  ASSERT_TRUE(add({a2}, {a2}).ok());
  EXPECT_EQ(newest()->manifest().sequence, 3u) << "a number is not used twice";
}

TEST_F(BundleStore, OldOnesAreRemoved) {
  open(3);
  for (int i = 0; i < 6; ++i) {
    const Raw next = {document("a.md", std::string(static_cast<std::size_t>(i) + 1, 'x'))};
    ASSERT_TRUE(add(next, next).ok());
  }
  ASSERT_EQ(files().size(), 3u);
  EXPECT_EQ(files()[2].substr(0, 16), "bundle-00000004-");
}

TEST_F(BundleStore, WhatAKilledProcessLeftIsRemovedAndOtherFilesStay) {
  fs::create_directories(directory);
  for (const char* name : {"bundle-00000007-aaaaaaaaaaaa.tar.part", "notes.part", "bundle-x.tar"})
    std::ofstream(directory + "/" + name) << "half";
  open();
  EXPECT_EQ(newest(), nullptr);
  ASSERT_TRUE(add({a1}, {a1}).ok());
  EXPECT_FALSE(fs::exists(directory + "/bundle-00000007-aaaaaaaaaaaa.tar.part"));
  EXPECT_TRUE(fs::exists(directory + "/notes.part"));
  EXPECT_TRUE(fs::exists(directory + "/bundle-x.tar"));
}

TEST_F(BundleStore, AFolderThatCannotBeWrittenIsNamed) {
  folder.write("content", "a file where the folder should be");
  open();
  const gov::Status status = add({a1}, {a1});
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find(directory), std::string::npos) << status.message();
}

}  // namespace
}  // namespace govhost::bundle
