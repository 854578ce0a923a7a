#include "watch.h"

#include <poll.h>
#include <sys/inotify.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kEntries =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB;
constexpr std::uint32_t kItself = IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t kLost = kItself | IN_IGNORED | IN_UNMOUNT | IN_Q_OVERFLOW;

constexpr int kSettle = 100;  // milliseconds

// The link that Kubernetes switches when a ConfigMap or Secret volume changes; the files are links
// through it.
constexpr std::string_view kVolumeLink = "..data";

// Behind a slash there would be the folder itself instead of the one that holds it.
std::string without_slash_at_end(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

gov::Status failure(const std::string& path, int fault) {
  const std::string what = "changes below " + path + " cannot be watched: ";
  if (fault == ENOSPC)
    return gov::resource_exhausted(what + "raise the sysctl fs.inotify.max_user_watches");
  if (fault == EMFILE)
    return gov::resource_exhausted(
        what + "raise the sysctl fs.inotify.max_user_instances or the limit of open files");
  return gov::unavailable(what + std::generic_category().message(fault));
}

}  // namespace

Watcher::Watcher(std::string path, std::size_t max_depth)
    : path_(without_slash_at_end(std::move(path))), max_depth_(max_depth) {}

gov::Result<Watcher::Folders> Watcher::open() const {
  Folders folders;
  folders.inotify = Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  const int inotify = folders.inotify.get();
  if (inotify < 0) return failure(path_, errno);
  // Before the folder itself: a path that is switched in between is opened again.
  const fs::path parent = fs::path(path_).parent_path();
  if (!parent.empty()) folders.parent = ::inotify_add_watch(inotify, parent.c_str(), kEntries);
  if (gov::Status s = add(folders, "", 0); !s.ok()) return s;
  return folders;
}

gov::Status Watcher::add(Folders& folders, const std::string& prefix, std::size_t depth) const {
  const fs::path folder = fs::path(path_) / prefix;
  if (folders.prefix.size() == kMaxFolders)
    return gov::resource_exhausted("changes below " + path_ + " cannot be watched: more than " +
                                   std::to_string(kMaxFolders) + " folders");
  const std::uint32_t follow = prefix.empty() ? 0u : IN_DONT_FOLLOW;
  const int watch = ::inotify_add_watch(folders.inotify.get(), folder.c_str(),
                                        kEntries | kItself | IN_ONLYDIR | follow);
  if (watch < 0) {
    const int fault = errno;
    // What is gone again or may not be entered holds no documents; its parent tells when that ends.
    const bool passes = fault == ENOENT || fault == ENOTDIR || fault == EACCES;
    return passes && !prefix.empty() ? gov::Status() : failure(path_, fault);
  }
  folders.prefix[watch] = prefix;
  if (depth == max_depth_) return {};
  std::error_code error, unknown;
  for (fs::directory_iterator item(folder, error); !error && item != fs::directory_iterator();
       item.increment(error)) {
    const std::string name = item->path().filename().native();
    if (name.front() == '.' || item->is_symlink(unknown) || !item->is_directory(unknown)) continue;
    if (gov::Status s = add(folders, prefix + name + "/", depth + 1); !s.ok()) return s;
  }
  return {};
}

gov::Status Watcher::run(const gov::Call& call, const Tree::Wanted& wanted,
                         const gov::Changed& changed) const {
  for (;;) {
    const gov::Result<Folders> folders = open();
    if (!folders) return folders.status();
    changed("");
    for (Next next = Next::kWait; next == Next::kWait;) {
      pollfd ready[2] = {{folders->inotify.get(), POLLIN, 0}, {call.cancel_fd(), POLLIN, 0}};
      if (::poll(ready, 2, -1) < 0 && errno != EINTR) return failure(path_, errno);
      if (call.cancelled()) return gov::cancelled();
      gov::Result<Next> read = this->read(*folders, wanted, changed);
      if (!read) return read.status();
      next = *read;
    }
    // Folders come in crowds, when a tree is unpacked or checked out.
    pollfd cancel{call.cancel_fd(), POLLIN, 0};
    ::poll(&cancel, 1, kSettle);
    if (call.cancelled()) return gov::cancelled();
  }
}

gov::Result<Watcher::Next> Watcher::read(const Folders& folders, const Tree::Wanted& wanted,
                                         const gov::Changed& changed) const {
  alignas(inotify_event) std::array<char, 16384> buffer;
  const ssize_t n = ::read(folders.inotify.get(), buffer.data(), buffer.size());
  if (n < 0)
    return errno == EAGAIN || errno == EINTR ? gov::Result<Next>(Next::kWait)
                                             : failure(path_, errno);
  const std::string own = fs::path(path_).filename().native();
  Next next = Next::kWait;
  for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
    inotify_event event{};
    std::memcpy(&event, buffer.data() + at, sizeof event);
    const std::string name(event.len > 0 ? buffer.data() + at + sizeof event : "");
    at += sizeof event + event.len;
    const auto folder = folders.prefix.find(event.wd);
    if (event.wd == folders.parent) {
      if (name == own || (event.mask & kLost) != 0) next = Next::kOpenAgain;
      if (folder == folders.prefix.end()) continue;  // else a link in the very folder it leads to
    }
    if ((event.mask & kLost) != 0 || folder == folders.prefix.end()) {
      next = Next::kOpenAgain;
    } else if (name.starts_with('.')) {
      if (name == kVolumeLink) changed("");
    } else if ((event.mask & IN_ISDIR) != 0) {
      next = Next::kOpenAgain;
    } else if (const std::string key = folder->second + name; wanted(key)) {
      changed(key);
    }
  }
  return next;
}
