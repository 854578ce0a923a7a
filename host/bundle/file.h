// Reading and writing files so that nobody ever sees a half of one.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/unique_fd.h"

namespace govhost::bundle {

// A file that appears under its name when it is whole and on the disk, or not at all.
class NewFile {
 public:
  // Writes beside `path`, with ".part" behind the name.
  static gov::Result<NewFile> create(std::string path);
  NewFile(NewFile&&) = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();  // removes what was not committed

  gov::Status append(std::string_view bytes);
  // Makes the file and its name durable (fsync(2) of both).
  gov::Status commit();

 private:
  NewFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  gov::Status flush();
  gov::Status failed(const char* what) const;

  std::string path_;
  UniqueFd fd_;
  std::string buffer_;
};

// As far as the folder lets it; what stays is tried again with the next bundle.
void remove_file(const std::string& path);

// Fewer bytes only at the end of the file.
gov::Result<std::string> read_at(int fd, std::uint64_t offset, std::size_t size);

// "the disk is full (No space left on device)"
std::string error_text(int error);

}  // namespace govhost::bundle
