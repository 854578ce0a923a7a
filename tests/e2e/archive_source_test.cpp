// An archive under a running server.
#include <gtest/gtest.h>

#include <fstream>

#include "support/client.h"
#include "support/events.h"
#include "support/files.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

class ArchiveSource : public testing::Test {
 protected:
  // As GitHub makes one: everything in one folder.
  void pack(const fs::path& tree) const {
    const std::string aside = (folder.path() / "new.tar.gz").string();
    const Outcome packed =
        run({"tar", "czf", aside, "--transform", "s,^\\.,repo-1a2b3c,", "-C", tree.string(), "."});
    ASSERT_EQ(packed.exit_code, 0) << packed.err;
    fs::rename(aside, folder.path() / "content.tar.gz");
  }
  void start() {
    const fs::path config = folder.write(
        "govhost.toml",
        "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n[[source]]\n"
        "plugin = \"archive\"\nrefresh = \"10ms\"\noptions = {file = \"content.tar.gz\"}\n");
    client = std::make_unique<Client>(Wire::kHttp, Era::kModern,
                                      std::vector<std::string>{"--config", config.string()});
  }
  void expect_same_as(const std::vector<std::string>& arguments) {
    Client other(Wire::kHttp, Era::kModern, arguments);
    for (const char* const tool : {"list_risks", "list_mitigations", "list_frameworks"}) {
      Json own = client->structured(tool), theirs = other.structured(tool);
      EXPECT_GT(own["total_count"], 0) << tool;
      EXPECT_EQ(own["total_count"], theirs["total_count"]) << tool;
    }
  }

  const TempDir folder;
  std::unique_ptr<Client> client;
};

TEST_F(ArchiveSource, ServesWhatTheFolderInsideWould) {
  pack(starter_catalogue());
  start();
  expect_same_as({"--content", starter_catalogue().string()});
}

TEST_F(ArchiveSource, ServesTheFrameworkAsPublished) {
  if (!has_aigf()) GTEST_SKIP() << "the framework's data is not beside the repository";
  pack(aigf());
  start();
  expect_same_as(serving_aigf());
}

TEST_F(ArchiveSource, ANewArchiveIsTakenAndABadOneIsNot) {
  const fs::path tree = folder.path() / "tree";
  fs::copy(starter_catalogue(), tree, fs::copy_options::recursive);
  pack(tree);
  start();
  const std::size_t before = client->structured("list_risks")["total_count"];
  std::ofstream(tree / "docs/_risks/ri-99_new.md")
      << "---\nsequence: 99\ntitle: New\n---\n\n## Summary\n\nNew.\n";
  pack(tree);
  ASSERT_TRUE(client->process().wait_error_line("content.refreshed"));
  EXPECT_EQ(client->structured("list_risks")["total_count"], before + 1);
  std::ofstream(folder.path() / "content.tar.gz", std::ios::binary) << "half a copy";
  ASSERT_TRUE(client->process().wait_error_line("is damaged, or no tar or zip"));
  EXPECT_EQ(client->structured("list_risks")["total_count"], before + 1);
}

}  // namespace
}  // namespace govhost::test
