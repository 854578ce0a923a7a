#include "bundle/bundle.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "bundle/delta.h"
#include "bundle/file.h"
#include "bundle/tar.h"
#include "core/digest.h"

namespace govhost::bundle {
namespace {

constexpr std::string_view kManifestName = "manifest.json";
constexpr std::string_view kChecksumName = "manifest.sha256";
constexpr std::string_view kSignatureName = "manifest.sig";
constexpr std::size_t kMaxManifest = std::size_t{256} << 20u;  // some 800 000 documents
constexpr std::size_t kMaxSmall = 4096;
constexpr std::size_t kEnd = 2 * kBlock;  // the zeros behind the last member

std::string name_of_object(std::string_view sha256) { return "objects/" + std::string(sha256); }

std::string checksum_of(std::string_view manifest) {
  return to_hex(sha256(manifest)) + "  " + std::string(kManifestName) + "\n";
}

// Leaves `size` bytes; false when what is behind them is not the padding of a tar.
bool cut_padding(std::string& text, std::uint64_t size) {
  if (text.size() != padded(size)) return false;
  const std::size_t kept = static_cast<std::size_t>(size);
  if (text.find_first_not_of('\0', kept) != std::string::npos) return false;
  text.resize(kept);
  return true;
}

// The objects in the order of the file: each text once.
gov::Result<std::map<std::string_view, std::uint64_t>> objects_of(const Manifest& manifest) {
  std::map<std::string_view, std::uint64_t> out;
  for (const Entry& entry : manifest.entries) {
    const auto [at, fresh] = out.emplace(entry.sha256, entry.size);
    if (entry.size > kMaxMember || (!fresh && at->second != entry.size))
      return gov::invalid("the manifest: " + entry.key + " has an impossible size");
  }
  return out;
}

}  // namespace

gov::Result<Bundle> Bundle::open(const std::string& path, const Trust& trust, const Bundle* known) {
  return open(path, trust, known, kMostBases);
}

gov::Result<Bundle> Bundle::open(const std::string& path, const Trust& trust, const Bundle* known,
                                 std::size_t deepest) {
  Bundle bundle(path);
  if (gov::Status s = bundle.open_file(); !s.ok()) return s;
  if (gov::Status s = bundle.read_head(trust); !s.ok()) return s;
  if (gov::Status s = bundle.lay_out(); !s.ok()) return s;
  if (gov::Status s = bundle.read_base(trust, known, deepest); !s.ok()) return s;
  return bundle;
}

gov::Result<Manifest> Bundle::peek(const std::string& path, const Trust& trust) {
  Bundle bundle(path);
  if (gov::Status s = bundle.open_file(); !s.ok()) return s;
  if (gov::Status s = bundle.read_head(trust); !s.ok()) return s;
  return std::move(bundle.manifest_);
}

gov::Status Bundle::open_file() {
  Archive& own = *archives_.front();
  own.fd = UniqueFd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!own.fd.valid() || ::fstat(own.fd.get(), &info) != 0)
    return gov::unavailable(std::generic_category().message(errno));
  if (!S_ISREG(info.st_mode)) return gov::invalid("is no regular file");
  own.size = static_cast<std::uint64_t>(info.st_size);
  return {};
}

gov::Status Bundle::read_base(const Trust& trust, const Bundle* known, std::size_t deepest) {
  if (!manifest_.base) return {};
  const Base wanted = std::move(*manifest_.base);
  manifest_.base.reset();
  const auto is_wanted = [&](const Bundle& base) {
    return base.manifest_sha256_ == wanted.manifest_sha256;
  };
  const auto take = [&](const Bundle& base) -> gov::Status {
    auto whole = apply(std::move(manifest_), base.manifest_);
    if (!whole) return whole.status();
    manifest_ = std::move(*whole);
    archives_.insert(archives_.end(), base.archives_.begin(), base.archives_.end());
    return {};
  };
  if (known != nullptr && known->file() == wanted.file && is_wanted(*known)) return take(*known);
  if (deepest == 0) return gov::invalid("is damaged: it needs too many others");
  const auto path = std::filesystem::path(path_).parent_path() / wanted.file;
  const auto base = open(path.string(), trust, known, deepest - 1);
  const gov::Status good = !base              ? base.status()
                           : is_wanted(*base) ? gov::Status()
                                              : gov::invalid("is another one than it was made of");
  if (good.ok()) return take(*base);
  return gov::Status(
      good.code(), "cannot be used without its base " + wanted.file + ", which " + good.message());
}

std::string Bundle::file() const { return std::filesystem::path(path_).filename().string(); }

gov::Result<std::string> Bundle::read_member(std::string_view name, std::size_t limit) {
  Archive& own = *archives_.front();
  auto block = read_at(own.fd.get(), own.end, kBlock);
  if (!block) return block.status();
  TarHeader header{};
  if (block->size() == kBlock) std::memcpy(header.data(), block->data(), kBlock);
  const std::uint64_t size = tar_size(header, name);
  if (size > limit)
    return gov::invalid("is damaged, or no bundle: " + std::string(name) + " is not in its place");
  auto text = read_at(own.fd.get(), own.end + kBlock, static_cast<std::size_t>(padded(size)));
  if (!text) return text.status();
  if (!cut_padding(*text, size))
    return gov::invalid("is damaged: it ends within " + std::string(name));
  own.end += kBlock + padded(size);
  return text;
}

gov::Status Bundle::read_head(const Trust& trust) {
  const auto json = read_member(kManifestName, kMaxManifest);
  if (!json) return json.status();
  const auto checksum = read_member(kChecksumName, kMaxSmall);
  if (!checksum) return checksum.status();
  if (*checksum != checksum_of(*json))
    return gov::invalid("is damaged: manifest.json is not what manifest.sha256 says");
  const std::uint64_t behind = archives_.front()->end;
  const auto signature = read_member(kSignatureName, kMaxSmall);
  signed_ = signature.ok();
  if (!signed_) archives_.front()->end = behind;
  if (signed_)
    for (const VerifyKey& key : trust)
      if (key_id_.empty() && key.verify(*json, *signature)) key_id_ = key.id();
  if (!trust.empty() && key_id_.empty())
    return gov::permission_denied(signed_
                                      ? "is signed by a key that content.trusted_keys does not name"
                                      : "is not signed, and content.trusted_keys asks for that");
  auto manifest = from_json(*json);
  if (!manifest) return manifest.status();
  manifest_sha256_ = to_hex(sha256(*json));
  manifest_ = std::move(*manifest);
  return {};
}

// Where each object stands follows from the manifest; read() checks that it does.
gov::Status Bundle::lay_out() {
  const auto objects = objects_of(manifest_);
  if (!objects) return objects.status();
  Archive& own = *archives_.front();
  for (const auto& [sha256, size] : *objects) {
    own.objects.emplace(sha256, Place{own.end, size});
    own.end += kBlock + padded(size);
  }
  if (const std::uint64_t whole = own.end + kEnd; own.size != whole)
    return gov::invalid("is damaged: it has " + std::to_string(own.size) + " bytes, not " +
                        std::to_string(whole));
  return {};
}

std::pair<const Bundle::Archive*, Bundle::Place> Bundle::place_of(const Entry& entry) const {
  for (const auto& archive : archives_)
    if (const auto found = archive->objects.find(entry.sha256); found != archive->objects.end())
      return {archive.get(), found->second};
  return {};
}

gov::Result<std::string> Bundle::read(const Entry& entry) const {
  const auto damaged = [&] {
    return gov::invalid("is damaged: the text of " + entry.source + ":" + entry.key +
                        " is not what the manifest says");
  };
  const auto [archive, place] = place_of(entry);
  if (archive == nullptr) return damaged();
  const auto [offset, size] = place;
  auto bytes = read_at(archive->fd.get(), offset, static_cast<std::size_t>(kBlock + padded(size)));
  if (!bytes) return bytes.status();
  const TarHeader header = tar_header(name_of_object(entry.sha256), size);
  if (!bytes->starts_with({header.data(), kBlock}) || !cut_padding(*bytes, kBlock + size))
    return damaged();
  bytes->erase(0, kBlock);
  if (to_hex(sha256(*bytes)) != entry.sha256) return damaged();
  return bytes;
}

gov::Status Bundle::verify() const {
  for (const Entry& entry : manifest_.entries)
    if (const auto text = read(entry); !text) return text.status();
  for (const auto& archive : archives_) {
    const auto end = read_at(archive->fd.get(), archive->end, kEnd);
    if (!end || *end != std::string(kEnd, '\0'))
      return gov::invalid("is damaged: no end of the tar behind the last document");
  }
  return {};
}

gov::Status Bundle::copy_to(const std::string& path, const std::optional<SigningKey>& key) const {
  if (bases() > 0)
    return write_bundle(
        path, manifest_, [this](const Entry& entry) { return read(entry); }, key);
  constexpr std::size_t kPart = std::size_t{1} << 20u;
  auto out = NewFile::create(path);
  if (!out) return out.status();
  for (std::uint64_t at = 0;;) {
    const auto part = read_at(archives_.front()->fd.get(), at, kPart);
    if (!part) return part.status();
    if (gov::Status s = out->append(*part); !s.ok()) return s;
    if (part->size() < kPart) return out->commit();
    at += part->size();
  }
}

namespace {

gov::Status append_member(NewFile& file, std::string_view name, std::string_view text) {
  const TarHeader header = tar_header(name, text.size());
  if (gov::Status s = file.append({header.data(), kBlock}); !s.ok()) return s;
  if (gov::Status s = file.append(text); !s.ok()) return s;
  return file.append(std::string(padded(text.size()) - text.size(), '\0'));
}

gov::Status append_objects(NewFile& file, const Manifest& manifest, const ReadObject& read) {
  std::map<std::string_view, const Entry*> by_text;
  for (const Entry& entry : manifest.entries) by_text.emplace(entry.sha256, &entry);
  for (const auto& [digest, entry] : by_text) {
    const auto text = read(*entry);
    if (!text) return text.status();
    if (to_hex(sha256(*text)) != digest)
      return gov::internal("the text of " + entry->key + " is not that of its snapshot");
    if (gov::Status s = append_member(file, name_of_object(digest), *text); !s.ok()) return s;
  }
  return file.append(std::string(kEnd, '\0'));
}

}  // namespace

gov::Status write_bundle(const std::string& path, const Manifest& manifest, const ReadObject& read,
                         const std::optional<SigningKey>& key) {
  const std::string json = to_json(manifest);
  if (json.size() > kMaxManifest)
    return gov::resource_exhausted("the manifest would have more than 256 MiB");
  auto file = NewFile::create(path);
  if (!file) return file.status();
  if (gov::Status s = append_member(*file, kManifestName, json); !s.ok()) return s;
  if (gov::Status s = append_member(*file, kChecksumName, checksum_of(json)); !s.ok()) return s;
  if (key)
    if (gov::Status s = append_member(*file, kSignatureName, key->sign(json)); !s.ok()) return s;
  if (gov::Status s = append_objects(*file, manifest, read); !s.ok()) return s;
  return file->commit();
}

}  // namespace govhost::bundle
