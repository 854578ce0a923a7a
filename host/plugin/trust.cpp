#include "plugin/trust.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
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
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(missing.parent_path(), error))
    if (entry.path().extension() == ".so") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const auto near = nearest(missing.stem().string(), candidates);
  return near ? "; did you mean " + std::string(*near) + "?"
              : "; check `plugin` and [plugins] directory";
}

// The path without symlinks, so that the walk judges the folders really used.
gov::Result<std::string> resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (!real) {
    if (errno == ENOENT) return gov::not_found(path + " does not exist" + hint(path));
    return gov::invalid(path + ": " + reason(errno));
  }
  return std::string(real.get());
}

gov::Status check_folders(const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    const std::string folder = path.substr(0, at);
    struct stat info {};
    if (::lstat(folder.c_str(), &info) != 0) return gov::invalid(folder + ": " + reason(errno));
    if (gov::Status s = check_owner_and_mode(folder, info); !s.ok()) return s;
  }
  return {};
}

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
  const gov::Result<std::string> real = resolved(path);
  if (!real) return real.status();
  if (gov::Status s = check_folders(*real); !s.ok()) return s;

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
