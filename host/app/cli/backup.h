// govhost backup VERB: what the verbs share.
#pragma once

#include <gov/status.hpp>

#include <chrono>
#include <optional>
#include <string>

#include "app/cli/common.h"
#include "backup/unpack.h"
#include "plugin/secret.h"

namespace govhost::app {

struct BackupOptions {
  ConfigOptions config;
  std::string file, to, key_file, public_key;
  bool drill = false, as_json = false;
};

int create_backup(const BackupOptions&, const Console&);
int verify_backup(const BackupOptions&, const Console&);
int restore_backup(const BackupOptions&, const Console&);
int drill_backup(const BackupOptions&, const Console&);

// The passphrase of --key-file; empty: none was named.
gov::Result<plugin::Secret> passphrase_of(const BackupOptions& options);

// The key of --public-key. False after saying what is wrong.
bool read_public_key(const BackupOptions& options, const Console& console,
                     std::optional<VerifyKey>& out);

// Says every two seconds how far it is, on standard error.
backup::Progress progress_of(const Console& console, const char* what, std::uint64_t all = 0);

// What is wrong with a backup goes to standard output, as with `audit verify`; what keeps it from
// being looked at, to standard error. The exit code.
int report_failure(const BackupOptions& options, const gov::Status& why, const Console& console);

// What was found good, for people: "12 files, content 0123456789ab, 345 audit records, ...".
std::string summary_of(const backup::Unpacked& found, bool key_was_given);

// govhost.toml of a restored backup, for the folder `home`: the configuration with the places that
// it has there. `with_secrets`: they are there too.
gov::Result<std::string> restored_config(const std::string& original,
                                         const backup::Manifest& manifest, const std::string& home,
                                         bool with_secrets);

// A folder of its own with mode 0700 that goes away with all that is in it.
class ScratchFolder {
 public:
  // `place`: "/tmp/govhost-drill-XXXXXX"
  static gov::Result<ScratchFolder> create(std::string place);
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::string& path() const { return path_; }
  void keep() { path_.clear(); }  // it was renamed

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// In $TMPDIR, else in /tmp.
gov::Result<ScratchFolder> scratch_folder();

}  // namespace govhost::app
