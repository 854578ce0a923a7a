// Notices changes below a directory, through inotify(7).
#pragma once

#include <gov/source.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "tree.h"

// Any thread.
class Watcher {
 public:
  // More folders than this are not watched: each takes some 1 KiB of kernel memory.
  static constexpr std::size_t kMaxFolders = 8192;

  Watcher(std::string path, std::size_t max_depth);

  // Blocks until the call is cancelled. Reports keys that are `wanted`, and an empty one when any
  // may have changed: at first, for what happened before somebody watched, and whenever folders
  // come, go or are switched to others. A write is noticed when the file is closed.
  gov::Status run(const gov::Call& call, const Tree::Wanted& wanted,
                  const gov::Changed& changed) const;

 private:
  struct Folders {
    Fd inotify;
    std::map<int, std::string> prefix;  // by watch descriptor; "" or "a/b/"
    int parent = -1;                    // the watch of the folder that holds path_; -1: none
  };
  enum class Next { kWait, kOpenAgain };

  gov::Result<Folders> open() const;
  gov::Status add(Folders& folders, const std::string& prefix, std::size_t depth) const;
  gov::Result<Next> read(const Folders& folders, const Tree::Wanted& wanted,
                         const gov::Changed& changed) const;

  const std::string path_;
  const std::size_t max_depth_;
};
