#include "core/read_file.h"

#include "core/unique_fd.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace govhost {
namespace {

gov::Status failed(int error) {
  return gov::invalid("cannot be read: " + std::generic_category().message(error));
}

gov::Status too_large(std::size_t max) {
  return gov::invalid("is larger than " + std::to_string(max >> 20u) + "MiB");
}

}  // namespace

gov::Result<std::string> read_file(const std::string& path, std::size_t max) {
  // Not blocking: opening a pipe nobody writes to would hang the start.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return failed(errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return failed(errno);
  if (S_ISDIR(info.st_mode)) return gov::invalid("is a directory; name the file in it");
  if (!S_ISREG(info.st_mode)) return gov::invalid("is not a regular file");
  if (info.st_size > static_cast<off_t>(max)) return too_large(max);

  // One more: the file may have grown since.
  std::string text(std::min(max, static_cast<std::size_t>(info.st_size)) + 1, '\0');
  std::size_t size = 0;
  while (size <= max) {
    if (size == text.size()) text.resize(std::min(max + 1, 2 * size));
    const ssize_t got = ::read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > max) return too_large(max);
  text.resize(size);
  return text;
}

}  // namespace govhost
