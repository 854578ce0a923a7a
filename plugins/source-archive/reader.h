// The files of an archive, as a whole: a tar, plain or compressed with gzip, xz or zstd, or a zip.
#pragma once

#include <gov/source.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace packed {

struct File {
  std::string bytes;
  std::string version;  // SHA-256 of the bytes in hex: the same file in a new archive is not new
  std::int64_t modified_ms = 0;
};

struct Contents {
  std::map<std::string, std::shared_ptr<const File>, std::less<>> files;  // by path
  std::vector<std::pair<std::string, std::string>> skipped;  // path and reason, the first hundred
};

struct Limits {
  std::uint64_t total = std::uint64_t{256} << 20u;  // bytes of all entries, decompressed
  std::size_t entries = 200'000;                    // wanted or not
};

// Whether a file is kept. Paths are relative, without "." and ".." parts.
using Wanted = std::function<bool(std::string_view path)>;

// Reads from the descriptor's position. Nothing of an archive that is damaged, encrypted or too
// large is given: the message says what is wrong, not with which file. What is no regular file, or
// has a path that leads elsewhere, is skipped.
gov::Result<Contents> read(int fd, const Limits& limits, const gov::Call& call,
                           const Wanted& wanted);

}  // namespace packed
