#include "backup/unpack.h"

#include <fcntl.h>
#include <sys/statvfs.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "audit/verify.h"
#include "bundle/bundle.h"
#include "bundle/file.h"
#include "core/base64.h"

namespace govhost::backup {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kMaxSealed = std::uint64_t{64} << 20u;
constexpr std::uint64_t kReserve = std::uint64_t{16} << 20u;  // what must stay free
constexpr std::size_t kMostSecrets = 10'000;

gov::Status file_failed(const std::string& path) {
  return gov::unavailable(path + ": " + bundle::error_text(errno));
}

// Writes one file after the other. Sealed secrets are kept in memory.
class Extractor {
 public:
  Extractor(std::string folder, std::string& sealed)
      : folder_(std::move(folder)), sealed_(sealed) {}

  gov::Status take(const File& file, std::uint64_t offset, std::string_view piece) {
    if (file.role == Role::kSecrets) {
      sealed_ += piece;
      return {};
    }
    if (offset == 0)
      if (gov::Status s = begin(file); !s.ok()) return s;
    while (!piece.empty()) {
      const ssize_t written = ::write(fd_.get(), piece.data(), piece.size());
      if (written < 0 && errno != EINTR) return file_failed(path_);
      if (written > 0) piece.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

 private:
  gov::Status begin(const File& file) {
    path_ = folder_ + "/" + file.path;
    std::error_code error;
    fs::create_directories(fs::path(path_).parent_path(), error);
    // It must be new: nothing that is there, not even a link, is written to.
    fd_ =
        UniqueFd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    return fd_.valid() ? gov::Status() : file_failed(path_);
  }

  const std::string folder_;
  std::string& sealed_;
  std::string path_;
  UniqueFd fd_;
};

gov::Status write_file(const std::string& path, std::string_view text) {
  auto file = bundle::NewFile::create(path);
  if (!file) return file.status();
  const gov::Status written = file->append(text);
  return written.ok() ? file->commit() : written;
}

// A backup says how large it becomes; it must not fill the disk before that is noticed.
gov::Status check_room(const std::string& folder, const Manifest& manifest, std::uint64_t& sum) {
  for (const File& file : manifest.files) {
    sum += file.size;
    if (file.role == Role::kSecrets && file.size > kMaxSealed)
      return gov::invalid(file.path + " is too large");
  }
  struct statvfs volume {};
  if (::statvfs(folder.c_str(), &volume) != 0) return file_failed(folder);
  const std::uint64_t room = std::uint64_t{volume.f_bavail} * volume.f_frsize;
  const auto mib = [](std::uint64_t bytes) { return std::to_string((bytes >> 20u) + 1) + " MiB"; };
  return room >= sum + kReserve
             ? gov::Status()
             : gov::unavailable(folder + " has no room for " + mib(sum) + ", only for " +
                                mib(room) + "; name another place with TMPDIR or --to");
}

gov::Status open_secrets(const std::string& sealed, const std::string& folder, const Unpacking& how,
                         Unpacked& out) {
  if (!out.manifest.sealing || how.passphrase.empty()) return {};
  auto text = unseal(sealed, how.passphrase, *out.manifest.sealing);
  if (!text)
    return {text.status().code(), std::string(kSecretsName) + " " + text.status().message()};
  auto secrets = unpack_secrets(*text);
  wipe(*text);
  if (!secrets)
    return {secrets.status().code(), std::string(kSecretsName) + ": " + secrets.status().message()};
  out.secrets = secrets->size();
  gov::Status written;
  std::error_code error;
  if (how.write_secrets && fs::create_directory(folder + "/" + std::string(kSecrets), error))
    fs::permissions(folder + "/" + std::string(kSecrets), fs::perms::owner_all, error);
  for (SecretFile& secret : *secrets) {
    if (how.write_secrets && written.ok())
      written = write_file(folder + "/" + secret.path, secret.text);
    wipe(secret.text);
  }
  return written;
}

gov::Status check_bundles(const std::string& folder, Unpacked& out) {
  for (const File& file : out.manifest.files) {
    if (file.role != Role::kBundle || !file.path.ends_with(".tar")) continue;
    const auto found = bundle::Bundle::open(folder + "/" + file.path, {});
    const gov::Status good = found ? found->verify() : found.status();
    if (!good.ok()) return gov::invalid(file.path + " " + good.message());
    if (file.path == out.manifest.bundle && found->manifest().digest != out.manifest.snapshot)
      return gov::invalid(file.path + " is another bundle: it holds the content " +
                          found->manifest().digest.substr(0, 12) + ", and the manifest names " +
                          out.manifest.snapshot.substr(0, 12));
    ++out.bundles;
  }
  return {};
}

gov::Status check_trail(const std::string& folder, const Manifest& manifest) {
  if (!manifest.audit) return {};
  const std::string trail = folder + "/" + std::string(kAudit);
  const auto verdict = audit::verify(trail, std::nullopt);
  if (!verdict) return gov::invalid(std::string(kAudit) + ": " + verdict.status().message());
  if (!verdict->good) return gov::invalid(std::string(kAudit) + ": " + verdict->problem);
  return verdict->records == manifest.audit->records && verdict->head == manifest.audit->head
             ? gov::Status()
             : gov::invalid(std::string(kAudit) + ": the trail ends with record " +
                            std::to_string(verdict->records) + ", and the manifest names " +
                            std::to_string(manifest.audit->records));
}

}  // namespace

std::string pack_secrets(const std::vector<SecretFile>& secrets) {
  json all = json::array();
  for (const SecretFile& each : secrets)
    all.push_back({{"path", each.path}, {"base64", to_base64(each.text)}});
  return all.dump();
}

gov::Result<std::vector<SecretFile>> unpack_secrets(std::string_view text) {
  const json all = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!all.is_array() || all.size() > kMostSecrets)
    return gov::invalid("it holds no list of secrets");
  std::vector<SecretFile> out;
  for (const json& each : all) {
    const bool good = each.is_object() && each.contains("path") && each["path"].is_string() &&
                      each.contains("base64") && each["base64"].is_string();
    const std::string path = good ? each["path"].get<std::string>() : "";
    auto bytes = good ? from_base64(each["base64"].get_ref<const std::string&>()) : std::nullopt;
    if (!bytes || !is_safe_path(path) || !path.starts_with(std::string(kSecrets) + "/") ||
        path.find('/', kSecrets.size() + 1) != std::string::npos)
      return gov::invalid("an entry is no secret with a path below " + std::string(kSecrets));
    out.push_back({path, std::move(*bytes)});
  }
  return out;
}

gov::Result<Unpacked> unpack(const std::string& file, const std::string& folder,
                             const Unpacking& how) {
  auto reader = ArchiveReader::open(file, how.trusted);
  if (!reader) return reader.status();
  Unpacked out;
  out.manifest = (*reader)->manifest();
  out.key_id = (*reader)->key_id();
  if (gov::Status s = check_room(folder, out.manifest, out.bytes); !s.ok()) return s;
  std::string sealed;
  {
    Extractor extractor(folder, sealed);
    const gov::Status read = (*reader)->read_all(
        [&](const File& each, std::uint64_t offset, std::string_view piece) {
          return extractor.take(each, offset, piece);
        },
        how.progress);
    if (!read.ok()) return read;
  }
  if (gov::Status s = check_bundles(folder, out); !s.ok()) return s;
  if (gov::Status s = check_trail(folder, out.manifest); !s.ok()) return s;
  if (gov::Status s = open_secrets(sealed, folder, how, out); !s.ok()) return s;
  if (gov::Status s =
          write_file(folder + "/" + std::string(kManifestName), (*reader)->manifest_text());
      !s.ok())
    return s;
  return out;
}

}  // namespace govhost::backup
