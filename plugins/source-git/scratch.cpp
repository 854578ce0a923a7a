#include "scratch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace git {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrefix = "govhost-git-";

// The folder's descriptor with its lock; -1: it is not ours, or somebody holds it.
int lock(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat info {};
  if (fd >= 0 && ::fstat(fd, &info) == 0 && info.st_uid == ::geteuid() &&
      ::flock(fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0) ::close(fd);
  return -1;
}

// What cannot be removed is left: it is in nobody's way but the disk's.
void remove_left(const fs::path& parent) {
  std::error_code ignored;
  for (fs::directory_iterator at(parent, ignored), end; !ignored && at != end;
       at.increment(ignored)) {
    if (!at->path().filename().native().starts_with(kPrefix)) continue;
    const int fd = lock(at->path());
    if (fd < 0) continue;
    std::error_code why;
    fs::remove_all(at->path(), why);
    ::close(fd);
  }
}

}  // namespace

gov::Result<std::unique_ptr<Scratch>> Scratch::make() {
  std::error_code why;
  const fs::path parent = fs::temp_directory_path(why);
  const auto sentence = [&](const char* reason) {
    return gov::unavailable("no clone can be kept in " + parent.native() + ": " + reason +
                            "; set TMPDIR to a folder that may be written");
  };
  if (why) return sentence(why.message().c_str());
  remove_left(parent);
  // Another process may take a folder for a left one before its lock is held: then a second try.
  for (int attempt = 0; attempt < 10; ++attempt) {
    std::string name = (parent / kPrefix).native() + "XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) return sentence(std::strerror(errno));
    if (const int fd = lock(name); fd >= 0) {
      struct stat held {
      }, named{};
      if (::fstat(fd, &held) == 0 && ::lstat(name.c_str(), &named) == 0 &&
          held.st_ino == named.st_ino)
        return std::unique_ptr<Scratch>(new Scratch(name, fd));
      ::close(fd);
    }
  }
  return sentence("other processes remove it");
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  ::close(lock_);
}

}  // namespace git
