// Who is let in no more, although the credential is good.
#pragma once

#include <gov/status.hpp>

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "plugin/adapters.h"

namespace govhost::access {

// A file of lines "subject NAME" or "credential ID" (the jti of a JWT, the id of a key); blank
// lines and what follows a "#" say nothing. It is read again when it changes. While it cannot be
// read or understood nobody is let in: whoever was revoked must not come back by a slip of an
// editor. Thread-safe.
class Revocations {
 public:
  static constexpr std::size_t kMaxFile = std::size_t{16} << 20u;

  static gov::Result<std::unique_ptr<Revocations>> open(std::string path);

  enum class Verdict { kGood, kRevoked, kUnknown };
  Verdict of(const plugin::Principal& principal) const;

  // Looks whether the file has changed. What is wrong with it, the first time that it is.
  gov::Status refresh();
  std::size_t size() const;

 private:
  struct List {
    std::set<std::string, std::less<>> subjects, credentials;
  };
  struct Stamp {
    std::int64_t changed_ns = 0, size = -1;
    ino_t inode = 0;
    bool operator==(const Stamp&) const = default;
  };

  explicit Revocations(std::string path) : path_(std::move(path)) {}
  static gov::Result<List> read(const std::string& path);
  Stamp stamp() const;

  const std::string path_;
  std::shared_ptr<const List> list() const {
    const std::lock_guard lock(list_mutex_);
    return list_;
  }

  mutable std::mutex list_mutex_;
  std::shared_ptr<const List> list_;  // null: it cannot be read
  std::mutex mutex_;                  // of one look at a time
  std::optional<Stamp> seen_;
};

}  // namespace govhost::access
