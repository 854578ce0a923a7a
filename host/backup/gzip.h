// The gzip stream (RFC 1952) around the archive, so strict that no byte of the file can change
// unnoticed: zlib passes over the time and the flags in the header, bits that fill up a byte and
// what follows the end. So the header must be the one that is written here, and the file ends with
// a second gzip member that holds the SHA-256 of all bytes before it. Whoever has gzip and tar
// reads it without this program.
#pragma once

#include <gov/status.hpp>

#include <zlib.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "bundle/file.h"
#include "core/digest.h"
#include "core/unique_fd.h"

namespace govhost::backup {

// Writes to a file that the caller commits.
class GzipWriter {
 public:
  explicit GzipWriter(bundle::NewFile& out);
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;

  gov::Status append(std::string_view bytes);
  gov::Status finish();

 private:
  gov::Status deflate_all(int flush);

  bundle::NewFile& out_;
  z_stream stream_{};
  Sha256 digest_;
  std::string buffer_;
};

// One pass. Messages say what is wrong with the stream, not where in the archive that is.
class GzipReader {
 public:
  explicit GzipReader(UniqueFd file);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;

  // Exactly so many bytes.
  gov::Status read(char* to, std::size_t size);
  // There must be nothing more, and the digest of all must be the one that the file ends with.
  gov::Status finish();

 private:
  // `got`: fewer at the end of the stream only.
  gov::Status inflate_some(char* to, std::size_t size, std::size_t& got);
  gov::Status refill();

  UniqueFd file_;
  z_stream stream_{};
  Sha256 digest_;
  std::string buffer_;
  bool begun_ = false, ended_ = false;
};

}  // namespace govhost::backup
