#include "backup/archive.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/digest.h"

namespace govhost::backup {
namespace {

using bundle::kBlock;

constexpr std::size_t kMaxManifestBytes = std::size_t{32} << 20u, kBuffer = std::size_t{64} << 10u;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::uint64_t kEnd = 2 * kBlock;  // blocks of zeros

gov::Status about(std::string_view name, const gov::Status& why) {
  return {why.code(), std::string(name) + ": " + why.message()};
}

std::string zeros(std::uint64_t size) { return std::string(static_cast<std::size_t>(size), '\0'); }

// Two that write the same draft would make one of both. Goes away with the process.
gov::Result<UniqueFd> lock_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return gov::unavailable(folder + ": " + std::generic_category().message(errno));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
    return gov::unavailable(folder + ": another backup is being written there");
  return fd;
}

gov::Status write_member(GzipWriter& out, std::string_view name, std::string_view bytes) {
  const bundle::TarHeader header = bundle::tar_header(name, bytes.size());
  if (gov::Status s = out.append({header.data(), header.size()}); !s.ok()) return s;
  if (gov::Status s = out.append(bytes); !s.ok()) return s;
  return out.append(zeros(bundle::padded(bytes.size()) - bytes.size()));
}

gov::Status write_one(GzipWriter& out, const File& file, const ReadFile& read,
                      const Progress& progress) {
  const bundle::TarHeader header = bundle::tar_header(file.path, file.size);
  if (gov::Status s = out.append({header.data(), header.size()}); !s.ok()) return s;
  Sha256 digest;
  std::uint64_t size = 0;
  const gov::Status given = read(file, [&](std::string_view piece) {
    size += piece.size();
    if (size > file.size) return gov::unavailable("it has grown");
    digest.update(piece);
    if (progress) progress(piece.size());
    return out.append(piece);
  });
  if (!given.ok()) return about(file.path, given);
  if (size != file.size || to_hex(digest.finish()) != file.sha256)
    return gov::unavailable(file.path + " was changed while it was copied; run the backup again");
  return out.append(zeros(bundle::padded(size) - size));
}

}  // namespace

gov::Status write_archive(const std::string& path, const Manifest& manifest,
                          const std::optional<SigningKey>& key, const ReadFile& read,
                          const Progress& progress) {
  const auto lock = lock_folder_of(path);
  if (!lock) return lock.status();
  auto file = bundle::NewFile::create(path);
  if (!file) return file.status();
  GzipWriter out(*file);
  const std::string text = to_json(manifest);
  if (text.size() > kMaxManifestBytes) return gov::invalid("there are too many files for a backup");
  if (gov::Status s = write_member(out, kManifestName, text); !s.ok()) return s;
  if (key)
    if (gov::Status s = write_member(out, kSignatureName, key->sign(text)); !s.ok()) return s;
  for (const File& each : manifest.files)
    if (gov::Status s = write_one(out, each, read, progress); !s.ok()) return s;
  if (gov::Status s = out.append(zeros(kEnd)); !s.ok()) return s;
  if (gov::Status s = out.finish(); !s.ok()) return s;
  return file->commit();
}

gov::Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(
    const std::string& path, const std::optional<VerifyKey>& trusted) {
  // Not blocking: opening a pipe nobody writes to would hang.
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!file.valid() || ::fstat(file.get(), &info) != 0)
    return gov::unavailable("cannot be read: " + std::generic_category().message(errno));
  if (!S_ISREG(info.st_mode)) return gov::unavailable("is no regular file");
  std::unique_ptr<ArchiveReader> reader(new ArchiveReader(std::move(file)));
  if (gov::Status s = reader->read_head(trusted); !s.ok()) return s;
  return reader;
}

gov::Status ArchiveReader::read_header(std::string_view name, std::uint64_t& size) {
  bundle::TarHeader header{};
  if (gov::Status s = in_.read(header.data(), header.size()); !s.ok()) return about(name, s);
  size = bundle::tar_size(header, name);
  if (size > bundle::kMaxMember)
    return gov::invalid(std::string(name) +
                        ": something else stands in its place; the archive holds what its manifest "
                        "lists, in that order, and plain files only");
  return {};
}

gov::Status ArchiveReader::read_padding(std::uint64_t size) {
  std::string rest(static_cast<std::size_t>(size), '\0');
  if (gov::Status s = in_.read(rest.data(), rest.size()); !s.ok()) return s;
  return rest.find_first_not_of('\0') == std::string::npos
             ? gov::Status()
             : gov::invalid("what fills up its last block is not empty");
}

gov::Result<std::string> ArchiveReader::read_member(std::string_view name, std::uint64_t most) {
  std::uint64_t size = 0;
  if (gov::Status s = read_header(name, size); !s.ok()) return s;
  if (size > most) return gov::invalid(std::string(name) + " is too large");
  std::string text(static_cast<std::size_t>(size), '\0');
  gov::Status read = in_.read(text.data(), text.size());
  if (read.ok()) read = read_padding(bundle::padded(size) - size);
  if (!read.ok()) return about(name, read);
  return text;
}

gov::Status ArchiveReader::read_head(const std::optional<VerifyKey>& trusted) {
  auto text = read_member(kManifestName, kMaxManifestBytes);
  if (!text) return text.status();
  auto manifest = from_json(*text);
  if (!manifest) return about(kManifestName, manifest.status());
  manifest_ = std::move(*manifest);
  text_ = std::move(*text);
  if (manifest_.signing_key.empty())
    return trusted ? gov::invalid(std::string(kManifestName) + " is not signed") : gov::Status();
  const auto named = VerifyKey::from_pem(manifest_.signing_key);
  if (!named) return gov::invalid(std::string(kManifestName) + ": signing_key is no Ed25519 key");
  const auto signature = read_member(kSignatureName, kSignatureBytes);
  if (!signature) return signature.status();
  if (trusted && trusted->id() != named->id())
    return gov::invalid(std::string(kSignatureName) + ": the backup is signed by the key " +
                        named->id() + ", not by " + trusted->id());
  if (!named->verify(text_, *signature))
    return gov::invalid(std::string(kSignatureName) + " is not the signature of manifest.json");
  key_id_ = named->id();
  return {};
}

gov::Status ArchiveReader::read_one(const File& file, const Take& take, const Progress& progress) {
  std::uint64_t size = 0;
  if (gov::Status s = read_header(file.path, size); !s.ok()) return s;
  if (size != file.size)
    return gov::invalid(file.path + " has " + std::to_string(size) + " bytes, not " +
                        std::to_string(file.size));
  Sha256 digest;
  std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, kBuffer)), '\0');
  for (std::uint64_t at = 0; at < size || size == 0;) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, kBuffer));
    if (gov::Status s = in_.read(buffer.data(), length); !s.ok()) return about(file.path, s);
    const std::string_view piece(buffer.data(), length);
    digest.update(piece);
    if (gov::Status s = take(file, at, piece); !s.ok()) return s;
    if (progress) progress(length);
    at += length;
    if (size == 0) break;
  }
  if (to_hex(digest.finish()) != file.sha256)
    return gov::invalid(file.path + " is damaged: its SHA-256 is not that of the manifest");
  const gov::Status padding = read_padding(bundle::padded(size) - size);
  return padding.ok() ? padding : about(file.path, padding);
}

gov::Status ArchiveReader::read_all(const Take& take, const Progress& progress) {
  for (const File& file : manifest_.files)
    if (gov::Status s = read_one(file, take, progress); !s.ok()) return s;
  gov::Status end = read_padding(kEnd);
  if (end.ok()) end = in_.finish();
  return end.ok() ? end : about("the end of the archive", end);
}

}  // namespace govhost::backup
