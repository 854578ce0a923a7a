// govhost plugin new: what it writes, and what it refuses without writing anything. That the
// projects build and work is asked in tests/sdk.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <set>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kKinds = {"source", "search", "auth", "transport", "secrets"};

Outcome plugin_new(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {binary(), "plugin", "new"});
  return run(std::move(arguments));
}

// The same from inside `folder`, after some shell commands.
Outcome plugin_new_in(const fs::path& folder, const std::string& before,
                      const std::string& arguments) {
  return run({"sh", "-c",
              "cd '" + folder.string() + "' && " + before + " exec \"$0\" plugin new " + arguments,
              binary()});
}

std::set<std::string> below(const fs::path& folder) {
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    found.insert(entry.path().lexically_relative(folder).string());
  return found;
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in) << file;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

TEST(PluginNew, JsonSaysWhatIsThereForEachKind) {
  for (const std::string& kind : kKinds) {
    const TempDir parent;
    const fs::path folder = parent.path() / "here";
    const Outcome outcome =
        plugin_new({kind, "acme-wiki", "--dir", folder.string() + "/", "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    const Json said = Json::parse(outcome.out);
    EXPECT_EQ(said["kind"], kind);
    EXPECT_EQ(said["name"], "acme-wiki");
    EXPECT_EQ(said["directory"], folder.string());
    EXPECT_EQ(said["next"].at(4), "govhost plugin info build/" + kind + "-acme-wiki.so");

    std::set<std::string> written;
    for (const Json& file : said["files"]) written.insert(file.get<std::string>());
    std::set<std::string> there;
    for (const std::string& path : below(folder))
      if (fs::is_regular_file(folder / path)) there.insert(path);
    EXPECT_EQ(written, there);
    for (const char* needed : {".gitignore", "CMakeLists.txt", "README.md", "govhost.toml",
                               "acme_wiki.cpp", "acme_wiki_test.cpp"})
      EXPECT_TRUE(there.contains(needed)) << kind << " lacks " << needed;
    for (const std::string& path : there)
      for (const char* mark : {"@kind@", "@name@", "@file@", "@FILE@", "@Class@"})
        EXPECT_EQ(text_of(folder / path).find(mark), std::string::npos) << path;
    EXPECT_NE(text_of(folder / "CMakeLists.txt")
                  .find("gov_add_plugin(" + kind + "-acme-wiki acme_wiki.cpp)"),
              std::string::npos);
    EXPECT_EQ(below(parent.path()).size(), below(folder).size() + 1) << "something was left beside";
  }
}

TEST(PluginNew, TheNextCommandsArePrinted) {
  const TempDir parent;
  const Outcome outcome = plugin_new_in(parent.path(), "", "auth wiki --dir 'my wiki'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* line :
       {"  cd 'my wiki'\n", "  cmake -S . -B build\n",
        "  export WIKI_KEY=$(openssl rand -hex 32)\n", "  govhost serve -c govhost.toml\n"})
    EXPECT_NE(outcome.out.find(line), std::string::npos) << outcome.out;
  EXPECT_TRUE(fs::exists(parent.path() / "my wiki" / "wiki.cpp"));
}

TEST(PluginNew, WithoutDirTheFolderIsTheName) {
  const TempDir parent;
  ASSERT_EQ(plugin_new_in(parent.path(), "umask 027 &&", "search passage").exit_code, 0);
  const fs::path folder = parent.path() / "passage";
  // The class is named apart from the struct Passage that the file has.
  EXPECT_NE(text_of(folder / "passage.cpp").find("class PassageSearch final"), std::string::npos);
  struct stat status {};
  ASSERT_EQ(::stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0750u);
  ASSERT_EQ(::stat((folder / "passage.cpp").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST(PluginNew, ABadNameIsRefusedWithTheRule) {
  const TempDir parent;
  for (const std::string& name :
       {std::string("Acme"), std::string("9lives"), std::string("a_b"), std::string("a b"),
        std::string("../up"), std::string("a/b"), std::string("caf\xC3\xA9"), std::string(" "),
        std::string(33, 'a'), std::string("a\x1b[31m")}) {
    const Outcome outcome =
        plugin_new({"source", name, "--dir", (parent.path() / "folder").string()});
    EXPECT_EQ(outcome.exit_code, 64) << name;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("must be at most 32 lower-case letters, digits and '-', the first "
                               "one a letter, for example acme-wiki"),
              std::string::npos)
        << outcome.err;
    EXPECT_EQ(outcome.err.find('\x1b'), std::string::npos);
  }
  EXPECT_TRUE(fs::is_empty(parent.path()));
  EXPECT_EQ(plugin_new({"source", std::string(32, 'a'), "--dir", (parent.path() / "x").string()})
                .exit_code,
            0);
}

TEST(PluginNew, AnUnknownKindNamesTheNearestAndAll) {
  const TempDir parent;
  const auto said = [&](const std::string& kind) {
    const Outcome outcome = plugin_new({kind, "wiki", "--dir", (parent.path() / "x").string()});
    EXPECT_EQ(outcome.exit_code, 64);
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_EQ(
      said("serch"),
      "govhost: there is no kind \"serch\"; did you mean search? (kinds: source, search, auth, "
      "transport, secrets)\n");
  EXPECT_EQ(
      said("common"),
      "govhost: there is no kind \"common\" (kinds: source, search, auth, transport, secrets)\n");
  EXPECT_TRUE(fs::is_empty(parent.path()));
}

TEST(PluginNew, WhatIsThereStays) {
  const TempDir parent;
  parent.write("full/mine.txt", "mine");
  parent.write("file", "mine");
  fs::create_symlink(parent.path() / "nowhere", parent.path() / "link");
  const std::set<std::string> before = below(parent.path());
  const std::pair<std::string, std::string> cases[] = {{"full", "is there and is not empty"},
                                                       {"file", "is there and is no folder"},
                                                       {"link", "is there and is no folder"},
                                                       {"none/new", "No such file or directory"},
                                                       {"file/new", "Not a directory"}};
  for (const auto& [name, problem] : cases) {
    const fs::path folder = parent.path() / name;
    const Outcome outcome = plugin_new({"auth", "keys", "--dir", folder.string()});
    EXPECT_EQ(outcome.exit_code, 2) << name;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(problem), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find(parent.path().string()), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(below(parent.path()), before);
  EXPECT_EQ(text_of(parent.path() / "full" / "mine.txt"), "mine");
}

TEST(PluginNew, AnEmptyFolderIsFilledUnlessOneStandsInIt) {
  const TempDir parent;
  const fs::path folder = parent.path() / "empty";
  fs::create_directory(folder);
  const Outcome inside = plugin_new_in(folder, "", "transport wire --dir .");
  EXPECT_EQ(inside.exit_code, 2);
  EXPECT_NE(inside.err.find("is the folder you are in; name another folder with --dir"),
            std::string::npos)
      << inside.err;
  EXPECT_TRUE(fs::is_empty(folder));
  EXPECT_EQ(plugin_new({"transport", "wire", "--dir", folder.string()}).exit_code, 0);
  EXPECT_TRUE(fs::exists(folder / "wire.cpp"));
}

TEST(PluginNew, AFullDiskLeavesNothing) {
  const TempDir parent;
  // No file may be longer than one block: the first write behind it fails as on a full disk.
  const Outcome outcome =
      plugin_new_in(parent.path(), "trap '' XFSZ && ulimit -f 1 &&", "source wiki");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("File too large"), std::string::npos) << outcome.err;
  EXPECT_TRUE(fs::is_empty(parent.path()));
}

}  // namespace
}  // namespace govhost::test
