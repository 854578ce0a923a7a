#include "config/read_file.h"

#include "core/unique_fd.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace govhost::config {
namespace {

gov::Status failed(int error) {
  return gov::invalid("cannot be read: " + std::generic_category().message(error));
}

gov::Status too_large() { return gov::invalid("is larger than 1MiB"); }

}  // namespace

gov::Result<std::string> read_file(const std::string& path) {
  // Not blocking: opening a pipe nobody writes to would hang the start.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return failed(errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return failed(errno);
  if (S_ISDIR(info.st_mode)) return gov::invalid("is a directory; name the file in it");
  if (!S_ISREG(info.st_mode)) return gov::invalid("is not a regular file");
  if (info.st_size > static_cast<off_t>(kMaxFileSize)) return too_large();

  std::string text(kMaxFileSize + 1, '\0');  // one more: the file may have grown since
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMaxFileSize) return too_large();
  text.resize(size);
  return text;
}

}  // namespace govhost::config
