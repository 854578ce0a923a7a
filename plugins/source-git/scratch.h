// A folder of this process in the system's folder for temporary files.
#pragma once

#include <gov/status.hpp>

#include <filesystem>
#include <memory>

namespace git {

// Made empty, removed at the end. One that a killed process has left is removed by the next that is
// made: who holds it holds a lock.
class Scratch {
 public:
  static gov::Result<std::unique_ptr<Scratch>> make();
  ~Scratch();
  Scratch(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  Scratch(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  const std::filesystem::path path_;
  const int lock_;
};

}  // namespace git
