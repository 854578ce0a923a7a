#include "tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace fs = std::filesystem;

namespace {

std::string text_of(int fault) { return std::error_code(fault, std::generic_category()).message(); }

// The text with bytes that are not UTF-8 replaced or left out.
std::string utf8(std::string_view text, nlohmann::json::error_handler_t how) {
  return nlohmann::json(text).dump(-1, ' ', false, how);
}
std::string shown(std::string_view text) {
  return utf8(text, nlohmann::json::error_handler_t::replace);
}

// A relative path of visible names in UTF-8: no "..", no "//", no leading '/', no NUL.
bool is_key(std::string_view key, std::size_t max_depth) {
  if (key.size() >= 4096 || key.find('\0') != key.npos) return false;
  const bool ascii = std::all_of(key.begin(), key.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 128; });
  if (!ascii && shown(key) != utf8(key, nlohmann::json::error_handler_t::ignore)) return false;
  for (std::size_t depth = 0; depth <= max_depth; ++depth) {
    const std::size_t slash = key.find('/');
    if (key.empty() || key.front() == '.' || slash == 0) return false;
    if (slash == key.npos) return true;
    key.remove_prefix(slash + 1);
  }
  return false;
}

void note(const struct stat& info, File& file) {
  file.modified_ns = info.st_mtim.tv_sec * std::int64_t{1'000'000'000} + info.st_mtim.tv_nsec;
  file.size = static_cast<std::uint64_t>(info.st_size);
  file.inode = info.st_ino;
}

// Returns 0, ELOOP for a link, EISDIR for anything else that is no regular file, or errno.
int open_regular(int parent, const std::string& name, File& file) {
  // Looked at first, because opening a device can already do something to it.
  struct stat info {};
  if (fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  if (S_ISLNK(info.st_mode)) return ELOOP;
  if (!S_ISREG(info.st_mode)) return EISDIR;
  file.fd = Fd(openat(parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.fd.get() < 0 || fstat(file.fd.get(), &info) != 0) return errno;
  note(info, file);
  return S_ISREG(info.st_mode) ? 0 : EISDIR;
}

// As open_regular() without opening it, for lists: half of the system calls.
int look_at(int parent, const std::string& name, File& file) {
  struct stat info {};
  if (fstatat(parent, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  if (S_ISLNK(info.st_mode)) return ELOOP;
  if (!S_ISREG(info.st_mode)) return EISDIR;
  note(info, file);
  if (faccessat(parent, name.c_str(), R_OK, AT_EACCESS) == 0) return 0;
  // EPERM: a container runtime of before 2020 that does not know faccessat2(2). Reading will tell.
  return errno == EPERM ? 0 : errno;
}

// One segment after the other and no link followed: whatever is swapped for a link between two
// steps, nothing outside can be reached. `path` holds no "..".
int open_plain(int root, std::string_view path, File& file) {
  Fd parent;
  for (std::size_t slash; (slash = path.find('/')) != path.npos; path.remove_prefix(slash + 1)) {
    const std::string name(path.substr(0, slash));
    Fd next(openat(parent.get() < 0 ? root : parent.get(), name.c_str(),
                   O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (next.get() < 0) return errno;
    parent = std::move(next);
  }
  return open_regular(parent.get() < 0 ? root : parent.get(), std::string(path), file);
}

// A link to a file inside is as good as the file. Where it leads is computed first and then opened
// like any other path, so that swapping the link meanwhile gains nothing.
int open_below(int root, const fs::path& root_path, std::string_view key, File& file) {
  file.key = key;
  const int plain = open_plain(root, key, file);
  if (plain != ELOOP) return plain;
  std::error_code fault;
  const fs::path base = fs::canonical(root_path, fault);
  if (fault) return fault.value();
  const fs::path target = fs::canonical(root_path / key, fault);
  if (fault) return fault.value();
  if (std::mismatch(base.begin(), base.end(), target.begin(), target.end()).first != base.end())
    return EXDEV;
  return open_plain(root, target.lexically_relative(base).native(), file);
}

// Why one file is left out, or empty when the trouble is the machine's (no descriptors, an I/O
// error): then the whole list fails, because a list that is silently shorter deletes documents.
std::string reason_to_skip(int fault) {
  switch (fault) {
    case EXDEV: return "it is a link that leads outside the directory";
    case ELOOP:
    case ENOENT:
    case ENOTDIR: return "it is a link that leads nowhere";
    case EISDIR: return "it is not a regular file";
    case ENAMETOOLONG: return "its path is too long";
    case EACCES:
    case EPERM: return "it cannot be read (" + text_of(fault) + "); give the server's user access";
    default: return "";
  }
}

}  // namespace

gov::Status still_wanted(const gov::Call& call) {
  if (call.cancelled()) return gov::cancelled();
  if (call.remaining() > std::chrono::nanoseconds::zero()) return {};
  return gov::deadline_exceeded("the time for reading the directory is over");
}

std::string File::version() const {
  return std::to_string(modified_ns) + "-" + std::to_string(size) + "-" + std::to_string(inode);
}

bool File::unchanged() const {
  struct stat info {};
  File now;
  if (fstat(fd.get(), &info) != 0) return false;
  note(info, now);
  return now.version() == version();
}

gov::Result<Fd> Tree::open_root() const {
  Fd fd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0) return fd;
  const int fault = errno;
  const std::string what = "path " + path_ + " cannot be opened: " + text_of(fault) + "; ";
  if (fault == EACCES)
    return gov::permission_denied(what + "give the server's user read and search access");
  return gov::unavailable(what + "check source.options.path and whether it is mounted");
}

gov::Result<File> Tree::open(std::string_view key) const {
  // Such a key stays out of the message: it may be 64 KiB of anything.
  if (!is_key(key, max_depth_)) return gov::not_found("the key is not a path inside the directory");
  const gov::Result<Fd> root = open_root();
  if (!root) return root.status();
  File file;
  const int fault = open_below(root->get(), path_, key, file);
  if (fault == 0) return file;
  const std::string what = std::string(key) + " cannot be opened: " + text_of(fault);
  if (fault == EACCES || fault == EPERM) return gov::permission_denied(what);
  return reason_to_skip(fault).empty() ? gov::unavailable(what) : gov::not_found(what);
}

struct Tree::Walk {
  const gov::Call& call;
  const Wanted& wanted;
  const std::size_t max_files;
  const int root;
  std::vector<File> found;
};

gov::Result<std::vector<File>> Tree::list(const gov::Call& call, const Wanted& wanted,
                                          std::size_t max_files) const {
  const gov::Result<Fd> root = open_root();
  if (!root) return root.status();
  Walk walk{call, wanted, max_files, root->get(), {}};
  if (gov::Status s = folder(walk, walk.root, "", 0); !s.ok()) return s;
  std::sort(walk.found.begin(), walk.found.end(),
            [](const File& a, const File& b) { return a.key < b.key; });
  return std::move(walk.found);
}

// The names may come from outside if somebody swaps folders for links right now; the texts never
// do, because each file is opened from the root.
gov::Status Tree::folder(Walk& walk, int folder, const std::string& prefix,
                         std::size_t depth) const {
  std::error_code fault, unknown;
  fs::directory_iterator item(fs::path(path_) / prefix, fault);
  for (; !fault && item != fs::directory_iterator(); item.increment(fault)) {
    if (gov::Status s = still_wanted(walk.call); !s.ok()) return s;
    const std::string name = item->path().filename().native(), key = prefix + name;
    if (name.front() == '.') continue;
    gov::Status status;
    if (!item->is_directory(unknown)) {
      if (walk.wanted(key)) status = file(walk, folder, name, key);
    } else if (item->is_symlink(unknown)) {
      status = skip(key, "links to folders are not followed");
    } else if (depth == max_depth_) {
      status = skip(key, "it lies deeper than source.options.max_depth");
    } else {
      const Fd inner(openat(folder, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      status = inner.get() < 0 ? skip(key, errno)
                               : this->folder(walk, inner.get(), key + "/", depth + 1);
    }
    if (!status.ok()) return status;
  }
  return fault ? skip(prefix, fault.value()) : gov::Status();
}

gov::Status Tree::file(Walk& walk, int folder, const std::string& name,
                       const std::string& key) const {
  if (!is_key(key, max_depth_)) return skip(key, "its name is not UTF-8 or too long");
  File found;
  found.key = key;
  int fault = look_at(folder, name, found);
  if (fault == ELOOP) fault = open_below(walk.root, path_, key, found);
  if (fault != 0) return skip(key, fault);
  if (walk.found.size() == walk.max_files)
    return gov::resource_exhausted(
        "more than " + std::to_string(walk.max_files) +
        " files match; narrow source.options.include or raise max_files");
  found.fd = Fd();
  walk.found.push_back(std::move(found));
  return {};
}

gov::Status Tree::skip(const std::string& key, int fault) const {
  const std::string reason = reason_to_skip(fault);
  if (!reason.empty()) return skip(key, reason);
  return gov::unavailable("cannot read " + shown(path_ + "/" + key) + ": " + text_of(fault));
}

gov::Status Tree::skip(const std::string& key, std::string_view reason) const {
  host_.warn("a file or folder is not served", {{"path", shown(key)}, {"reason", reason}});
  return {};
}
