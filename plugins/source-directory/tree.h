// The regular files below one directory, reached without ever leaving it.
#pragma once

#include <gov/source.hpp>

#include <unistd.h>

#include <functional>

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept { return std::swap(fd_, other.fd_), *this; }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// A file as it was when it was opened.
struct File {
  std::string key;
  Fd fd;  // for reading
  std::int64_t modified_ns = 0;
  std::uint64_t size = 0, inode = 0;

  std::string version() const;  // equal means unchanged
  bool unchanged() const;
};

// Success as long as somebody waits for the answer.
gov::Status still_wanted(const gov::Call& call);

// Any thread. Keeps nothing but the path: each call opens the directory anew, so a path that was
// switched to another directory (a release link, a volume mounted late) is seen.
class Tree {
 public:
  using Wanted = std::function<bool(std::string_view key)>;

  Tree(gov::Host host, std::string path, std::size_t max_depth)
      : host_(host), path_(std::move(path)), max_depth_(max_depth) {}

  gov::Result<Fd> open_root() const;
  // By ascending key, closed. Logs what is wanted but cannot be served.
  gov::Result<std::vector<File>> list(const gov::Call&, const Wanted&, std::size_t max_files) const;
  // not_found for every key that list() cannot have given.
  gov::Result<File> open(std::string_view key) const;

 private:
  struct Walk;
  // `folder`: the open folder that `prefix` names.
  gov::Status folder(Walk& walk, int folder, const std::string& prefix, std::size_t depth) const;
  gov::Status file(Walk& walk, int folder, const std::string& name, const std::string& key) const;
  gov::Status skip(const std::string& key, int fault) const;
  gov::Status skip(const std::string& key, std::string_view reason) const;

  const gov::Host host_;
  const std::string path_;
  const std::size_t max_depth_;
};
