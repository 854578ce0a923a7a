#include "backup/manifest.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace govhost::backup {
namespace {

Manifest sample() {
  Manifest out;
  out.created_at = std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000));
  out.written_by = "govhost 1.2.3";
  out.snapshot = std::string(64, 'a');
  out.bundle = "bundles/b.tar";
  out.audit = Trail{7, std::string(64, 'b')};
  out.sealing = Sealing{kScryptN, std::string(32, '1'), std::string(24, '2')};
  out.plugins = {{"source-directory.so", std::string(64, 'c')}, {"gone.so", ""}};
  out.places = {{"/search/thesaurus", "/etc/words.toml", "files/words.toml", false},
                {"/host/keys/0", "/etc/key", "secrets/key", true}};
  out.left_out = {{"env:X", "it is in no file of this host"}};
  out.files = {{std::string(kConfigName), Role::kConfig, 3, std::string(64, 'd')},
               {std::string(kSecretsName), Role::kSecrets, 4, std::string(64, 'e')},
               {"files/words.toml", Role::kNamed, 0, std::string(64, 'f')},
               {"bundles/b.tar", Role::kBundle, 5, std::string(64, '0')},
               {"audit/audit-000000000001.jsonl", Role::kAudit, 6, std::string(64, '1')}};
  return out;
}

TEST(BackupManifest, ReadsWhatItWrites) {
  const std::string text = to_json(sample());
  const auto read = from_json(text);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(to_json(*read), text);
  EXPECT_EQ(read->files[4].role, Role::kAudit);
  EXPECT_EQ(read->places[1].reference, true);
}

TEST(BackupManifest, RefusesWhatIsNotAsItMustBe) {
  using Json = nlohmann::json;
  const auto problem = [](auto change) {
    Json json = Json::parse(to_json(sample()));
    change(json);
    const auto read = from_json(json.dump());
    return read ? std::string("accepted") : read.status().message();
  };
  const auto has = [](const std::string& text, const char* part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  has(problem([](Json& j) { j["format"] = 2; }), "upgrade govhost");
  has(problem([](Json& j) { j["format"] = 0; }), "format");
  has(problem([](Json& j) { j.erase("files"); }), "files");
  has(problem([](Json& j) { j["files"][0]["path"] = "config/other.toml"; }),
      "the configuration as the first");
  has(problem([](Json& j) { j["files"][2]["path"] = "bundles/b.tar"; }), "a second bundles/b.tar");
  has(problem([](Json& j) { j["files"][2]["path"] = "bundles"; }), "bundles as a folder");
  has(problem([](Json& j) { j["files"][2]["path"] = "manifest.sig"; }), "manifest.sig");
  has(problem([](Json& j) { j["files"][2]["size"] = -1; }), "size");
  has(problem([](Json& j) { j["files"][2]["size"] = 1e30; }), "size");
  has(problem([](Json& j) { j["files"][2]["sha256"] = std::string(64, 'G'); }), "sha256");
  has(problem([](Json& j) { j["files"][2]["role"] = "link"; }), "role");
  has(problem([](Json& j) { j["bundle"] = "bundles/other.tar"; }), "bundle");
  has(problem([](Json& j) { j.erase("sealing"); }), "sealing");
  has(problem([](Json& j) { j["places"][0]["path"] = "../x"; }), "no path below");
  has(problem([](Json& j) { j["audit"] = "x"; }), "records");
  has(problem([](Json& j) { j["created_at"] = "yesterday"; }), "created_at");
  // What a stranger's parameters may cost.
  has(problem([](Json& j) { j["sealing"]["n"] = 1u << 19u; }), "n is missing");
  has(problem([](Json& j) { j["sealing"]["n"] = 100'000; }), "sealing");
  has(problem([](Json& j) { j["sealing"]["r"] = 1024; }), "r is missing");
  has(problem([](Json& j) { j["sealing"]["salt"] = ""; }), "sealing");
  std::string deep = "1";
  for (int i = 0; i < 1000; ++i) deep = "[" + deep + "]";
  has(problem([&](Json& j) { j["files"] = Json::parse(deep); }), "no JSON of ours");
  EXPECT_FALSE(from_json("").ok());
  EXPECT_FALSE(from_json("[]").ok());
}

TEST(BackupManifest, PathsStayBelowTheirFolder) {
  for (const char* good : {"a", "a/b/c/d", "config/govhost.toml", ".x", "a..b", "A-_.9"})
    EXPECT_TRUE(is_safe_path(good)) << good;
  for (const char* bad : {"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "a b",
                          "a\\b", "a\n", "\xC3\xA4", "a/b/c/d/e", "C:x"})
    EXPECT_FALSE(is_safe_path(bad)) << bad;
  EXPECT_TRUE(is_safe_path(std::string(99, 'a')));
  EXPECT_FALSE(is_safe_path(std::string(100, 'a')));
}

}  // namespace
}  // namespace govhost::backup
