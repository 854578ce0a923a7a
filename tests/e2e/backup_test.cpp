// govhost backup: one file of a running server, from which a server comes up again.
#include "e2e/backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace govhost::test {
namespace {

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
  folder.write("trail/sink-siem.json", "{}");
  EXPECT_EQ(create("b.tar.gz", with_key()).exit_code, 0);
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
  EXPECT_TRUE(fs::exists(path("home/audit/sink-siem.json")));
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

TEST_F(Backup, AnOldOneIsToldOf) {
  folder.write("state/last-backup.json", R"({"at":"2026-01-31T02:00:00Z","file":"/b.tar.gz"})");
  start();
  const auto diagnose = [&] {
    return run(
        {binary(), "diagnose", "--url", "http://127.0.0.1:" + std::to_string(client->ops_port())});
  };
  const Outcome old = diagnose();
  EXPECT_EQ(old.exit_code, 1);
  EXPECT_NE(old.out.find("GovhostBackupOld: the last backup is older than 26 hours"),
            std::string::npos)
      << old.out;
  make();
  EXPECT_EQ(diagnose().out.find("GovhostBackupOld"), std::string::npos);
}

// One after the other, and what was there before stays until the next one is whole.
TEST_F(Backup, TwoAtOnceDoNotMixTheirFiles) {
  make();
  const std::string before = bytes_of(path("b.tar.gz"));
  const int folder_fd = ::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(folder_fd, LOCK_EX), 0);
  const Outcome second = create("b.tar.gz");
  EXPECT_EQ(second.exit_code, 2);
  EXPECT_NE(second.err.find("another backup is being written there"), std::string::npos);
  ::close(folder_fd);
  EXPECT_EQ(bytes_of(path("b.tar.gz")), before);
  EXPECT_EQ(create("b.tar.gz").exit_code, 0);
  EXPECT_FALSE(fs::exists(path("b.tar.gz.part")));
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

TEST_F(Backup, WhatCannotBeReadIsAWarning) {
  make();
  fs::remove(path("session"));
  const Outcome made = create("c.tar.gz", with_key());
  EXPECT_EQ(made.exit_code, 1);
  EXPECT_NE(made.err.find("file:" + path("session") + " is not in the backup"), std::string::npos)
      << made.err;
  EXPECT_EQ(verify("c.tar.gz", with_key()).exit_code, 0);
  EXPECT_EQ(create("no/such/folder/c.tar.gz").exit_code, 2);
}

// Whether a file is secret is seen from what is in it too; credentials of a unit are files.
TEST_F(Backup, SecretsAreFoundWhereverTheyAreNamed) {
  folder.write("credentials/session", kSessionKey);
  folder.write("tokens.json", "[]");
  folder.write("sub/tokens.json", "[{}]");
  config =
      folder
          .write("sub/govhost.toml",
                 "[host]\nkeys = [\"cred:session\", \"env:SESSION\"]\n"
                 "[audit]\ndir = \"trail\"\nsigning_key = \"file:" +
                     path("audit.pem") +
                     "\"\nsink = [{name = \"siem\", kind = \"syslog\", address = "
                     "\"siem.example:6514\", cert = \"../other.pub\", key = "
                     "\"../other.pem\"}]\n"
                     "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n"
                     "[[auth]]\nplugin = \"token\"\noptions = {file = \"tokens.json\"}\n"
                     "[[auth]]\nplugin = \"token\"\nname = \"more\"\noptions = {file = "
                     "\"../tokens.json\"}\n"
                     "[[source]]\nplugin = \"" +
                     plugin_folder() + "/source-directory.so\"\noptions = {path = \"../docs\"}\n")
          .string();
  const auto in_unit = [&](std::vector<std::string> command) {
    command.insert(command.begin(), {binary(), "backup"});
    return run(command, {{"CREDENTIALS_DIRECTORY", path("credentials")}});
  };
  const Outcome made =
      in_unit({"create", "--config", config, "-o", path("b.tar.gz"), "--key-file", path("pass")});
  ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
  EXPECT_NE(made.out.find("left out: env:SESSION: it is in no file"), std::string::npos)
      << made.out;
  const std::string sealed = gunzip(path("b.tar.gz"));
  EXPECT_EQ(sealed.find("PRIVATE KEY"), std::string::npos);
  EXPECT_EQ(sealed.find(kCanary), std::string::npos);
  const Outcome restored =
      in_unit({"restore", path("b.tar.gz"), "--to", path("home"), "--key-file", path("pass")});
  ASSERT_EQ(restored.exit_code, 0) << restored.out << restored.err;
  EXPECT_EQ(names_in(path("home/secrets")),
            (std::set<std::string>{"audit.pem", "other.pem", "session"}));
  EXPECT_EQ(bytes_of(path("home/files/tokens.json")), "[{}]");
  EXPECT_EQ(bytes_of(path("home/files/2-tokens.json")), "[]");
  const std::string text = bytes_of(path("home/govhost.toml"));
  for (const std::string& part :
       {"'file:" + path("home/secrets/session") + "'", std::string("'env:SESSION'"),
        std::string("key = 'secrets/other.pem'"), std::string("cert = 'files/other.pub'"),
        std::string("file = 'files/tokens.json'"), std::string("file = 'files/2-tokens.json'"),
        "path = '" + path("docs") + "'", std::string("dir = 'audit'")})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  // There is nothing that a server could show.
  const Outcome drill = in_unit({"restore", "--drill", path("b.tar.gz")});
  EXPECT_EQ(drill.exit_code, 2);
  EXPECT_NE(drill.err.find("content.bundle_dir"), std::string::npos) << drill.err;
  // Without its credentials it is no good backup, and says so.
  const Outcome without = create("c.tar.gz", with_key());
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_NE(without.err.find("CREDENTIALS_DIRECTORY"), std::string::npos) << without.err;
}

}  // namespace
}  // namespace govhost::test
