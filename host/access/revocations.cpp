#include "access/revocations.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "core/read_file.h"
#include "core/text.h"

namespace govhost::access {

gov::Result<std::unique_ptr<Revocations>> Revocations::open(std::string path) {
  std::unique_ptr<Revocations> made(new Revocations(std::move(path)));
  if (gov::Status read = made->refresh(); !read.ok()) return read;
  return made;
}

Revocations::Stamp Revocations::stamp() const {
  struct stat info {};
  if (::stat(path_.c_str(), &info) != 0) return {};
  // The change of the inode, which a change of its permissions is too.
  return {info.st_ctim.tv_sec * 1'000'000'000 + info.st_ctim.tv_nsec, info.st_size, info.st_ino};
}

gov::Result<Revocations::List> Revocations::read(const std::string& path) {
  gov::Result<std::string> text = read_file(path, kMaxFile);
  if (!text) return gov::Status(text.status().code(), path + " " + text.status().message());
  List list;
  std::size_t number = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    ++number;
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    line = trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const std::size_t blank = line.find_first_of(" \t");
    const std::string_view what = line.substr(0, blank);
    const std::string_view name = blank == line.npos ? "" : trim(line.substr(blank));
    if (name.empty() || (what != "subject" && what != "credential"))
      return gov::invalid(path + ", line " + std::to_string(number) +
                          R"(: write "subject NAME" or "credential ID")");
    (what == "subject" ? list.subjects : list.credentials).emplace(name);
  }
  return list;
}

gov::Status Revocations::refresh() {
  const std::lock_guard lock(mutex_);
  // Before it is read: what is written meanwhile shows the next time.
  const Stamp now = stamp();
  if (seen_ == now) return {};
  seen_ = now;
  gov::Result<List> read = Revocations::read(path_);
  auto next = read ? std::make_shared<const List>(std::move(*read)) : nullptr;
  {
    const std::lock_guard list_lock(list_mutex_);
    list_ = std::move(next);
  }
  return read ? gov::Status() : read.status();
}

Revocations::Verdict Revocations::of(const plugin::Principal& principal) const {
  const auto now = list();
  if (!now) return Verdict::kUnknown;
  const bool revoked =
      now->subjects.contains(principal.subject) ||
      (!principal.credential.empty() && now->credentials.contains(principal.credential));
  return revoked ? Verdict::kRevoked : Verdict::kGood;
}

std::size_t Revocations::size() const {
  const auto now = list();
  return now ? now->subjects.size() + now->credentials.size() : 0;
}

}  // namespace govhost::access
