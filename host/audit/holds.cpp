#include "audit/holds.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "core/read_file.h"
#include "core/unique_fd.h"

namespace govhost::audit {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kHoldBegin = "hold-", kHoldEnd = ".json";

fs::path file_of(const fs::path& folder, const std::string& name) {
  return folder / (std::string(kHoldBegin) + name + std::string(kHoldEnd));
}

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

gov::Status failed(const fs::path& path) {
  return gov::unavailable(path.native() + ": " + std::strerror(errno));
}

gov::Status sync_entries(const fs::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.valid() && ::fsync(fd.get()) == 0 ? gov::Status() : failed(folder);
}

}  // namespace

bool is_hold_name(std::string_view name) {
  const auto ordinary = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 64 && ordinary(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return ordinary(c) || c == '.' || c == '_' || c == '-'; });
}

gov::Result<std::vector<Hold>> holds_of(const fs::path& folder) {
  std::vector<Hold> out;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
    const std::string file = at->path().filename().native();
    if (!file.starts_with(kHoldBegin) || !file.ends_with(kHoldEnd)) continue;
    const auto text = read_file(at->path().native());
    const json read = text ? json::parse(*text, nullptr, false) : json();
    if (!read.is_object())
      return gov::unavailable(at->path().native() + " is no hold that can be read; nothing is " +
                              "removed until it is mended or deleted");
    out.push_back(
        {file.substr(kHoldBegin.size(), file.size() - kHoldBegin.size() - kHoldEnd.size()),
         text_in(read, "reason"), text_in(read, "since")});
  }
  if (error) return gov::unavailable(folder.native() + ": " + error.message());
  std::sort(out.begin(), out.end(), [](const Hold& a, const Hold& b) { return a.name < b.name; });
  return out;
}

// Whole or not at all: it is written beside its place and then moved there.
gov::Status place_hold(const fs::path& folder, const Hold& hold) {
  if (!is_hold_name(hold.name))
    return gov::invalid("the name of a hold holds 1 to 64 of a-z, 0-9, '.', '_' and '-'");
  const fs::path file = file_of(folder, hold.name);
  if (::access(file.c_str(), F_OK) == 0)
    return gov::invalid("there is a hold " + hold.name + " already");
  const fs::path draft = folder / (".hold-" + hold.name);
  const std::string text = json{{"reason", hold.reason}, {"since", hold.since}}.dump(
                               -1, ' ', false, json::error_handler_t::replace) +
                           "\n";
  {
    const UniqueFd fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (!fd.valid() ||
        ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(fd.get()) != 0)
      return failed(draft);
    // Placed by root, it must be readable for the host, whose the folder is.
    struct stat owner {};
    if (::geteuid() == 0 && ::stat(folder.c_str(), &owner) == 0 &&
        ::fchown(fd.get(), owner.st_uid, owner.st_gid) != 0)
      return failed(draft);
  }
  if (::rename(draft.c_str(), file.c_str()) != 0) return failed(file);
  return sync_entries(folder);
}

gov::Status release_hold(const fs::path& folder, const std::string& name) {
  if (!is_hold_name(name)) return gov::invalid("no hold can have this name");
  const fs::path file = file_of(folder, name);
  if (::unlink(file.c_str()) != 0)
    return errno == ENOENT ? gov::not_found("there is no hold " + name) : failed(file);
  return sync_entries(folder);
}

}  // namespace govhost::audit
