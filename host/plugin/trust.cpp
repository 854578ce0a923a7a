#include "plugin/trust.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <vector>

#include "core/digest.h"
#include "core/text.h"

namespace govhost::plugin {
namespace {

std::string reason(int error) { return std::strerror(error); }

bool owner_is_safe(const struct stat& info) {
  return info.st_uid == 0 || info.st_uid == ::geteuid();
}

gov::Status check_owner_and_mode(const std::string& path, const struct stat& info) {
  const bool sticky_folder = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
  if (!owner_is_safe(info))
    return gov::permission_denied(path + " belongs to user id " + std::to_string(info.st_uid) +
                                  "; a plugin and its folders must belong to root or to the user "
                                  "that runs govhost");
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !sticky_folder)
    return gov::permission_denied(path + " can be written by others; run: chmod go-w " + path);
  return {};
}

// "; did you mean source-directory?" when a file of nearly this name stands beside the missing one.
std::string hint(const std::filesystem::path& missing) {
  std::vector<std::string> stems;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(missing.parent_path(), error))
    if (entry.path().extension() == ".so") stems.push_back(entry.path().stem().string());
  std::sort(stems.begin(), stems.end());
  const auto name_in = [](const std::string& stem) { return stem.substr(stem.find('-') + 1); };

  const std::string wanted = missing.stem().string(), name = name_in(wanted);
  for (const std::string& stem : stems) {
    if (name_in(stem) != name) continue;
    if (wanted == name) return "; did you mean " + stem + "?";
    return "; there is " + stem + ", which is no " + wanted.substr(0, wanted.find('-')) + " plugin";
  }
  const std::vector<std::string_view> candidates(stems.begin(), stems.end());
  const auto near = nearest(wanted, candidates);
  return near ? "; did you mean " + std::string(*near) + "?"
              : "; check `plugin` and [plugins] directory";
}

// Follows a path by hand, so that every folder that decides where it leads is judged, also those
// that hold a link: whoever may replace the link chooses the file.
class Walk {
 public:
  explicit Walk(const std::string& path) : path_(path) { put_before(path); }

  // The path without links. Its last part is not judged.
  gov::Result<std::string> run() {
    while (!rest_.empty()) {
      const std::filesystem::path part = std::move(rest_.front());
      rest_.pop_front();
      if (gov::Status s = part == ".." ? up() : into(part); !s.ok()) return s;
    }
    return at_.string();
  }

 private:
  static constexpr int kMostLinks = 40;  // as the kernel

  void put_before(const std::filesystem::path& path) {
    if (path.is_absolute()) at_ = "/";
    const std::filesystem::path parts = path.relative_path();
    auto where = rest_.begin();
    for (const auto& part : parts)
      if (!part.empty() && part != ".") where = std::next(rest_.insert(where, part));
  }

  gov::Status up() {
    at_ = at_.parent_path();
    return {};
  }

  gov::Status into(const std::filesystem::path& part) {
    const std::filesystem::path next = at_ / part;
    struct stat info {};
    if (::lstat(next.c_str(), &info) != 0) {
      if (errno == ENOENT) return gov::not_found(path_ + " does not exist" + hint(path_));
      return gov::invalid(path_ + ": " + reason(errno));
    }
    if (S_ISLNK(info.st_mode)) return follow(next, info);
    at_ = next;
    return rest_.empty() ? gov::Status() : check_owner_and_mode(next.string(), info);
  }

  gov::Status follow(const std::filesystem::path& link, struct stat info) {
    if (++links_ > kMostLinks) return gov::invalid(path_ + ": " + reason(ELOOP));
    info.st_mode &= ~static_cast<mode_t>(S_IWGRP | S_IWOTH);  // a link's mode means nothing
    if (gov::Status s = check_owner_and_mode(link.string(), info); !s.ok()) return s;
    std::error_code error;
    const std::filesystem::path target = std::filesystem::read_symlink(link, error);
    if (error) return gov::invalid(path_ + ": " + error.message());
    put_before(target);
    return {};
  }

  const std::string path_;
  std::filesystem::path at_ = "/";
  std::deque<std::filesystem::path> rest_;
  int links_ = 0;
};

}  // namespace

gov::Result<std::string> sha256_of(int fd) {
  Sha256 hash;
  std::vector<char> chunk(std::size_t{1} << 16u);
  for (off_t at = 0;;) {
    const ssize_t n = ::pread(fd, chunk.data(), chunk.size(), at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return gov::invalid("cannot be read: " + reason(errno));
    if (n == 0) break;
    hash.update({chunk.data(), static_cast<std::size_t>(n)});
    at += n;
  }
  return to_hex(hash.finish());
}

gov::Result<UniqueFd> open_trusted(const std::string& path, const std::string& sha256) {
  const gov::Result<std::string> real = Walk(path).run();
  if (!real) return real.status();

  // O_NONBLOCK: opening a pipe would wait for its other end. It changes nothing for regular files.
  UniqueFd fd(::open(real->c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) return gov::invalid(*real + " cannot be opened: " + reason(errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return gov::invalid(*real + " is not a regular file");
  if (gov::Status s = check_owner_and_mode(*real, info); !s.ok()) return s;

  if (!sha256.empty()) {
    const gov::Result<std::string> actual = sha256_of(fd.get());
    if (!actual) return gov::invalid(*real + " " + actual.status().message());
    if (*actual != sha256)
      return gov::permission_denied(*real + " has sha256 " + *actual +
                                    " but the configuration pins " + sha256 +
                                    "; if the new file is meant, change the pin");
  }
  return fd;
}

}  // namespace govhost::plugin
