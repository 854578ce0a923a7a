#include "plugin/secrets.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/unique_fd.h"

namespace govhost::plugin {
namespace {

constexpr std::size_t kMaxSecret = std::size_t{64} << 10u;

gov::Status too_large(std::string_view reference) {
  return gov::invalid("secret " + std::string(reference) + " is larger than 64 KiB");
}

gov::Result<std::string> read_file(const std::string& path, std::string_view reference) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid())
    return gov::unavailable("secret " + std::string(reference) + ": " + std::strerror(errno));
  std::string value(kMaxSecret + 1, '\0');
  std::size_t size = 0;
  while (size < value.size()) {
    const ssize_t n = ::read(fd.get(), value.data() + size, value.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      return gov::unavailable("secret " + std::string(reference) + ": " + std::strerror(errno));
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > kMaxSecret) return too_large(reference);
  value.resize(size);
  if (value.ends_with('\n')) value.pop_back();
  return value;
}

}  // namespace

gov::Result<std::string> resolve_secret(std::string_view reference) {
  if (reference.starts_with("env:")) {
    const char* value = std::getenv(std::string(reference.substr(4)).c_str());
    if (!value)
      return gov::unavailable("secret " + std::string(reference) + ": the variable is not set");
    if (std::strlen(value) > kMaxSecret) return too_large(reference);
    return std::string(value);
  }
  if (reference.starts_with("file:")) return read_file(std::string(reference.substr(5)), reference);
  if (reference.starts_with("cred:")) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    const std::string_view name = reference.substr(5);
    if (!folder || name.empty() || name.find('/') != std::string_view::npos)
      return gov::unavailable(
          "secret " + std::string(reference) +
          ": no such systemd credential; see LoadCredential= in systemd.exec(5)");
    return read_file(std::string(folder) + "/" + std::string(name), reference);
  }
  return gov::invalid("a secret must be a reference: env:NAME, file:/path or cred:NAME");
}

}  // namespace govhost::plugin
