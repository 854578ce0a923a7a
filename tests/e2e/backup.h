// A server with everything that a backup can hold.
#pragma once

#include "e2e/backup_archive.h"

#include <sys/stat.h>

#include <cstdlib>
#include <set>

#include "e2e/living_source.h"

namespace govhost::test {

inline const std::string kSessionKey =
    std::string(kCanary) + "-session-key-0123456789abcdef0123456789";
inline const std::string kPassphrase = std::string(kCanary) + "-passphrase-of-backups";

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
      for (int i = 0; i < 40; ++i) get_risk();
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

}  // namespace govhost::test
