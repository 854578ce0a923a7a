#include "bundle/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace govhost::bundle {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 20u;

std::string part_of(const std::string& path) { return path + ".part"; }

// A name is on the disk when its folder is (fsync(2), NOTES).
bool sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.valid() && ::fsync(fd.get()) == 0;
}

}  // namespace

std::string error_text(int error) {
  const std::string plain = std::generic_category().message(error);
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "the disk is full (" + plain + ")";
    case EROFS:
    case EACCES:
    case EPERM: return "it may not be written (" + plain + ")";
    default: return plain;
  }
}

gov::Result<NewFile> NewFile::create(std::string path) {
  const std::string part = part_of(path);
  UniqueFd fd(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.valid()) return gov::unavailable(part + ": " + error_text(errno));
  return NewFile(std::move(path), std::move(fd));
}

NewFile::~NewFile() {
  if (fd_.valid()) ::unlink(part_of(path_).c_str());
}

gov::Status NewFile::failed(const char* what) const {
  return gov::unavailable(part_of(path_) + ": " + what + ": " + error_text(errno));
}

gov::Status NewFile::append(std::string_view bytes) {
  buffer_.append(bytes);
  return buffer_.size() < kBuffer ? gov::Status() : flush();
}

gov::Status NewFile::flush() {
  for (std::string_view rest = buffer_; !rest.empty();) {
    const ssize_t written = ::write(fd_.get(), rest.data(), rest.size());
    if (written >= 0)
      rest.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      return failed("write");
  }
  buffer_.clear();
  return {};
}

gov::Status NewFile::commit() {
  if (gov::Status s = flush(); !s.ok()) return s;
  if (::fsync(fd_.get()) != 0) return failed("fsync");
  if (::rename(part_of(path_).c_str(), path_.c_str()) != 0) return failed("rename");
  fd_.reset();
  if (!sync_folder_of(path_)) return failed("fsync of the folder");
  return {};
}

void remove_file(const std::string& path) { ::unlink(path.c_str()); }

gov::Result<std::string> read_at(int fd, std::uint64_t offset, std::size_t size) {
  std::string out(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got =
        ::pread(fd, out.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got > 0)
      done += static_cast<std::size_t>(got);
    else if (errno != EINTR)
      return gov::unavailable("read: " + std::generic_category().message(errno));
  }
  out.resize(done);
  return out;
}

}  // namespace govhost::bundle
