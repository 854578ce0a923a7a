// govhost backup: what is damaged, forged or hostile is refused, and the first thing wrong is
// named.
#include "e2e/backup.h"

#include <tuple>

namespace govhost::test {
namespace {

TEST_F(Backup, AChangeOfAnyFileIsNamed) {
  make();
  const BackupArchive whole(path("b.tar.gz"));
  std::set<std::string> folders;
  for (std::size_t i = 0; i < whole.members.size(); ++i) {
    BackupArchive changed = whole;
    std::string& bytes = changed.members[i].bytes;
    if (bytes.empty()) continue;  // a file of the trail that was just begun
    const std::string name = changed.members[i].name();
    folders.insert(name.substr(0, name.find('/')));
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    changed.write(path("changed.tar.gz"));
    // A changed manifest is found by its signature, unless it is no manifest any more.
    expect_broken("changed.tar.gz", name == "manifest.json" ? "manifest." : name);
  }
  EXPECT_EQ(folders, (std::set<std::string>{"audit", "bundles", "config", "files", "manifest.json",
                                            "manifest.sig", "secrets.sealed"}));
}

TEST_F(Backup, NoByteOfTheFileCanChangeUnnoticed) {
  make();
  const std::string whole = bytes_of(path("b.tar.gz"));
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < 12; ++i) places.insert(i);
  for (std::size_t i = 0; i < 100; ++i) places.insert(whole.size() - 1 - i);
  for (std::size_t i = 0; i < 60; ++i) places.insert(i * whole.size() / 60);
  for (const std::size_t place : places) {
    std::string changed = whole;
    changed[place] = static_cast<char>(changed[place] ^ 0x10);
    write_bytes(path("changed.tar.gz"), changed);
    const Outcome outcome = verify("changed.tar.gz");
    EXPECT_EQ(outcome.exit_code, 3)
        << place << " of " << whole.size() << ": " << outcome.out << outcome.err;
  }
  for (const std::size_t length : {std::size_t{0}, std::size_t{5}, std::size_t{600},
                                   whole.size() / 2, whole.size() - 90, whole.size() - 1}) {
    write_bytes(path("changed.tar.gz"), whole.substr(0, length));
    EXPECT_EQ(verify("changed.tar.gz").exit_code, 3) << length;
  }
  write_bytes(path("changed.tar.gz"), whole + "x");
  expect_broken("changed.tar.gz", "the end of the archive");
}

TEST_F(Backup, ThePassphraseMustBeTheRightOne) {
  make();
  folder.write("wrong", "another passphrase of backups");
  folder.write("short", "hunter2");
  const std::tuple<const char*, int, const char*> cases[] = {
      {"wrong", 2, "does not open with this passphrase; is --key-file the right one?"},
      {"missing", 2, "--key-file: "},
      {"short", 2, "fewer than 12 bytes"}};
  for (const auto& [name, code, problem] : cases) {
    const Outcome outcome = verify("b.tar.gz", {"--key-file", path(name)});
    EXPECT_EQ(outcome.exit_code, code) << name;
    EXPECT_NE(outcome.err.find(problem), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(backup({"restore", path("b.tar.gz"), "--to", path("home"), "--key-file", path("wrong")})
                .exit_code,
            2);
  EXPECT_FALSE(fs::exists(path("home")));
  EXPECT_EQ(create("c.tar.gz", {"--key-file", path("missing")}).exit_code, 2);
  EXPECT_FALSE(fs::exists(path("c.tar.gz")));
}

TEST_F(Backup, OnlyTheOwnersSignatureCountsWhenItIsAskedFor) {
  make();
  EXPECT_EQ(verify("b.tar.gz", {"--public-key", path("bundle.pub")}).exit_code, 0);
  expect_broken("b.tar.gz", "manifest.sig", {"--public-key", path("other.pub")});
  BackupArchive forged(path("b.tar.gz"));
  forged.at("config/govhost.toml").bytes += "# more\n";
  forged.make_consistent();
  forged.write(path("forged.tar.gz"));
  expect_broken("forged.tar.gz", "manifest.sig is not the signature of manifest.json");
  forged.strip_signature();
  forged.write(path("forged.tar.gz"));
  expect_broken("forged.tar.gz", "manifest.json is not signed",
                {"--public-key", path("bundle.pub")});
  const Outcome plain = verify("forged.tar.gz");
  EXPECT_EQ(plain.exit_code, 0) << plain.out;
  EXPECT_NE(plain.out.find("not signed"), std::string::npos) << plain.out;
}

// What a stranger may put into an archive leads nowhere.
TEST_F(Backup, NothingIsWrittenOutsideOfTheFolder) {
  make();
  BackupArchive whole(path("b.tar.gz"));
  whole.strip_signature();
  const auto before = names_in(folder.path());
  for (const std::string name :
       {"../evil", "/tmp/evil", "files/../../evil", "files//evil", "./evil", "files/\x01", "",
        "a/b/c/d/e", "config", "manifest.json", "config/govhost.toml/evil"}) {
    BackupArchive hostile = whole;
    auto manifest = hostile.manifest();
    for (auto& file : manifest["files"])
      if (file["role"] == "named") {
        BackupArchive::rename(hostile.at(file["path"]), name);
        file["path"] = name;
      }
    hostile.set_manifest(manifest);
    hostile.write(path("b.tar.gz"));
    expect_broken("b.tar.gz", "manifest.json: ");
    const Outcome outcome = backup({"restore", path("b.tar.gz"), "--to", path("home")});
    EXPECT_EQ(outcome.exit_code, 3) << name << outcome.out;
    EXPECT_EQ(names_in(folder.path()), before) << name;
  }
  // A header that says something else than the manifest: another path, a link, a member more.
  const auto expect_refused = [&](const BackupArchive& hostile, const char* problem) {
    hostile.write(path("b.tar.gz"));
    expect_broken("b.tar.gz", problem);
    EXPECT_EQ(backup({"restore", path("b.tar.gz"), "--to", path("home")}).exit_code, 3);
    EXPECT_EQ(names_in(folder.path()), before);
  };
  BackupArchive other = whole;
  BackupArchive::rename(other.at("files/words.toml"), "../words.toml");
  expect_refused(other, "files/words.toml: something else stands in its place");
  for (const char type : {'1', '2', '5'}) {
    BackupArchive link = whole;
    BackupArchive::rename(link.at("files/words.toml"), "files/words.toml", type);
    expect_refused(link, "plain files only");
  }
  BackupArchive more = whole;
  more.members.push_back(more.members.back());
  expect_refused(more, "the end of the archive");
  BackupArchive huge = whole;
  auto manifest = huge.manifest();
  manifest["files"][0]["size"] = 1ull << 40u;
  huge.set_manifest(manifest);
  expect_refused(huge, "size");
}

TEST_F(Backup, ADrillFindsContentThatIsNotWhatTheManifestNames) {
  make();
  risk(3, "bananas");
  ASSERT_EQ(run({binary(), "content", "sync", "--config", config}).exit_code, 0);
  BackupArchive another(path("b.tar.gz"));
  another.strip_signature();
  const std::string place = another.manifest()["bundle"];
  const std::string digest = another.manifest()["snapshot"];
  BackupArchive lie = another;

  // A bundle of other content that is whole by itself.
  another.at(place).bytes = bytes_of(bundles()[1]);
  another.make_consistent();
  another.write(path("another.tar.gz"));
  Outcome drill = backup({"restore", "--drill", path("another.tar.gz")});
  EXPECT_EQ(drill.exit_code, 3) << drill.err;
  EXPECT_NE(drill.out.find(place + " is another bundle"), std::string::npos) << drill.out;

  // One that says it is of this content, which only a server that reads it can know.
  const std::string other(64, 'a');
  BackupArchive inner = BackupArchive::of_tar(lie.at(place).bytes);
  std::string& inner_manifest = inner.at("manifest.json").bytes;
  inner_manifest.replace(inner_manifest.find(digest), 64, other);
  std::string& sum = inner.at("manifest.sha256").bytes;
  sum = sha256_hex(inner_manifest) + sum.substr(64);
  std::erase_if(inner.members, [](const ArchiveMember& m) { return m.name() == "manifest.sig"; });
  lie.at(place).bytes = inner.tar();
  auto manifest = lie.manifest();
  manifest["snapshot"] = other;
  lie.set_manifest(manifest);
  lie.make_consistent();
  lie.write(path("lie.tar.gz"));
  EXPECT_EQ(verify("lie.tar.gz").exit_code, 0) << verify("lie.tar.gz").out;
  drill = backup({"restore", "--drill", path("lie.tar.gz")});
  EXPECT_EQ(drill.exit_code, 3) << drill.err;
  EXPECT_NE(drill.out.find("a server makes the content " + digest.substr(0, 12)), std::string::npos)
      << drill.out << drill.err;
  EXPECT_EQ(names_in(path("tmp")), std::set<std::string>{});
  EXPECT_FALSE(fs::exists(path("state/last-drill.json"))) << "a drill that failed is none";
}

TEST_F(Backup, ATrailThatIsDamagedIsNotTakenForGood) {
  make();
  kill();
  std::string first, last;
  for (const std::string& name : names_in(path("trail")))
    if (name.starts_with("audit-") && fs::file_size(path("trail/" + name)) > 0) {
      if (first.empty()) first = name;
      last = name;
    }
  ASSERT_FALSE(first.empty());
  const std::string good = bytes_of(path("trail/" + first));
  std::string bad = good;
  bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 1);
  write_bytes(path("trail/" + first), bad);
  EXPECT_EQ(create("c.tar.gz").exit_code, 0) << "only its end is looked at";
  expect_broken("c.tar.gz", "audit: BROKEN at record ");
  write_bytes(path("trail/" + first), good);
  std::ofstream(path("trail/" + last), std::ios::app) << "no record\n";
  fs::remove(path("c.tar.gz"));
  const Outcome made = create("c.tar.gz");
  EXPECT_EQ(made.exit_code, 3) << made.err;
  EXPECT_NE(made.out.find("the last record is damaged"), std::string::npos) << made.out;
  EXPECT_FALSE(fs::exists(path("c.tar.gz")));
}

}  // namespace
}  // namespace govhost::test
