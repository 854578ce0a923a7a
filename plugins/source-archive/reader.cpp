#include "reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <utility>

namespace packed {
namespace {

constexpr std::size_t kBlock = std::size_t{64} << 10u;
constexpr std::size_t kMaxPath = 1024;
constexpr std::size_t kMaxSkipped = 100;

using Handle = std::unique_ptr<struct archive, decltype(&archive_read_free)>;

std::string hex_sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    return {};  // an empty version is always fetched
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4u];
    hex += "0123456789abcdef"[digest[i] & 15u];
  }
  return hex;
}

// For a log: what cannot be printed is not.
std::string shown(std::string_view path) {
  std::string out(path.substr(0, kMaxPath));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return out;
}

// Why a path is not taken; empty: it is. The host checks keys again; here it is told apart from
// what merely is not wanted, so that it can be named.
std::string path_fault(std::string_view path) {
  if (path.empty() || path.size() > kMaxPath) return "its path is empty or longer than 1024 bytes";
  if (path.front() == '/' || path.find('\\') != path.npos || (path.size() > 1 && path[1] == ':'))
    return "its path is not relative";
  if (std::any_of(path.begin(), path.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }))
    return "its path has a control character";
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part.empty() || part == "." || part == "..")
      return "its path has an empty, \".\" or \"..\" part";
    at = end + 1;
  }
  return {};
}

class Reading {
 public:
  Reading(const Limits& limits, const gov::Call& call, const Wanted& wanted)
      : limits_(limits),
        call_(call),
        wanted_(wanted),
        handle_(archive_read_new(), archive_read_free) {}

  gov::Result<Contents> run(int fd) {
    // Named one by one: "all" has filters that run programs of the system.
    for (const auto support : {archive_read_support_filter_gzip, archive_read_support_filter_xz,
                               archive_read_support_filter_zstd, archive_read_support_format_tar,
                               archive_read_support_format_zip})
      if (support(handle_.get()) < ARCHIVE_WARN) return broken();
    if (archive_read_open_fd(handle_.get(), fd, kBlock) != ARCHIVE_OK) return broken();
    for (;;) {
      archive_entry* entry = nullptr;
      const int code = archive_read_next_header(handle_.get(), &entry);
      if (code == ARCHIVE_EOF) break;
      if (code < ARCHIVE_WARN) return broken();
      if (++entries_ > limits_.entries)
        return gov::resource_exhausted("has more than " + std::to_string(limits_.entries) +
                                       " entries");
      if (gov::Status s = take(entry); !s.ok()) return s;
    }
    if (entries_ == 0) return gov::invalid("is no archive that can be read, or empty");
    return std::move(out_);
  }

 private:
  gov::Status broken() const {
    const char* const why = archive_error_string(handle_.get());
    return gov::invalid(std::string("is damaged, or no tar or zip: ") +
                        (why != nullptr ? shown(why) : "no reason given"));
  }

  gov::Status take(archive_entry* entry) {
    const char* const raw = archive_entry_pathname(entry);
    std::string path = raw == nullptr ? "" : raw;
    while (path.starts_with("./")) path.erase(0, 2);
    if (archive_entry_filetype(entry) == AE_IFDIR) return read_data(nullptr);
    if (archive_entry_is_data_encrypted(entry) != 0)
      return gov::invalid("is encrypted; make one without a password");
    if (std::string fault = path_fault(path); !fault.empty()) return skip(path, fault);
    if (!wanted_(path)) return read_data(nullptr);
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr)
      return skip(path, "it is a link or a special file");
    File file;
    if (archive_entry_mtime_is_set(entry) != 0)
      file.modified_ms = static_cast<std::int64_t>(archive_entry_mtime(entry)) * 1000;
    if (gov::Status s = read_data(&file.bytes); !s.ok()) return s;
    file.version = hex_sha256(file.bytes);
    const auto [at, fresh] =
        out_.files.emplace(path, std::make_shared<const File>(std::move(file)));
    if (!fresh) note(path, "the archive has it twice; the first is served");
    return {};
  }

  gov::Status skip(const std::string& path, const std::string& why) {
    note(path, why);
    return read_data(nullptr);
  }

  void note(const std::string& path, const std::string& why) {
    if (out_.skipped.size() < kMaxSkipped) out_.skipped.emplace_back(shown(path), why);
  }

  // What is not wanted is read too: it counts, or it could be a bomb.
  gov::Status read_data(std::string* into) {
    for (;;) {
      if (call_.cancelled()) return gov::cancelled();
      if (call_.remaining().count() <= 0)
        return gov::deadline_exceeded("was not read in the time that the call has");
      const void* block = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int code = archive_read_data_block(handle_.get(), &block, &size, &offset);
      if (code == ARCHIVE_EOF) return {};
      if (code < ARCHIVE_WARN) return broken();
      total_ += size;
      if (total_ > limits_.total)
        return gov::resource_exhausted("has more than " + std::to_string(limits_.total) +
                                       " bytes when it is decompressed; raise "
                                       "source.options.max_size if that is meant");
      if (into == nullptr) continue;
      // The holes of a sparse file would be bytes that nobody counted.
      if (static_cast<std::uint64_t>(offset) != into->size())
        return gov::invalid("has a sparse file, which is not supported");
      into->append(static_cast<const char*>(block), size);
    }
  }

  const Limits& limits_;
  const gov::Call& call_;
  const Wanted& wanted_;
  Handle handle_;
  Contents out_;
  std::uint64_t total_ = 0;
  std::size_t entries_ = 0;
};

}  // namespace

gov::Result<Contents> read(int fd, const Limits& limits, const gov::Call& call,
                           const Wanted& wanted) {
  return Reading(limits, call, wanted).run(fd);
}

}  // namespace packed
