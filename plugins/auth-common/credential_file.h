// Files that say who is let in: keys, digests of tokens.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <string>

namespace auth_common {

inline constexpr std::size_t kMaxCredentialFile = std::size_t{8} << 20u;

// The message names the file.
gov::Result<std::string> read_credential_file(const std::string& path);
// Whole or not at all; for the owner alone.
gov::Status write_credential_file(const std::string& path, const std::string& text);

// Differs when the file is another one or was changed. Its time alone does not: two changes within
// one tick of the kernel's clock have the same.
struct FileStamp {
  std::int64_t changed_ns = 0, size = -1;  // -1: it is not there
  std::uint64_t inode = 0;
  bool operator==(const FileStamp&) const = default;
};
FileStamp stamp_of(const std::string& path);

}  // namespace auth_common
