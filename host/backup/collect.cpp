#include "backup/collect.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "audit/chain.h"
#include "audit/checkpoint.h"
#include "audit/segments.h"
#include "bundle/file.h"
#include "core/digest.h"

namespace govhost::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kStep = std::size_t{256} << 10u;

gov::Result<UniqueFd> open_regular(const std::string& path, std::uint64_t& size) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!fd.valid() || ::fstat(fd.get(), &info) != 0)
    return gov::unavailable(path + ": " + std::generic_category().message(errno));
  if (!S_ISREG(info.st_mode)) return gov::unavailable(path + " is no regular file");
  size = static_cast<std::uint64_t>(info.st_size);
  if (size > bundle::kMaxMember)
    return gov::unavailable(path + " is larger than 8 GiB, which no file of a backup may be");
  return fd;
}

// `size` bytes, or fewer when the file ends before.
gov::Status read_through(int fd, const std::string& path, std::uint64_t size, const Put& put) {
  for (std::uint64_t at = 0; at < size;) {
    const auto piece = bundle::read_at(
        fd, at, static_cast<std::size_t>(std::min<std::uint64_t>(size - at, kStep)));
    if (!piece) return gov::unavailable(path + ": " + piece.status().message());
    if (piece->empty()) break;
    if (gov::Status s = put(*piece); !s.ok()) return s;
    at += piece->size();
  }
  return {};
}

}  // namespace

std::uint64_t Collection::bytes() const {
  std::uint64_t sum = 0;
  for (const File& file : files_) sum += file.size;
  return sum;
}

std::string Collection::free_path(std::string_view folder, std::string_view name) const {
  constexpr std::size_t kLongest = 48;
  std::string plain;
  for (const char c : name.substr(0, kLongest)) {
    const std::string letter(1, c);
    plain += c != '/' && is_safe_path("x" + letter) ? c : '_';
  }
  if (plain.find_first_not_of('.') == std::string::npos) plain = "file";
  std::string path = std::string(folder) + "/" + plain;
  for (int i = 2; origins_.contains(path); ++i)
    path = std::string(folder) + "/" + std::to_string(i) + "-" + plain;
  return path;
}

void Collection::add_text(std::string path, Role role, std::string text) {
  files_.push_back({path, role, text.size(), to_hex(sha256(text))});
  origins_.insert_or_assign(std::move(path), Origin{std::move(text), {}, nullptr});
}

gov::Status Collection::add_file(std::string path, Role role, const std::string& from) {
  std::uint64_t size = 0;
  auto fd = open_regular(from, size);
  if (!fd) return fd.status();
  Sha256 digest;
  std::uint64_t seen = 0;
  const gov::Status read = read_through(fd->get(), from, size, [&](std::string_view piece) {
    digest.update(piece);
    seen += piece.size();
    return gov::Status();
  });
  if (!read.ok()) return read;
  files_.push_back({path, role, seen, to_hex(digest.finish())});
  origins_.insert_or_assign(std::move(path),
                            Origin{{}, from, std::make_shared<UniqueFd>(std::move(*fd))});
  return {};
}

// Not kept open: a trail may have more files than a process. `finished`: nobody appends any more,
// and what a kill left behind the last line belongs to the trail, whose next record vouches for it.
gov::Status Collection::add_lines(const fs::path& from, bool finished) {
  std::uint64_t size = 0;
  const auto fd = open_regular(from.native(), size);
  if (!fd) return fd.status();
  Sha256 digest;
  std::string rest;  // of a line
  std::uint64_t whole = 0;
  const gov::Status read =
      read_through(fd->get(), from.native(), size, [&](std::string_view piece) {
        const std::size_t end = piece.rfind('\n');
        if (end == std::string_view::npos) {
          rest += piece;
          return rest.size() <= 4 * audit::kMaxLine
                     ? gov::Status()
                     : gov::unavailable(from.native() +
                                        " has a line that is too long for a record");
        }
        digest.update(rest);
        digest.update(piece.substr(0, end + 1));
        whole += rest.size() + end + 1;
        rest = piece.substr(end + 1);
        return gov::Status();
      });
  if (!read.ok()) return read;
  if (finished) {
    digest.update(rest);
    whole += rest.size();
  }
  std::string path = std::string(kAudit) + "/" + from.filename().native();
  if (!is_safe_path(path)) return gov::unavailable(from.native() + " is no file of a trail");
  files_.push_back({path, Role::kAudit, whole, to_hex(digest.finish())});
  origins_.insert_or_assign(std::move(path), Origin{{}, from.native(), nullptr});
  return {};
}

gov::Result<std::optional<Trail>> Collection::add_trail(const fs::path& folder) {
  const auto segments = [&] { return audit::segments_of(folder); };
  const auto there = segments();
  if (!there) return there.status();
  if (there->empty()) return std::optional<Trail>();
  std::vector<fs::path> first;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().native();
    const bool kept = name.starts_with("hold-") || name.starts_with("sink-");
    if (name == audit::kCheckpoints || (kept && name.ends_with(".json")))
      first.push_back(at->path());
  }
  if (error) return gov::unavailable(folder.native() + ": " + error.message());
  std::sort(first.begin(), first.end());
  for (const fs::path& file : first) {
    const bool lines = file.filename() == audit::kCheckpoints;
    const gov::Status added = lines ? add_lines(file, false)
                                    : add_file(std::string(kAudit) + "/" + file.filename().native(),
                                               Role::kAudit, file.native());
    if (!added.ok()) return added;
  }
  // Looked for again: the checkpoints may be of a file that was begun since.
  const auto files = segments();
  if (!files) return files.status();
  const std::size_t before = files_.size();
  for (const fs::path& file : *files)
    if (gov::Status s = add_lines(file, &file != &files->back()); !s.ok()) return s;
  for (std::size_t i = files_.size(); i-- > before;) {
    if (files_[i].size == 0) continue;
    const std::string& from = origins_.find(files_[i].path)->second.path;
    std::uint64_t size = 0;
    const auto fd = open_regular(from, size);
    if (!fd) return fd.status();
    const std::uint64_t length = std::min<std::uint64_t>(files_[i].size, 2 * audit::kMaxLine);
    const auto tail =
        bundle::read_at(fd->get(), files_[i].size - length, static_cast<std::size_t>(length));
    if (!tail) return tail.status();
    std::string_view text = *tail;
    if (text.ends_with('\n')) text.remove_suffix(1);
    const auto line = audit::open_line(text.substr(text.rfind('\n') + 1));
    if (!line)
      return gov::invalid(from + ": the last record is damaged; look with `govhost audit verify`");
    return std::optional(Trail{line->seq, std::string(line->hash)});
  }
  return std::optional<Trail>();
}

gov::Status Collection::read(const File& file, const Put& put) const {
  const auto found = origins_.find(file.path);
  if (found == origins_.end()) return gov::internal("nobody knows where it is from");
  const Origin& origin = found->second;
  if (origin.path.empty()) return put(origin.text);
  if (origin.fd) return read_through(origin.fd->get(), origin.path, file.size, put);
  std::uint64_t size = 0;
  const auto fd = open_regular(origin.path, size);
  return fd ? read_through(fd->get(), origin.path, file.size, put) : fd.status();
}

}  // namespace govhost::backup
