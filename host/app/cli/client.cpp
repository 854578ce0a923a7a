// govhost client add|rotate|revoke|list: the file of tokens that the auth plugin "token" reads.
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>

#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "bundle/file.h"
#include "core/base64.h"
#include "core/digest.h"
#include "core/random.h"
#include "core/read_file.h"
#include "core/time.h"
#include "core/unique_fd.h"

namespace govhost::app {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxTokenFile = std::size_t{8} << 20u;
constexpr std::size_t kMaxKeys = 2;  // of a client

struct ClientOptions {
  ConfigOptions config;
  std::string file, id, key;
  std::vector<std::string> scopes, networks;
  int days = 365;
  bool as_json = false;
};

std::string random_text(std::size_t bytes) {
  std::vector<std::uint8_t> raw(bytes);
  random_bytes(raw);
  return to_base64url({reinterpret_cast<const char*>(raw.data()), raw.size()});
}

bool is_client_id(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '@';
  });
}

// --file, else what the one [[auth]] plugin = "token" of the configuration says.
gov::Result<std::string> token_file_of(const ClientOptions& options) {
  if (!options.file.empty()) return options.file;
  const config::Loaded loaded = options.config.load();
  if (!loaded.config) return gov::invalid(loaded.faults.front().text());
  for (const config::Instance& auth : loaded.config->auth) {
    if (auth.ref.plugin != "token" || !auth.options) continue;
    const auto file = auth.options->find("file");
    if (file == auth.options->end() || !file->is_string()) continue;
    return (std::filesystem::path(loaded.config->directory) / file->get<std::string>()).string();
  }
  return gov::invalid(
      "the configuration has no [[auth]] plugin = \"token\" with a file in its options; name the "
      "file with --file");
}

bool is_entry(const json& each) {
  if (!each.is_object() || !each.contains("id")) return false;
  for (const char* const name : {"id", "key", "expires"})
    if (each.contains(name) && !each[name].is_string()) return false;
  for (const char* const name : {"scopes", "cidr"})
    if (each.contains(name) &&
        (!each[name].is_array() || !std::all_of(each[name].begin(), each[name].end(),
                                                [](const json& text) { return text.is_string(); })))
      return false;
  return true;
}

// The file while nobody else changes it.
class TokenFile {
 public:
  static gov::Result<TokenFile> open(const std::string& path) {
    TokenFile out;
    out.path_ = path;
    out.lock_ = UniqueFd(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!out.lock_.valid() || ::flock(out.lock_.get(), LOCK_EX) != 0)
      return gov::invalid(path + ".lock cannot be written: " + bundle::error_text(errno));
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0 && errno == ENOENT) return out;
    const auto text = read_file(path, kMaxTokenFile);
    if (!text) return gov::invalid(path + " " + text.status().message());
    out.entries = json::parse(*text, nullptr, /*allow_exceptions=*/false);
    const bool good =
        out.entries.is_array() && std::all_of(out.entries.begin(), out.entries.end(), is_entry);
    // Not what is in it: somebody may have written a token there.
    if (!good)
      return gov::invalid(path +
                          " is no JSON array of objects as plugins/auth-token/README.md has them; "
                          "mend it first");
    out.mode_ = info.st_mode & 0777u;
    return out;
  }

  gov::Status save() const {
    auto file = bundle::NewFile::create(path_);
    if (!file) return file.status();
    if (::chmod((path_ + ".part").c_str(), mode_) != 0)
      return gov::invalid(path_ + ".part: " + bundle::error_text(errno));
    if (gov::Status s = file->append(entries.dump(2) + "\n"); !s.ok()) return s;
    return file->commit();
  }

  std::size_t keys_of(const std::string& id) const {
    return static_cast<std::size_t>(std::count_if(
        entries.begin(), entries.end(), [&](const json& each) { return each["id"] == id; }));
  }

  json entries = json::array();

 private:
  std::string path_;
  UniqueFd lock_;
  mode_t mode_ = 0600;
};

// A new key: the entry for the file, and the token that is shown once.
std::pair<json, std::string> make_client_key(const ClientOptions& options) {
  const std::string token = "gh_" + options.id + "_" + random_text(32);
  const auto now =
      std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  json entry = {{"id", options.id},
                {"key", to_hex(sha256(token)).substr(0, 8)},
                {"sha256", to_hex(sha256(token))},
                {"scopes", options.scopes},
                {"created", to_rfc3339(now)},
                {"expires", to_rfc3339(now + std::chrono::hours(24) * options.days)}};
  if (!options.networks.empty()) entry["cidr"] = options.networks;
  return {std::move(entry), token};
}

int refuse_client(const Console& console, const std::string& why) {
  console.problem(why);
  return kBadConfig;
}

int give_token(const ClientOptions& options, const Console& console, const json& entry,
               const std::string& token) {
  if (options.as_json) {
    json shown = entry;
    shown.erase("sha256");
    shown["token"] = token;
    console.line(shown.dump());
    return kOk;
  }
  console.line(token);
  console.problem("this is the only time that the token of " + options.id +
                  " is shown; it is accepted within a second, until " +
                  entry["expires"].get<std::string>());
  return kOk;
}

int add_key(const ClientOptions& options, const Console& console, TokenFile& file) {
  if (!is_client_id(options.id))
    return refuse_client(console, "an id is 1 to 64 letters, digits and \"-\", \".\", \"@\"");
  if (file.keys_of(options.id) > 0)
    return refuse_client(
        console, "there is a client " + options.id +
                     " already; give it a second key with `govhost client rotate " + options.id +
                     "`");
  const auto [entry, token] = make_client_key(options);
  file.entries.push_back(entry);
  if (const gov::Status saved = file.save(); !saved.ok())
    return refuse_client(console, saved.message());
  return give_token(options, console, entry, token);
}

int rotate_key(const ClientOptions& given, const Console& console, TokenFile& file) {
  const std::size_t keys = file.keys_of(given.id);
  if (keys == 0) return refuse_client(console, "there is no client " + given.id);
  if (keys >= kMaxKeys)
    return refuse_client(console,
                         given.id +
                             " has two keys already; revoke the old one first: see `govhost "
                             "client list`");
  ClientOptions options = given;
  json& old = *std::find_if(file.entries.begin(), file.entries.end(),
                            [&](const json& each) { return each["id"] == given.id; });
  options.scopes = old.value("scopes", std::vector<std::string>());
  options.networks = old.value("cidr", std::vector<std::string>());
  if (!old.contains("key")) old["key"] = "first";  // of a file that was written by hand
  const auto [entry, token] = make_client_key(options);
  file.entries.push_back(entry);
  if (const gov::Status saved = file.save(); !saved.ok())
    return refuse_client(console, saved.message());
  return give_token(options, console, entry, token);
}

int revoke_keys(const ClientOptions& options, const Console& console, TokenFile& file) {
  const std::size_t before = file.entries.size();
  for (auto it = file.entries.begin(); it != file.entries.end();) {
    const bool meant =
        (*it)["id"] == options.id && (options.key.empty() || it->value("key", "") == options.key);
    it = meant ? file.entries.erase(it) : it + 1;
  }
  const std::size_t gone = before - file.entries.size();
  if (gone == 0)
    return refuse_client(console, "there is no client " + options.id +
                                      (options.key.empty() ? "" : " with a key " + options.key));
  if (const gov::Status saved = file.save(); !saved.ok())
    return refuse_client(console, saved.message());
  console.line(options.as_json
                   ? json{{"id", options.id}, {"revoked", gone}}.dump()
                   : options.id + ": " + std::to_string(gone) + (gone == 1 ? " key" : " keys") +
                         " revoked; refused within a second");
  return kOk;
}

int list_clients(const ClientOptions& options, const Console& console, TokenFile& file) {
  if (options.as_json) {
    json shown = file.entries;
    for (json& each : shown) each.erase("sha256");
    console.line(shown.dump());
    return kOk;
  }
  for (const json& each : file.entries) {
    std::string line = each["id"].get<std::string>();
    if (const std::string key = each.value("key", ""); !key.empty()) line += "  key " + key;
    const std::string expires = each.value("expires", "");
    line += expires.empty() ? "  never expires" : "  until " + expires;
    const auto until = from_rfc3339(expires);
    if (until && *until <= std::chrono::system_clock::now()) line += " (expired)";
    for (const std::string& scope : each.value("scopes", std::vector<std::string>()))
      line += "  " + scope;
    console.line(line);
  }
  return kOk;
}

using ClientVerb = int (*)(const ClientOptions&, const Console&, TokenFile&);

CLI::App& add_client_verb(CLI::App& parent, const char* name, const char* help,
                          ClientVerb verb_function, const std::shared_ptr<ClientOptions>& options,
                          Console& console, int& exit_code) {
  CLI::App* const verb = parent.add_subcommand(name, help);
  options->config.add_to(*verb);
  verb->add_option("--file", options->file, "The file, instead of the configuration's");
  verb->add_flag("--json", options->as_json, "As JSON");
  verb->callback([options, verb_function, &console, &exit_code] {
    const auto path = token_file_of(*options);
    if (!path) {
      exit_code = refuse_client(console, path.status().message());
      return;
    }
    auto file = TokenFile::open(*path);
    exit_code = file ? verb_function(*options, console, *file)
                     : refuse_client(console, file.status().message());
  });
  return *verb;
}

}  // namespace

void add_client(CLI::App& app, Console& console, int& exit_code) {
  CLI::App* const client = app.add_subcommand("client", "API keys: who may call with a token");
  client->require_subcommand(1);
  const auto with_id =
      [&](const char* name, const char* help,
          ClientVerb verb) -> std::pair<CLI::App&, std::shared_ptr<ClientOptions>> {
    auto options = std::make_shared<ClientOptions>();
    CLI::App& made = add_client_verb(*client, name, help, verb, options, console, exit_code);
    made.add_option("id", options->id, "The client")->required();
    return {made, options};
  };
  {
    auto [verb, options] = with_id("add", "Make a client and print its token, once", add_key);
    verb.add_option("--scope", options->scopes, "What it may be used for")->required();
    verb.add_option("--cidr", options->networks, "Networks it may come from: 10.1.0.0/16");
    verb.add_option("--days", options->days, "Until it expires")->check(CLI::Range(1, 3650));
  }
  {
    auto [verb, options] =
        with_id("rotate", "Give a client a second key; the first stays good until it is revoked",
                rotate_key);
    verb.add_option("--days", options->days, "Until it expires")->check(CLI::Range(1, 3650));
  }
  {
    auto [verb, options] =
        with_id("revoke", "Refuse the keys of a client from now on", revoke_keys);
    verb.add_option("--key", options->key, "Only this one");
  }
  add_client_verb(*client, "list", "Clients with their keys, scopes and expiry; no tokens",
                  list_clients, std::make_shared<ClientOptions>(), console, exit_code);
}

}  // namespace govhost::app
