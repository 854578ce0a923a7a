// govhost backup: one file of a running server that is whole or says what is wrong, from which a
// server comes up again.
#include "e2e/backup_archive.h"

#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <set>
#include <thread>

#include "e2e/living_source.h"

namespace govhost::test {
namespace {

const std::string kSessionKey = std::string(kCanary) + "-session-key-0123456789abcdef0123456789";
const std::string kPassphrase = std::string(kCanary) + "-passphrase-of-backups";

class Backup : public LivingSource {
 protected:
  Backup() : LivingSource(12, "refresh = \"1h\"\n") {
    ::setenv("STATE_DIRECTORY", path("state").c_str(), 1);
    fs::create_directory(folder.path() / "tmp");
    for (const char* name : {"bundle", "audit", "other"}) make_key(name);
    folder.write("session", kSessionKey + "\n");
    folder.write("pass", kPassphrase + "\n");
    folder.write("words.toml", "[[concept]]\nterms = [\"apple\", \"pomaceous fruit\"]\n");
    // What LivingSource wrote, and more.
    config = folder
                 .write("govhost.toml",
                        "# kept as it is\n[host]\nkeys = [\"file:" + path("session") +
                            "\"]\n[[transport]]\nplugin = \"http\"\n"
                            "[search]\nplugin = \"memory\"\nthesaurus = \"words.toml\"\n"
                            "[content]\nbundle_dir = \"content\"\nsigning_key = \"file:" +
                            path("bundle.pem") +
                            "\"\n[audit]\ndir = \"trail\"\nsegment_size = \"4KiB\"\n"
                            "checkpoint_records = 5\nsigning_key = \"file:" +
                            path("audit.pem") +
                            "\"\n[[source]]\nplugin = \"directory\"\n"
                            "options = {path = \"docs\"}\nrefresh = \"1h\"\n")
                 .string();
  }
  ~Backup() override { ::unsetenv("STATE_DIRECTORY"); }

  std::string path(const std::string& name) const { return (folder.path() / name).string(); }
  void make_key(const std::string& name) const {
    const std::string pem = path(name + ".pem");
    EXPECT_EQ(run({"openssl", "genpkey", "-algorithm", "ed25519", "-out", pem}).exit_code, 0);
    EXPECT_EQ(
        run({"openssl", "pkey", "-in", pem, "-pubout", "-out", path(name + ".pub")}).exit_code, 0);
  }
  Outcome backup(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {binary(), "backup"});
    return run(arguments, {{"TMPDIR", path("tmp")}});
  }
  Outcome create(const std::string& name, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"create", "--config", config, "-o", path(name)});
    return backup(more);
  }
  Outcome verify(const std::string& name, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"verify", path(name)});
    return backup(more);
  }
  std::vector<std::string> with_key() const { return {"--key-file", path("pass")}; }
  // A backup with everything in it.
  void make(const std::string& name = "b.tar.gz") {
    if (!client) {
      start();
      wait_for("content.bundle_written");
      for (int i = 0; i < 20; ++i) get_risk();
    }
    const Outcome made = create(name, with_key());
    ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
  }
  // It is refused with exit code 3, and what is wrong is said.
  void expect_broken(const std::string& name, const std::string& problem,
                     const std::vector<std::string>& more = {}) const {
    const Outcome outcome = verify(name, more);
    EXPECT_EQ(outcome.exit_code, 3) << problem << "\n" << outcome.out << outcome.err;
    EXPECT_NE(outcome.out.find("BROKEN: "), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find(problem), std::string::npos) << outcome.out << " lacks " << problem;
  }
  static std::set<std::string> names_in(const fs::path& where) {
    std::set<std::string> out;
    for (const auto& each : fs::directory_iterator(where)) out.insert(each.path().filename());
    return out;
  }
  static unsigned mode_of(const fs::path& file) {
    struct stat info {};
    EXPECT_EQ(::stat(file.c_str(), &info), 0) << file;
    return info.st_mode & 0777u;
  }
};

TEST_F(Backup, IsMadeOfARunningServerAndRestored) {
  start();
  wait_for("content.bundle_written");
  // Records are appended all the while, with new files and checkpoints.
  std::atomic<bool> enough = false;
  std::thread asking([&] {
    while (!enough) get_risk();
  });
  for (int i = 0; i < 3; ++i) {
    const Outcome made = create("b.tar.gz", {"--key-file", path("pass"), "--json"});
    EXPECT_EQ(made.exit_code, 0) << made.out << made.err;
    const Json json = Json::parse(made.out, nullptr, false);
    EXPECT_EQ(json["secrets"], 3) << made.out;
    EXPECT_EQ(json["secrets_sealed"], true);
    const Outcome good = verify("b.tar.gz", {"--public-key", path("bundle.pub")});
    EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
    EXPECT_EQ(json["snapshot"].get<std::string>().size(), 64u);
  }
  enough = true;
  asking.join();
  EXPECT_EQ(mode_of(path("b.tar.gz")), 0600u);
  EXPECT_EQ(names_in(path("tmp")), std::set<std::string>{});
  HttpConnection ops(client->ops_port());
  const std::string page = ops.request("GET", "/metrics", {{"Host", "127.0.0.1"}}, "").body;
  EXPECT_NE(page.find("\ngovhost_backup_last_success_timestamp_seconds "), std::string::npos);
  EXPECT_EQ(page.find("govhost_backup_last_drill"), std::string::npos) << "there was none";
  const std::string text = served();
  kill();

  fs::create_directory(path("home"));  // an empty folder will do
  const Outcome restored = backup({"restore", path("b.tar.gz"), "--to", path("home"), "--key-file",
                                   path("pass"), "--public-key", path("bundle.pub")});
  ASSERT_EQ(restored.exit_code, 0) << restored.out << restored.err;
  EXPECT_EQ(names_in(path("home")),
            (std::set<std::string>{"audit", "bundles", "config", "files", "govhost.toml",
                                   "manifest.json", "secrets"}));
  EXPECT_EQ(bytes_of(path("home/config/govhost.toml")), bytes_of(config));
  EXPECT_EQ(bytes_of(path("home/files/words.toml")), bytes_of(path("words.toml")));
  EXPECT_EQ(bytes_of(path("home/secrets/session")), kSessionKey + "\n");
  EXPECT_EQ(mode_of(path("home")), 0700u);
  EXPECT_EQ(mode_of(path("home/secrets/session")), 0600u);
  const Outcome trail =
      run({binary(), "audit", "verify", path("home/audit"), "--pub", path("audit.pub")});
  EXPECT_EQ(trail.exit_code, 0) << trail.out;
  EXPECT_GT(names_in(path("home/audit")).size(), 3u);

  // Nothing of the first host is needed.
  for (const char* gone : {"docs", "content", "trail", "words.toml", "session", "bundle.pem"})
    fs::remove_all(path(gone));
  config = path("home/govhost.toml");
  start();
  EXPECT_EQ(served(), text);
  client->process().signal(SIGTERM);
  EXPECT_EQ(client->process().wait(), 0);
  const Outcome longer =
      run({binary(), "audit", "verify", path("home/audit"), "--pub", path("audit.pub")});
  EXPECT_EQ(longer.exit_code, 0) << longer.out;
}

TEST_F(Backup, SecretsAreNeverInClear) {
  make();
  const std::string sealed = gunzip(path("b.tar.gz")) + bytes_of(path("b.tar.gz"));
  EXPECT_EQ(sealed.find(kCanary), std::string::npos);
  EXPECT_EQ(sealed.find("PRIVATE KEY"), std::string::npos);
  const Outcome opened = verify("b.tar.gz", with_key());
  EXPECT_EQ(opened.exit_code, 0) << opened.out;
  EXPECT_NE(opened.out.find("3 secrets opened"), std::string::npos) << opened.out;

  const Outcome plain = create("plain.tar.gz");
  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  for (const char* secret : {"session", "bundle.pem", "audit.pem"})
    EXPECT_NE(plain.out.find("left out: file:" + path(secret) + ": it is secret"),
              std::string::npos)
        << plain.out;
  const std::string without = gunzip(path("plain.tar.gz"));
  EXPECT_EQ(without.find(kCanary), std::string::npos);
  EXPECT_EQ(without.find("secrets.sealed"), std::string::npos);
  ASSERT_EQ(backup({"restore", path("plain.tar.gz"), "--to", path("home")}).exit_code, 0);
  EXPECT_FALSE(fs::exists(path("home/secrets")));
  EXPECT_NE(bytes_of(path("home/govhost.toml")).find("file:" + path("session")), std::string::npos)
      << "the configuration goes on naming them";
}

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

TEST_F(Backup, ARestoreNeverWritesOverAnything) {
  make();
  folder.write("full/file", "mine");
  folder.write("plain", "mine");
  fs::create_directory_symlink(path("tmp"), path("link"));
  for (const char* taken : {"full", "plain", "link"}) {
    const Outcome outcome = backup({"restore", path("b.tar.gz"), "--to", path(taken)});
    EXPECT_EQ(outcome.exit_code, 2) << taken;
    EXPECT_NE(outcome.err.find("is not empty"), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(bytes_of(path("full/file")), "mine");
  EXPECT_EQ(names_in(path("tmp")), std::set<std::string>{});
  EXPECT_EQ(backup({"restore", path("b.tar.gz"), "--to", path("no/such/parent")}).exit_code, 2);
  EXPECT_EQ(backup({"restore", path("b.tar.gz")}).exit_code, 64);
  EXPECT_EQ(backup({"restore", path("b.tar.gz"), "--drill", "--to", path("home")}).exit_code, 64);
}

TEST_F(Backup, ADrillServesWhatWasRestored) {
  make();
  const Outcome drill =
      backup({"restore", "--drill", path("b.tar.gz"), "--key-file", path("pass"), "--json"});
  ASSERT_EQ(drill.exit_code, 0) << drill.out << drill.err;
  const Json json = Json::parse(drill.out);
  EXPECT_EQ(json["documents"], 12);
  EXPECT_EQ(json["secrets_opened"], 3);
  EXPECT_EQ(json["other_plugins"], Json::array());
  EXPECT_EQ(names_in(path("tmp")), std::set<std::string>{}) << "nothing is left";
  const Outcome checks = run({binary(), "check", "--config", config, "--json"});
  std::size_t passed = 0;
  const Json all = Json::parse(checks.out);
  for (const Json& each : all["checks"])
    if (each["id"] == "REL-008" || each["id"] == "REL-009") {
      EXPECT_EQ(each["status"], "pass") << each;
      ++passed;
    }
  EXPECT_EQ(passed, 2u);
}

TEST_F(Backup, WhatIsHeldSinceARollbackIsWhatComesBack) {
  make();
  risk(3, "bananas");
  ASSERT_EQ(run({binary(), "content", "sync", "--config", config}).exit_code, 0);
  const std::string before = BackupArchive(path("b.tar.gz")).manifest()["snapshot"];
  ASSERT_EQ(run({binary(), "content", "rollback", "1", "--config", config}).exit_code, 0);
  ASSERT_EQ(served(), "## Summary\n\nOf apples.");
  make();
  auto manifest = BackupArchive(path("b.tar.gz")).manifest();
  EXPECT_EQ(manifest["snapshot"], before);
  EXPECT_NE(manifest.dump().find("bundles/held"), std::string::npos);
  const Outcome drill = backup({"restore", "--drill", path("b.tar.gz")});
  EXPECT_EQ(drill.exit_code, 0) << drill.out << drill.err;
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

TEST_F(Backup, WhatCannotBeReadIsAWarning) {
  make();
  fs::remove(path("session"));
  const Outcome made = create("c.tar.gz", with_key());
  EXPECT_EQ(made.exit_code, 1);
  EXPECT_NE(made.err.find("file:" + path("session") + " is not in the backup"), std::string::npos)
      << made.err;
  EXPECT_EQ(verify("c.tar.gz", with_key()).exit_code, 0);
  // A trail that is damaged is not backed up as if it were good.
  std::ofstream(folder.path() / "trail" / *names_in(path("trail")).begin(), std::ios::app)
      << "no record\n";
  EXPECT_NE(create("/no/such/folder/c.tar.gz").exit_code, 0);
}

}  // namespace
}  // namespace govhost::test
