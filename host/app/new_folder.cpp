#include "app/new_folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "core/unique_fd.h"

namespace govhost::app {
namespace {

namespace fs = std::filesystem;

gov::Status fault(const fs::path& where, int number) {
  return gov::invalid(where.string() + ": " + std::strerror(number));
}

bool sync(const fs::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.valid() && ::fsync(fd.get()) == 0;
}

gov::Status write_file(const fs::path& file, std::string_view text) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd.valid()) return fault(file, errno);
  while (!text.empty()) {
    const ssize_t n = ::write(fd.get(), text.data(), text.size());
    if (n < 0 && errno != EINTR) return fault(file, errno);
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::fsync(fd.get()) == 0 ? gov::Status() : fault(file, errno);
}

// The folder that is being written; removed unless it became the real one.
struct Draft {
  std::string path;
  ~Draft() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
};

gov::Status fill(const fs::path& draft, std::span<const NewFolderFile> files) {
  for (const NewFolderFile& file : files) {
    const fs::path path = draft / file.path;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) return fault(path.parent_path(), error.value());
    if (gov::Status s = write_file(path, file.text); !s.ok()) return s;
  }
  std::error_code error;
  for (fs::recursive_directory_iterator at(draft, error), end; !error && at != end;
       at.increment(error))
    if (at->is_directory() && !sync(at->path())) return fault(at->path(), errno);
  if (error) return fault(draft, error.value());
  return sync(draft) ? gov::Status() : fault(draft, errno);
}

gov::Status taken(const fs::path& folder, const std::string& why) {
  return gov::invalid(folder.string() + " " + why + "; name another folder with --dir");
}

}  // namespace

gov::Status write_new_folder(const fs::path& folder, std::span<const NewFolderFile> files) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(folder, error);
  if (fs::exists(status)) {
    if (!fs::is_directory(status)) return taken(folder, "is there and is no folder");
    if (!fs::is_empty(folder, error)) return taken(folder, "is there and is not empty");
    // A rename over it would leave the shell that stands in it in a folder that is gone.
    if (fs::equivalent(folder, fs::current_path(error), error))
      return taken(folder, "is the folder you are in");
  }

  Draft draft{(folder.parent_path() / ("." + folder.filename().string() + ".XXXXXX")).string()};
  if (::mkdtemp(draft.path.data()) == nullptr) {
    const int number = errno;
    draft.path.clear();
    return fault(folder.parent_path(), number);
  }
  // mkdtemp lets nobody else in; this folder is as any that mkdir makes.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (::chmod(draft.path.c_str(), 0777 & ~mask) != 0) return fault(draft.path, errno);
  if (gov::Status s = fill(draft.path, files); !s.ok()) return s;
  // Over an empty folder only: what somebody else has put there meanwhile stays (rename(2)).
  if (::rename(draft.path.c_str(), folder.c_str()) != 0) return fault(folder, errno);
  draft.path.clear();
  return sync(folder.parent_path()) ? gov::Status() : fault(folder.parent_path(), errno);
}

}  // namespace govhost::app
