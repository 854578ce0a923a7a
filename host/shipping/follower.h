// Reads a trail as it grows.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/unique_fd.h"

namespace govhost::shipping {

// One thread. Reads what is written by another, line by line; what is not whole yet comes later.
class Follower {
 public:
  // Begins behind record `after`.
  Follower(std::filesystem::path folder, std::uint64_t after)
      : folder_(std::move(folder)), last_(after) {}

  struct Batch {
    std::vector<std::string> lines;  // empty: there is nothing new
    std::uint64_t last = 0;          // record
    std::uint64_t missing = 0;       // records before the first that are no longer there
  };
  // At most so much. What it gave it gives again until done() was called for it.
  gov::Result<Batch> next(std::size_t most_lines, std::size_t most_bytes);
  void done(const Batch& batch);

 private:
  gov::Status open();
  bool open_following();
  bool fill();
  void drop_taken();

  const std::filesystem::path folder_;
  std::uint64_t last_;  // record that was done
  UniqueFd file_;
  std::uint64_t offset_ = 0;  // in the file, of the first byte of buffer_
  std::uint64_t last_read_ = 0;
  std::string buffer_;     // read and not done
  std::size_t taken_ = 0;  // bytes of it that the last batch was made of
  std::filesystem::path path_;
};

}  // namespace govhost::shipping
