#include "credential_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace auth_common {
namespace {

struct Fd {
  int value;
  ~Fd() {
    if (value >= 0) ::close(value);
  }
};

gov::Status failed(const std::string& path, const char* what) {
  return gov::invalid(path + " cannot be " + what + ": " +
                      std::error_code(errno, std::generic_category()).message());
}

}  // namespace

gov::Result<std::string> read_credential_file(const std::string& path) {
  const Fd fd{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  if (fd.value < 0) return failed(path, "opened");
  struct stat info {};
  if (fstat(fd.value, &info) != 0 || !S_ISREG(info.st_mode))
    return gov::invalid(path + " is not a regular file");
  // Whoever writes to it can let himself in.
  if ((info.st_mode & S_IWOTH) != 0)
    return gov::invalid(path + " can be written by everybody; run chmod o-w");
  std::string text;
  char part[16384];
  for (;;) {
    const ssize_t n = ::read(fd.value, part, sizeof part);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(path, "read");
    if (n == 0) return text;
    text.append(part, static_cast<std::size_t>(n));
    if (text.size() > kMaxCredentialFile) return gov::invalid(path + " is larger than 8 MiB");
  }
}

gov::Status write_credential_file(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  {
    const Fd fd{
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (fd.value < 0) return failed(beside, "written");
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t n = ::write(fd.value, text.data() + done, text.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed(beside, "written");
      done += static_cast<std::size_t>(n);
    }
    if (::fsync(fd.value) != 0) return failed(beside, "written");
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed(path, "replaced");
  return {};
}

FileStamp stamp_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {info.st_ctim.tv_sec * 1'000'000'000 + info.st_ctim.tv_nsec, info.st_size, info.st_ino};
}

}  // namespace auth_common
