#include "app/cli/backup_plan.h"

#include <fcntl.h>

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <utility>

#include "app/build_info.h"
#include "app/bundle_keeper.h"
#include "backup/unpack.h"
#include "config/schema.h"
#include "core/read_file.h"
#include "plugin/library.h"
#include "plugin/secrets.h"
#include "plugin/trust.h"

namespace govhost::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMaxSecretFile = std::size_t{1} << 20u;
constexpr std::string_view kPrivate = "PRIVATE KEY-----";  // RFC 7468
constexpr std::string_view kHeldName = "held";

std::string file_name_of(const std::string& path) { return fs::path(path).filename().string(); }

class Planner {
 public:
  Planner(const config::Loaded& loaded, std::string_view passphrase, Log& log, BackupPlan& out)
      : loaded_(loaded), config_(*loaded.config), passphrase_(passphrase), log_(log), out_(out) {}

  gov::Status run() {
    out_.manifest.created_at =
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    out_.manifest.written_by = "govhost " + std::string(kVersion);
    if (gov::Status s = read_key(); !s.ok()) return s;
    if (gov::Status s = add_config(); !s.ok()) return s;
    for (const auto& [pointer, path] : loaded_.paths) add_host_path(pointer, path);
    for (const auto& [pointer, reference] : loaded_.secrets) add_secret(pointer, reference);
    add_plugins();
    if (gov::Status s = seal_secrets(); !s.ok()) return s;
    if (gov::Status s = add_bundles(); !s.ok()) return s;
    return add_audit();
  }

 private:
  void warn(const std::string& what, const std::string& why) {
    out_.warnings.push_back(what + " is not in the backup: " + why);
    leave_out(what, why);
  }
  void leave_out(const std::string& what, const std::string& why) {
    for (const backup::LeftOut& each : out_.manifest.left_out)
      if (each.what == what) return;
    out_.manifest.left_out.push_back({what, why});
  }
  void place(const std::string& key, const std::string& was, const std::string& path,
             bool reference = false) {
    out_.manifest.places.push_back({key, was, path, reference});
  }

  gov::Status read_key() {
    if (config_.content.signing_key.empty()) return {};
    const auto pem = plugin::resolve_secret(config_.content.signing_key);
    auto key = pem ? SigningKey::from_pem(pem->reveal()) : gov::Result<SigningKey>(pem.status());
    if (!key)
      return gov::unavailable("content.signing_key: " + config_.content.signing_key + " " +
                              key.status().message());
    out_.manifest.signing_key = key->verify_key().to_pem();
    out_.key = std::move(*key);
    return {};
  }

  gov::Status add_config() {
    std::string text(kBuiltinConfig);
    if (!config_.file.empty()) {
      auto read = govhost::read_file(config_.file);
      if (!read) return gov::unavailable(config_.file + " " + read.status().message());
      text = std::move(*read);
    }
    out_.files.add_text(std::string(backup::kConfigName), backup::Role::kConfig, std::move(text));
    return {};
  }

  void add_host_path(const std::string& pointer, const std::string& path) {
    if (pointer == "/content/bundle_dir" || pointer == "/audit/dir") return;  // see below
    // A second server must not take the socket of the first.
    if (pointer == "/ops/control") return place(pointer, path, "control.sock");
    if (pointer == "/plugins/directory") return place(pointer, path, "");
    add_named(pointer, path);
  }

  // A file that the configuration names by its path.
  void add_named(const std::string& pointer, const std::string& path) {
    if (const auto known = named_.find(path); known != named_.end())
      return place(pointer, path, known->second);
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::is_regular_file(status)) {
      // It may be made later, such as a list of whom access was taken from.
      leave_out(path, fs::is_directory(status)
                          ? "it is a folder; what a source gave is in the bundles"
                          : "there is no such file");
      return place(pointer, path, "");
    }
    auto text = govhost::read_file(path, kMaxSecretFile);
    if (text && text->find(kPrivate) != std::string::npos)
      return keep_secret(pointer, path, path, std::move(*text), false);
    const std::string to = out_.files.free_path(backup::kFiles, file_name_of(path));
    if (const gov::Status added = out_.files.add_file(to, backup::Role::kNamed, path);
        !added.ok()) {
      warn(path, added.message());
      return place(pointer, path, "");
    }
    named_.emplace(path, to);
    place(pointer, path, to);
  }

  void add_secret(const std::string& pointer, const std::string& reference) {
    std::string path;
    if (reference.starts_with("file:")) path = reference.substr(5);
    if (reference.starts_with("cred:")) {
      const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
      if (folder == nullptr)
        return warn(reference,
                    "there is no $CREDENTIALS_DIRECTORY; run it in a unit with the same "
                    "LoadCredential=");
      path = std::string(folder) + "/" + reference.substr(5);
    }
    if (path.empty()) return leave_out(reference, "it is in no file of this host");
    auto text = govhost::read_file(path, kMaxSecretFile);
    if (!text) return warn(reference, text.status().message());
    keep_secret(pointer, reference, path, std::move(*text), true);
  }

  void keep_secret(const std::string& pointer, const std::string& what, const std::string& path,
                   std::string text, bool reference) {
    if (passphrase_.empty()) {
      backup::wipe(text);
      leave_out(what, "it is secret, and no --key-file was given");
      if (!reference) place(pointer, path, "");
      return;
    }
    auto known = secrets_.find(path);
    if (known == secrets_.end()) {
      std::string to = free_secret_path(file_name_of(path));
      known = secrets_.emplace(path, backup::SecretFile{std::move(to), std::move(text)}).first;
    }
    place(pointer, path, known->second.path, reference);
  }

  std::string free_secret_path(const std::string& name) const {
    const std::string plain =
        backup::Collection().free_path(backup::kSecrets, name).substr(backup::kSecrets.size() + 1);
    std::string path = std::string(backup::kSecrets) + "/" + plain;
    const auto taken = [&] {
      for (const auto& [from, secret] : secrets_)
        if (secret.path == path) return true;
      return false;
    };
    for (int i = 2; taken(); ++i)
      path = std::string(backup::kSecrets) + "/" + std::to_string(i) + "-" + plain;
    return path;
  }

  gov::Status seal_secrets() {
    if (secrets_.empty()) return {};
    std::vector<backup::SecretFile> all;
    for (auto& [path, secret] : secrets_) all.push_back(std::move(secret));
    std::string text = backup::pack_secrets(all);
    for (backup::SecretFile& each : all) backup::wipe(each.text);
    out_.secrets = all.size();
    auto sealed = backup::seal(text, passphrase_, out_.manifest.sealing.emplace());
    backup::wipe(text);
    if (!sealed) return sealed.status();
    out_.files.add_text(std::string(backup::kSecretsName), backup::Role::kSecrets,
                        std::move(*sealed));
    return {};
  }

  void add_plugins() {
    const auto add_all = [&](std::string_view kind, const auto& instances) {
      for (std::size_t i = 0; i < instances.size(); ++i)
        add_plugin(kind, instances[i], "/" + std::string(kind) + "/" + std::to_string(i));
    };
    add_all("transport", config_.transports);
    add_all("source", config_.sources);
    add_all("auth", config_.auth);
    add_all("secrets", config_.secrets);
    if (config_.search) add_plugin("search", *config_.search, "/search");
  }

  void add_plugin(std::string_view kind, const config::Instance& instance,
                  const std::string& pointer) {
    if (instance.ref.path.empty()) return;
    const bool is_new = plugins_.emplace(instance.ref.path, 0).second;
    // A path may be relative to the folder of the configuration, which will be another one.
    if (instance.ref.plugin.find('/') != std::string::npos)
      place(pointer + "/plugin", instance.ref.path, "");
    if (is_new) {
      const UniqueFd fd(::open(instance.ref.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
      const auto digest = plugin::sha256_of(fd.get());
      out_.manifest.plugins.push_back(
          {file_name_of(instance.ref.path), digest ? *digest : std::string()});
    }
    const auto component = libraries_.find(instance.ref, "gov." + std::string(kind) + "/1");
    const std::string options =
        "what the options of " + std::string(kind) + " " + instance.name + " name";
    if (!component) return warn(options, component.status().message());
    if ((*component)->config_schema == nullptr) return;
    const auto schema = config::compile((*component)->config_schema);
    if (!schema) return warn(options, schema.status().message());
    const config::Checked checked = config::check_options(*schema, config_, kind, instance);
    if (!checked.faults.empty()) return warn(options, checked.faults.front().text());
    const auto each = [&](const std::vector<std::string>& pointers, const auto& take) {
      for (const std::string& at : pointers)
        if (const json& value = checked.options->at(json::json_pointer(at)); value.is_string())
          take(pointer + "/options" + at, value.get<std::string>());
    };
    each(checked.paths,
         [&](const std::string& at, const std::string& path) { add_named(at, path); });
    each(checked.secrets,
         [&](const std::string& at, const std::string& reference) { add_secret(at, reference); });
  }

  // The newest that is whole, the one that is held if one is, and what they need.
  gov::Status add_bundles() {
    if (config_.content.bundle_dir.empty()) {
      leave_out("content", "content.bundle_dir is not set, so that none is kept");
      return {};
    }
    place("/content/bundle_dir", config_.content.bundle_dir, std::string(backup::kBundles));
    std::vector<std::string> problems;
    const auto keeper = BundleKeeper::build(config_, log_, problems);
    if (!keeper) return gov::unavailable(problems.front());
    auto served = keeper->store()->newest(
        [this](const std::string& path, const gov::Status& why) { warn(path, why.message()); });
    if (!served) {
      warn("content", config_.content.bundle_dir + " holds no bundle that is whole");
      return {};
    }
    if (gov::Status s = add_chain(served->file()); !s.ok()) return s;
    const std::string held_file = config_.content.bundle_dir + "/" + std::string(kHeldName);
    if (const auto name = govhost::read_file(held_file)) {
      auto held = keeper->find(*name);
      if (!held)
        return gov::unavailable("the content is held at " + *name + ": " + held.status().message());
      served = *held;
      if (gov::Status s = add_chain(served->file()); !s.ok()) return s;
      out_.files.add_text(bundle_path(std::string(kHeldName)), backup::Role::kBundle, *name);
    }
    out_.manifest.snapshot = served->manifest().digest;
    out_.manifest.bundle = bundle_path(served->file());
    return {};
  }

  static std::string bundle_path(const std::string& name) {
    return std::string(backup::kBundles) + "/" + name;
  }

  gov::Status add_chain(std::string name) {
    for (std::size_t i = 0; i <= bundle::kMostBases && bundles_.emplace(name, 0).second; ++i) {
      const std::string path = config_.content.bundle_dir + "/" + name;
      if (gov::Status s = out_.files.add_file(bundle_path(name), backup::Role::kBundle, path);
          !s.ok())
        return gov::unavailable(s.message() + "; run the backup again");
      const auto head = bundle::Bundle::peek(path, {});
      if (!head) return gov::unavailable(path + " " + head.status().message());
      if (!head->base) break;
      name = head->base->file;
    }
    return {};
  }

  gov::Status add_audit() {
    if (config_.audit.dir.empty()) return {};
    place("/audit/dir", config_.audit.dir, std::string(backup::kAudit));
    auto trail = out_.files.add_trail(config_.audit.dir);
    if (!trail) return trail.status();
    if (!*trail) leave_out("audit trail", config_.audit.dir + " holds none");
    out_.manifest.audit = *trail;
    return {};
  }

  const config::Loaded& loaded_;
  const config::Config& config_;
  const std::string_view passphrase_;
  Log& log_;
  BackupPlan& out_;
  plugin::Libraries libraries_;
  std::map<std::string, std::string> named_;           // path to its place in the archive
  std::map<std::string, backup::SecretFile> secrets_;  // by path
  std::map<std::string, int> plugins_, bundles_;       // those that were seen
};

}  // namespace

gov::Result<BackupPlan> plan_backup(const config::Loaded& loaded, std::string_view passphrase,
                                    Log& log) {
  BackupPlan plan;
  if (gov::Status s = Planner(loaded, passphrase, log, plan).run(); !s.ok()) return s;
  plan.manifest.files = plan.files.files();
  return plan;
}

}  // namespace govhost::app
