// govhost backup restore [--drill]
#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "app/cli/backup.h"
#include "app/cli/backup_child.h"
#include "app/exit_codes.h"
#include "backup/records.h"
#include "bundle/file.h"
#include "config/relocate.h"
#include "core/read_file.h"
#include "core/time.h"
#include "core/unique_fd.h"

namespace govhost::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kRestoredConfig = "govhost.toml";

gov::Status write_text(const std::string& path, std::string_view text) {
  auto file = bundle::NewFile::create(path);
  if (!file) return file.status();
  const gov::Status written = file->append(text);
  return written.ok() ? file->commit() : written;
}

// Unpacks into `folder`, which will be `home`, and writes its configuration.
gov::Result<backup::Unpacked> lay_out(const BackupOptions& options, const backup::Unpacking& how,
                                      const std::string& folder, const std::string& home) {
  auto found = backup::unpack(options.file, folder, how);
  if (!found) return found.status();
  const auto original = govhost::read_file(folder + "/" + std::string(backup::kConfigName));
  if (!original)
    return gov::invalid(std::string(backup::kConfigName) + " " + original.status().message());
  const auto text = restored_config(*original, found->manifest, home,
                                    how.write_secrets && found->secrets.has_value());
  if (!text) return text.status();
  if (gov::Status s = write_text(folder + "/" + kRestoredConfig, *text); !s.ok()) return s;
  return found;
}

// Of all that is on the volume: one call, where fsync(2) of each file would take minutes.
bool sync_volume_of(const std::string& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.valid() && ::syncfs(fd.get()) == 0;
}

struct DrillResult {
  backup::Unpacked found;
  Answered answered;
  std::vector<std::string> other_plugins;  // those that are here in another version, or not
  std::chrono::duration<double> took{};
};

// Names of plugins that are not here as they were there.
std::vector<std::string> other_plugins_of(const backup::Manifest& manifest,
                                          const config::Config& config);

gov::Result<DrillResult> drill(const BackupOptions& options, const backup::Unpacking& how,
                               const std::string& folder) {
  const auto began = std::chrono::steady_clock::now();
  DrillResult out;
  const std::string home = folder + "/restored";
  std::error_code error;
  if (!fs::create_directory(home, error)) return gov::unavailable(home + ": " + error.message());
  auto found = lay_out(options, how, home, home);
  if (!found) return found.status();
  out.found = std::move(*found);
  if (out.found.manifest.bundle.empty())
    return gov::unavailable(
        "the backup holds no content that could be served; set content.bundle_dir");
  ConfigOptions restored = options.config;
  restored.file = home + "/" + kRestoredConfig;
  const config::Loaded loaded = restored.load();
  if (!loaded.config)
    return gov::invalid("the restored configuration is not valid: " + loaded.faults.front().text());
  out.other_plugins = other_plugins_of(out.found.manifest, *loaded.config);
  const std::string config = home + "/drill.toml";
  if (gov::Status s =
          write_text(config, config::bundles_only(*loaded.config, std::string(backup::kBundles)));
      !s.ok())
    return s;
  auto answered = serve_and_ask(config, folder);
  if (!answered) return answered.status();
  out.answered = std::move(*answered);
  if (out.answered.snapshot != out.found.manifest.snapshot)
    return gov::invalid(out.found.manifest.bundle + ": a server makes the content " +
                        out.answered.snapshot.substr(0, 12) + " of it, and the manifest names " +
                        out.found.manifest.snapshot.substr(0, 12));
  out.took = std::chrono::steady_clock::now() - began;
  return out;
}

std::vector<std::string> other_plugins_of(const backup::Manifest& manifest,
                                          const config::Config& config) {
  std::vector<std::string> out;
  for (const backup::PluginFile& each : manifest.plugins) {
    const auto here = digest_of_file(config.plugin_directory + "/" + each.name);
    if (!here || *here != each.sha256) out.push_back(each.name);
  }
  return out;
}

bool prepare(const BackupOptions& options, const Console& console, plugin::Secret& passphrase,
             backup::Unpacking& how) {
  if (!read_public_key(options, console, how.trusted)) return false;
  auto given = passphrase_of(options);
  if (!given) {
    console.problem(given.status().message());
    return false;
  }
  passphrase = std::move(*given);
  how.passphrase = passphrase.reveal();
  how.progress = progress_of(console, "restore");
  return true;
}

}  // namespace

gov::Result<std::string> restored_config(const std::string& original,
                                         const backup::Manifest& manifest, const std::string& home,
                                         bool with_secrets) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const backup::Place& each : manifest.places) {
    const bool is_secret = each.path.starts_with(std::string(backup::kSecrets) + "/");
    if (is_secret && !with_secrets) continue;  // the configuration goes on naming them
    if (each.path.empty())
      values.emplace_back(each.key, each.was);
    else
      values.emplace_back(each.key, each.reference ? "file:" + home + "/" + each.path : each.path);
  }
  const auto text = config::relocate(original, values);
  if (!text) return text.status();
  return "# Of a backup of " + to_rfc3339(manifest.created_at) + ", with the paths of " + home +
         ".\n# As it was: " + std::string(backup::kConfigName) +
         "; where each file was: \"places\" in " + std::string(backup::kManifestName) + ".\n\n" +
         *text;
}

int restore_backup(const BackupOptions& options, const Console& console) {
  std::string home = fs::absolute(options.to).lexically_normal().string();
  while (home.size() > 1 && home.ends_with('/')) home.pop_back();
  std::error_code error;
  if (fs::exists(fs::symlink_status(home, error)) &&
      (!fs::is_directory(fs::symlink_status(home, error)) || !fs::is_empty(home, error)))
    return console.problems({"--to: " + home + " is not empty; name a folder that is new"});
  plugin::Secret passphrase;
  backup::Unpacking how;
  how.write_secrets = true;
  if (!prepare(options, console, passphrase, how)) return kBadConfig;
  // Beside it, so that it appears as a whole.
  auto folder = ScratchFolder::create(home + ".restoring-XXXXXX");
  if (!folder) return console.problems({"--to: " + folder.status().message()});
  const auto found = lay_out(options, how, folder->path(), home);
  if (!found) return report_failure(options, found.status(), console);
  if (!sync_volume_of(folder->path()) || ::rename(folder->path().c_str(), home.c_str()) != 0)
    return console.problems({"--to: " + home + ": " + bundle::error_text(errno)});
  folder->keep();
  sync_volume_of(home);
  if (options.as_json) {
    console.line(json{{"folder", home},
                      {"config", home + "/" + kRestoredConfig},
                      {"files", found->manifest.files.size()},
                      {"secrets", found->secrets.value_or(0)},
                      {"signed_by", found->key_id.empty() ? json() : json(found->key_id)}}
                     .dump());
  } else {
    console.line(home + ": " + summary_of(*found, how.trusted.has_value()));
    console.line("serve it with: govhost serve --config " + home + "/" + kRestoredConfig);
  }
  return kOk;
}

int drill_backup(const BackupOptions& options, const Console& console) {
  plugin::Secret passphrase;
  backup::Unpacking how;
  if (!prepare(options, console, passphrase, how)) return kBadConfig;
  const auto folder = scratch_folder();
  if (!folder) return console.problems({folder.status().message()});
  const auto result = drill(options, how, folder->path());
  if (!result) return report_failure(options, result.status(), console);
  const backup::Manifest& manifest = result->found.manifest;
  const config::Loaded here = options.config.load();
  const gov::Status noted =
      here.config ? backup::note_done(
                        here.config->state_directory, backup::Deed::kDrill,
                        {std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()),
                         fs::absolute(options.file).lexically_normal().string()})
                  : gov::internal("the built-in configuration");
  if (!noted.ok()) console.problem("the time of the drill is not remembered: " + noted.message());
  for (const std::string& name : result->other_plugins)
    console.problem("plugin " + name + " is here in another version, or not at all");
  if (options.as_json) {
    console.line(
        json{{"good", true},
             {"snapshot", manifest.snapshot},
             {"documents", result->answered.documents},
             {"audit_records", manifest.audit ? manifest.audit->records : 0},
             {"secrets_opened", result->found.secrets ? json(*result->found.secrets) : json()},
             {"other_plugins", result->other_plugins},
             {"seconds", result->took.count()}}
            .dump());
  } else {
    char took[32];
    std::snprintf(took, sizeof took, "%.1f s", result->took.count());
    console.line("drill OK: the configuration loads; a second server answers from content " +
                 manifest.snapshot.substr(0, 12) + " (" +
                 std::to_string(result->answered.documents) + " documents); " +
                 (manifest.audit ? "the audit trail is whole until record " +
                                       std::to_string(manifest.audit->records)
                                 : "there is no audit trail") +
                 (result->found.secrets
                      ? "; " + std::to_string(*result->found.secrets) + " secrets were opened"
                      : "; no secret was opened") +
                 "; it took " + took);
  }
  return noted.ok() ? kOk : kToolError;
}

}  // namespace govhost::app
