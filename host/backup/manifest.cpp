#include "backup/manifest.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "bundle/tar.h"
#include "core/time.h"

namespace govhost::backup {
namespace {

using nlohmann::json;

constexpr std::size_t kMostFiles = 100'000, kMostEntries = 10'000, kMaxName = 99, kMaxText = 8192;
constexpr std::array kRoles = {Role::kConfig, Role::kNamed, Role::kSecrets, Role::kBundle,
                               Role::kAudit};

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// Reads members and remembers the first that is not as it must be.
class ManifestReader {
 public:
  std::string text(const json& table, const char* key, std::size_t max = kMaxText) {
    const auto found = table.find(key);
    if (found == table.end() || !found->is_string() ||
        found->get_ref<const std::string&>().size() > max) {
      fail(key);
      return {};
    }
    return found->get<std::string>();
  }
  std::uint64_t number(const json& table, const char* key, std::uint64_t max) {
    const auto found = table.find(key);
    if (found == table.end() || !found->is_number_unsigned() || found->get<std::uint64_t>() > max) {
      fail(key);
      return 0;
    }
    return found->get<std::uint64_t>();
  }
  const json& list(const json& table, const char* key, std::size_t most) {
    static const json kEmpty = json::array();
    const auto found = table.find(key);
    if (found != table.end() && found->is_array() && found->size() <= most &&
        std::all_of(found->begin(), found->end(), [](const json& e) { return e.is_object(); }))
      return *found;
    fail(key);
    return kEmpty;
  }
  // A digest, or nothing when that is allowed.
  std::string digest(const json& table, const char* key, bool may_be_empty = false) {
    std::string out = text(table, key);
    if (!is_hex(out, 64) && !(may_be_empty && out.empty())) fail(key);
    return out;
  }
  std::string path(const json& table, const char* key, bool may_be_empty = false) {
    std::string out = text(table, key);
    if (is_safe_path(out) || (may_be_empty && out.empty())) return out;
    if (fault_.empty())
      fault_ = std::string(key) + " \"" + out.substr(0, kMaxName) +
               "\" is no path below the folder that it is restored to";
    return {};
  }
  void fail(const std::string& what) {
    if (fault_.empty()) fault_ = what + " is missing or not as it must be";
  }
  const std::string& fault() const { return fault_; }

 private:
  std::string fault_;
};

File read_file_entry(const json& each, ManifestReader& in) {
  File file;
  file.path = in.path(each, "path");
  file.size = in.number(each, "size", bundle::kMaxMember);
  file.sha256 = in.digest(each, "sha256");
  const std::string role = in.text(each, "role");
  const auto found = std::find_if(kRoles.begin(), kRoles.end(),
                                  [&](Role known) { return name_of(known) == role; });
  if (found == kRoles.end())
    in.fail("role");
  else
    file.role = *found;
  return file;
}

// One file of each name, and no file where another one needs a folder.
void check_names(const std::vector<File>& files, ManifestReader& in) {
  std::set<std::string_view> names, folders;
  for (const File& file : files) {
    if (!names.insert(file.path).second) return in.fail("files: a second " + file.path);
    for (std::size_t at = 0; (at = file.path.find('/', at)) != std::string::npos; ++at)
      folders.insert(std::string_view(file.path).substr(0, at));
  }
  for (const std::string_view folder : folders)
    if (names.contains(folder)) in.fail("files: " + std::string(folder) + " as a folder");
  for (const std::string_view reserved : {kManifestName, kSignatureName})
    if (names.contains(reserved) || folders.contains(reserved))
      in.fail("files: a second " + std::string(reserved));
  if (files.empty() || files.front().path != kConfigName || files.front().role != Role::kConfig)
    in.fail("files: the configuration as the first");
}

Sealing read_sealing(const json& from, ManifestReader& in) {
  Sealing out;
  out.n = in.number(from, "n", kMostScryptN);
  out.salt = in.text(from, "salt", 32);
  out.nonce = in.text(from, "nonce", 24);
  if (in.text(from, "cipher") != kCipher || in.text(from, "kdf") != kKdf ||
      in.number(from, "r", kScryptR) != kScryptR || in.number(from, "p", kScryptP) != kScryptP ||
      out.n < 2 || (out.n & (out.n - 1)) != 0 || !is_hex(out.salt, 32) || !is_hex(out.nonce, 24))
    in.fail("sealing");
  return out;
}

void read_lists(const json& root, ManifestReader& in, Manifest& out) {
  for (const json& each : in.list(root, "files", kMostFiles))
    out.files.push_back(read_file_entry(each, in));
  for (const json& each : in.list(root, "plugins", kMostEntries))
    out.plugins.push_back({in.text(each, "name"), in.digest(each, "sha256", true)});
  for (const json& each : in.list(root, "left_out", kMostEntries))
    out.left_out.push_back({in.text(each, "what"), in.text(each, "why")});
  for (const json& each : in.list(root, "places", kMostEntries)) {
    const auto reference = each.find("reference");
    if (reference == each.end() || !reference->is_boolean()) in.fail("places: reference");
    out.places.push_back({in.text(each, "key"), in.text(each, "was"), in.path(each, "path", true),
                          reference != each.end() && *reference == true});
  }
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::kConfig: return "config";
    case Role::kNamed: return "named";
    case Role::kSecrets: return "secrets";
    case Role::kBundle: return "bundle";
    default: return "audit";
  }
}

bool is_safe_path(std::string_view path) {
  if (path.empty() || path.size() > kMaxName) return false;
  for (std::size_t parts = 1;; ++parts) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (parts > 4 || part.empty() || part == "." || part == ".." ||
        !std::all_of(part.begin(), part.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '.' || c == '_' || c == '-';
        }))
      return false;
    if (end == path.size()) return true;
    path.remove_prefix(end + 1);
  }
}

std::string to_json(const Manifest& manifest) {
  json out = {{"format", kFormat},
              {"created_at", to_rfc3339(manifest.created_at)},
              {"written_by", manifest.written_by},
              {"signing_key", manifest.signing_key},
              {"snapshot", manifest.snapshot},
              {"bundle", manifest.bundle},
              {"files", json::array()},
              {"plugins", json::array()},
              {"places", json::array()},
              {"left_out", json::array()}};
  if (manifest.audit)
    out["audit"] = {{"records", manifest.audit->records}, {"head", manifest.audit->head}};
  if (manifest.sealing)
    out["sealing"] = {{"cipher", kCipher},
                      {"kdf", kKdf},
                      {"n", manifest.sealing->n},
                      {"r", kScryptR},
                      {"p", kScryptP},
                      {"salt", manifest.sealing->salt},
                      {"nonce", manifest.sealing->nonce}};
  for (const File& each : manifest.files)
    out["files"].push_back({{"path", each.path},
                            {"role", name_of(each.role)},
                            {"size", each.size},
                            {"sha256", each.sha256}});
  for (const PluginFile& each : manifest.plugins)
    out["plugins"].push_back({{"name", each.name}, {"sha256", each.sha256}});
  for (const Place& each : manifest.places)
    out["places"].push_back(
        {{"key", each.key}, {"was", each.was}, {"path", each.path}, {"reference", each.reference}});
  for (const LeftOut& each : manifest.left_out)
    out["left_out"].push_back({{"what", each.what}, {"why", each.why}});
  return out.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

gov::Result<Manifest> from_json(std::string_view text) {
  // Four levels are ours; a deeper tree would cost stack.
  int deepest = 0;
  const json root = json::parse(
      text,
      [&](int depth, json::parse_event_t, json&) {
        deepest = std::max(deepest, depth);
        return depth < 8;
      },
      /*allow_exceptions=*/false);
  if (!root.is_object() || deepest >= 8) return gov::invalid("it is no JSON of ours");
  ManifestReader in;
  const auto format = root.find("format");
  if (format != root.end() && format->is_number_unsigned() && *format > kFormat)
    return gov::unimplemented("it is of format " + format->dump() + ", this program reads " +
                              std::to_string(kFormat) + "; upgrade govhost");
  if (in.number(root, "format", kFormat) != kFormat) in.fail("format");
  Manifest out;
  const auto created = from_rfc3339(in.text(root, "created_at"));
  if (!created) in.fail("created_at");
  out.created_at = created.value_or(out.created_at);
  out.written_by = in.text(root, "written_by");
  out.signing_key = in.text(root, "signing_key");
  out.snapshot = in.digest(root, "snapshot", true);
  out.bundle = in.path(root, "bundle", true);
  read_lists(root, in, out);
  if (const auto audit = root.find("audit"); audit != root.end())
    out.audit = {in.number(*audit, "records", UINT64_MAX), in.digest(*audit, "head")};
  if (const auto sealing = root.find("sealing"); sealing != root.end())
    out.sealing = read_sealing(*sealing, in);
  const auto has = [&](std::string_view path) {
    return std::any_of(out.files.begin(), out.files.end(),
                       [&](const File& file) { return file.path == path; });
  };
  if (has(kSecretsName) != out.sealing.has_value()) in.fail("sealing");
  if (out.bundle.empty() != out.snapshot.empty() || (!out.bundle.empty() && !has(out.bundle)))
    in.fail("bundle");
  check_names(out.files, in);
  if (!in.fault().empty()) return gov::invalid(in.fault());
  return out;
}

}  // namespace govhost::backup
