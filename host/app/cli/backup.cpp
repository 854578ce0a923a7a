// govhost backup create|verify, and what all its verbs share.
#include "app/cli/backup.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

#include "app/cli/backup_plan.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "backup/records.h"
#include "core/read_file.h"
#include "core/time.h"
#include "plugin/secrets.h"

namespace govhost::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::chrono::seconds kProgressPause{2};

json as_json(const backup::Manifest& manifest) {
  json left_out = json::array();
  for (const backup::LeftOut& each : manifest.left_out)
    left_out.push_back({{"what", each.what}, {"why", each.why}});
  json audit;
  if (manifest.audit)
    audit = {{"records", manifest.audit->records}, {"head", manifest.audit->head}};
  return {{"created_at", to_rfc3339(manifest.created_at)},
          {"files", manifest.files.size()},
          {"snapshot", manifest.snapshot.empty() ? json() : json(manifest.snapshot)},
          {"audit", std::move(audit)},
          {"secrets_sealed", manifest.sealing.has_value()},
          {"left_out", std::move(left_out)}};
}

std::string contents_of(const backup::Manifest& manifest) {
  const std::size_t files = manifest.files.size();
  std::string text = std::to_string(files) + (files == 1 ? " file" : " files");
  text +=
      manifest.snapshot.empty() ? ", no content" : ", content " + manifest.snapshot.substr(0, 12);
  return text + (manifest.audit
                     ? ", audit trail until record " + std::to_string(manifest.audit->records)
                     : ", no audit trail");
}

void print_left_out(const backup::Manifest& manifest, const Console& console) {
  for (const backup::LeftOut& each : manifest.left_out)
    console.line("left out: " + each.what + ": " + each.why);
}

// The archive itself may be what the configuration's folder is full of.
gov::Status write_backup(const BackupOptions& options, BackupPlan& plan, const Console& console) {
  return backup::write_archive(
      fs::absolute(options.file).string(), plan.manifest, plan.key,
      [&](const backup::File& file, const backup::Put& put) { return plan.files.read(file, put); },
      progress_of(console, "backup", plan.files.bytes()));
}

}  // namespace

gov::Result<plugin::Secret> passphrase_of(const BackupOptions& options) {
  if (options.key_file.empty()) return plugin::Secret();
  auto text = plugin::resolve_secret("file:" + fs::absolute(options.key_file).string());
  if (!text) return gov::unavailable("--key-file: " + text.status().message());
  if (text->reveal().size() < backup::kLeastPassphrase)
    return gov::unavailable("--key-file: " + options.key_file + " holds fewer than " +
                            std::to_string(backup::kLeastPassphrase) +
                            " bytes; make a passphrase with `openssl rand -base64 24`");
  return text;
}

bool read_public_key(const BackupOptions& options, const Console& console,
                     std::optional<VerifyKey>& out) {
  if (options.public_key.empty()) return true;
  const auto pem = govhost::read_file(options.public_key);
  auto key = pem ? VerifyKey::from_pem(*pem) : gov::Result<VerifyKey>(pem.status());
  if (key)
    out = std::move(*key);
  else
    console.problem("--public-key: " + options.public_key + " " + key.status().message());
  return key.ok();
}

backup::Progress progress_of(const Console& console, const char* what, std::uint64_t all) {
  struct State {
    std::uint64_t done = 0;
    std::chrono::steady_clock::time_point told = std::chrono::steady_clock::now();
  };
  const auto mib = [](std::uint64_t bytes) { return std::to_string(bytes >> 20u); };
  return [&console, what, all, mib, state = std::make_shared<State>()](std::uint64_t bytes) {
    state->done += bytes;
    const auto now = std::chrono::steady_clock::now();
    if (now - state->told < kProgressPause) return;
    state->told = now;
    console.problem(std::string(what) + ": " + mib(state->done) +
                    (all > 0 ? " of " + mib(all) : "") + " MiB");
  };
}

int report_failure(const BackupOptions& options, const gov::Status& why, const Console& console) {
  const bool broken = why.code() == GOV_INVALID_ARGUMENT;
  if (!broken) {
    const std::string hint =
        why.code() == GOV_UNAUTHENTICATED ? "; is --key-file the right one?" : "";
    return console.problems({options.file + " " + why.message() + hint});
  }
  console.line(options.as_json ? json{{"good", false}, {"problem", why.message()}}.dump(
                                     -1, ' ', false, json::error_handler_t::replace)
                               : "BROKEN: " + why.message());
  return kBroken;
}

std::string summary_of(const backup::Unpacked& found, bool key_was_given) {
  std::string text = contents_of(found.manifest);
  if (found.secrets)
    text += ", " + std::to_string(*found.secrets) + " secrets opened";
  else if (found.manifest.sealing)
    text += ", secrets not opened (no --key-file)";
  else
    text += ", no secrets";
  if (found.key_id.empty()) return text + "; not signed: whoever could write it can have made it";
  text += "; signed by the key " + found.key_id;
  return key_was_given ? text : text + ", which no --public-key confirms";
}

gov::Result<ScratchFolder> ScratchFolder::create(std::string place) {
  if (::mkdtemp(place.data()) == nullptr)
    return gov::unavailable(place + ": " + std::generic_category().message(errno));
  return ScratchFolder(std::move(place));
}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  if (!path_.empty()) fs::remove_all(path_, error);
}

gov::Result<ScratchFolder> scratch_folder() {
  const char* const place = std::getenv("TMPDIR");
  return ScratchFolder::create(std::string(place == nullptr || *place != '/' ? "/tmp" : place) +
                               "/govhost-backup-XXXXXX");
}

int create_backup(const BackupOptions& options, const Console& console) {
  const config::Loaded loaded = options.config.load();
  std::vector<std::string> problems;
  for (const config::Fault& fault : loaded.faults) problems.push_back(fault.text());
  if (!loaded.config) return console.problems(problems);
  const auto passphrase = passphrase_of(options);
  if (!passphrase) return console.problems({passphrase.status().message()});
  LogStream stream(Level::kError);
  auto plan = plan_backup(loaded, passphrase->reveal(), stream.log);
  if (!plan) return report_failure(options, plan.status(), console);
  if (gov::Status s = write_backup(options, *plan, console); !s.ok())
    return console.problems({s.message()});
  const std::string file = fs::absolute(options.file).lexically_normal().string();
  const gov::Status noted = backup::note_done(loaded.config->state_directory, backup::Deed::kCreate,
                                              {plan->manifest.created_at, file});
  if (!noted.ok())
    plan->warnings.push_back("the time of the backup is not remembered: " + noted.message());
  for (const std::string& warning : plan->warnings) console.problem(warning);
  if (options.as_json) {
    json out = as_json(plan->manifest);
    out["file"] = file;
    std::error_code error;
    out["bytes"] = fs::file_size(file, error);
    out["secrets"] = plan->secrets;
    out["signed_by"] = plan->key ? json(plan->key->verify_key().id()) : json();
    out["warnings"] = plan->warnings;
    console.line(out.dump(-1, ' ', false, json::error_handler_t::replace));
  } else {
    console.line(
        file + ": " + contents_of(plan->manifest) +
        (plan->secrets > 0 ? ", " + std::to_string(plan->secrets) + " secrets, sealed" : "") +
        (plan->key ? ", signed by the key " + plan->key->verify_key().id() : ", not signed"));
    print_left_out(plan->manifest, console);
  }
  return plan->warnings.empty() ? kOk : kToolError;
}

int verify_backup(const BackupOptions& options, const Console& console) {
  backup::Unpacking how;
  if (!read_public_key(options, console, how.trusted)) return kBadConfig;
  const auto passphrase = passphrase_of(options);
  if (!passphrase) return console.problems({passphrase.status().message()});
  how.passphrase = passphrase->reveal();
  how.progress = progress_of(console, "verify");
  const auto folder = scratch_folder();
  if (!folder) return console.problems({folder.status().message()});
  const auto found = backup::unpack(options.file, folder->path(), how);
  if (!found) return report_failure(options, found.status(), console);
  if (options.as_json) {
    json out = as_json(found->manifest);
    out["good"] = true;
    out["secrets_opened"] = found->secrets ? json(*found->secrets) : json();
    out["signed_by"] = found->key_id.empty() ? json() : json(found->key_id);
    out["signature_trusted"] = how.trusted.has_value();
    console.line(out.dump(-1, ' ', false, json::error_handler_t::replace));
  } else {
    console.line("OK " + summary_of(*found, how.trusted.has_value()));
    print_left_out(found->manifest, console);
  }
  return kOk;
}

void add_backup(CLI::App& app, Console& console, int& exit_code) {
  CLI::App* const group = app.add_subcommand(
      "backup", "Make, check and restore backups; exit code 3: a backup is damaged");
  group->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, auto run) {
    auto options = std::make_shared<BackupOptions>();
    CLI::App* const verb = group->add_subcommand(name, help);
    verb->add_option("--key-file", options->key_file,
                     "File with the passphrase that secrets are sealed with")
        ->type_name("FILE");
    verb->add_flag("--json", options->as_json, "As JSON");
    verb->callback([options, run, &console, &exit_code] { exit_code = run(*options, console); });
    return std::pair(verb, options);
  };
  const auto add_plugins = [](CLI::App* verb, BackupOptions& options) {
    verb->add_option("--plugins", options.config.plugins, "Directory of the packaged plugins")
        ->type_name("DIR");
  };
  const auto add_source = [](CLI::App* verb, BackupOptions& options) {
    verb->add_option("file", options.file, "What `backup create` wrote")->required();
    verb->add_option("--public-key", options.public_key,
                     "Public key of content.signing_key, in PEM: a backup of another is refused")
        ->type_name("FILE");
  };
  const auto [create, made] =
      add("create", "Write configuration, content and audit trail, with --key-file secrets too",
          create_backup);
  create->add_option("-o,--output", made->file, "The new file")->type_name("FILE")->required();
  create->add_option("-c,--config", made->config.file, "Configuration file (TOML)")
      ->type_name("FILE");
  add_plugins(create, *made);
  const auto [verify, checked] = add("verify", "Check every byte of a backup", verify_backup);
  add_source(verify, *checked);
  const auto [restore, restored] =
      add("restore", "Lay a backup out in a new folder, or try that",
          [](const BackupOptions& options, const Console& to) {
            if (options.drill != options.to.empty()) {
              to.problem("name a folder with --to, or try it with --drill");
              return int{kUsage};
            }
            return options.drill ? drill_backup(options, to) : restore_backup(options, to);
          });
  add_source(restore, *restored);
  add_plugins(restore, *restored);
  restore->add_option("--to", restored->to, "The new folder")->type_name("DIR");
  restore->add_flag("--drill", restored->drill,
                    "Restore to a temporary folder, serve from it, compare, remove it");
}

}  // namespace govhost::app
