#include "app/hardening.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <system_error>
#include <vector>

namespace govhost::app {
namespace {

constexpr mode_t kUmask = 027;

std::vector<int>& inherited() {
  static std::vector<int> descriptors;
  return descriptors;
}

gov::Status failed(const char* what) {
  return gov::unavailable(std::string(what) + ": " + std::generic_category().message(errno));
}

gov::Status become(const std::string& user) {
  const passwd* const wanted = ::getpwnam(user.c_str());
  if (wanted == nullptr)
    return gov::invalid("host.user: there is no user " + user + " on this machine");
  if (::geteuid() == wanted->pw_uid && ::getuid() == wanted->pw_uid) return {};
  if (::geteuid() != 0)
    return gov::invalid("host.user: only root can become " + user + "; start as that user");
  if (::initgroups(user.c_str(), wanted->pw_gid) != 0 || ::setgid(wanted->pw_gid) != 0 ||
      ::setuid(wanted->pw_uid) != 0)
    return failed("host.user");
  if (wanted->pw_uid != 0 && ::setuid(0) == 0)
    return gov::internal("host.user: root could be had back");
  return {};
}

gov::Status keep_memory_private() {
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return failed("host.core_dumps");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // A handler that core(5) pipes to is given the memory whatever the limit says, and a debugger of
  // the same user could attach. LeakSanitizer attaches too.
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return failed("host.core_dumps");
#endif
  return {};
}

}  // namespace

void note_inherited_descriptors() {
  DIR* const folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return;
  while (const dirent* const entry = ::readdir(folder)) {
    const std::string_view name(entry->d_name);
    int fd = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), fd);
    if (error == std::errc() && fd > STDERR_FILENO && fd != ::dirfd(folder))
      inherited().push_back(fd);
  }
  ::closedir(folder);
}

gov::Status harden_process(const config::Host& host) {
  for (const int fd : inherited()) ::close(fd);
  inherited().clear();
  ::umask(::umask(kUmask) | kUmask);
  if (!host.user.empty())
    if (gov::Status became = become(host.user); !became.ok()) return became;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("PR_SET_NO_NEW_PRIVS");
  return host.core_dumps ? gov::Status() : keep_memory_private();
}

}  // namespace govhost::app
