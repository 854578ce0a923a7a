#include "backup/gzip.h"

#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>

namespace govhost::backup {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10u;
constexpr int kWindow = 15 + 16;  // of gzip, see inflateInit2() in zlib.h
// Deflate, no flags, no time, Unix (RFC 1952, 2.3); as deflate() writes it at the usual level.
constexpr std::string_view kHeader{"\x1f\x8b\x08\0\0\0\0\0\0\x03", 10};

void put_number(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xffu);
}

// A gzip member with one stored block (RFC 1951, 3.2.4) of 65 bytes.
std::string trailer_of(const Digest& digest) {
  const std::string text = to_hex(digest) + "\n";
  std::string out{"\x1f\x8b\x08\0\0\0\0\0\x04\x03\x01", 11};
  put_number(out, text.size(), 2);
  put_number(out, ~text.size(), 2);
  out += text;
  put_number(
      out, ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())),
      4);
  put_number(out, text.size(), 4);
  return out;
}

gov::Status damaged() { return gov::invalid("the compressed stream is damaged"); }

}  // namespace

GzipWriter::GzipWriter(bundle::NewFile& out) : out_(out), buffer_(kPiece, '\0') {
  if (::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWindow, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::bad_alloc();
}

GzipWriter::~GzipWriter() { ::deflateEnd(&stream_); }

gov::Status GzipWriter::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPiece);
    // zlib takes what it only reads as not const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    if (gov::Status s = deflate_all(Z_NO_FLUSH); !s.ok()) return s;
    bytes.remove_prefix(piece.size());
  }
  return {};
}

gov::Status GzipWriter::deflate_all(int flush) {
  int state = Z_OK;
  do {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_out = static_cast<uInt>(buffer_.size());
    state = ::deflate(&stream_, flush);
    const std::string_view made(buffer_.data(), buffer_.size() - stream_.avail_out);
    digest_.update(made);
    if (gov::Status s = out_.append(made); !s.ok()) return s;
  } while (flush == Z_FINISH ? state == Z_OK : stream_.avail_in > 0 || stream_.avail_out == 0);
  return {};
}

gov::Status GzipWriter::finish() {
  if (gov::Status s = deflate_all(Z_FINISH); !s.ok()) return s;
  return out_.append(trailer_of(digest_.finish()));
}

GzipReader::GzipReader(UniqueFd file) : file_(std::move(file)), buffer_(kPiece, '\0') {
  if (::inflateInit2(&stream_, kWindow) != Z_OK) throw std::bad_alloc();
}

GzipReader::~GzipReader() { ::inflateEnd(&stream_); }

// What is left in the buffer stays.
gov::Status GzipReader::refill() {
  const std::size_t left = stream_.avail_in;
  if (left > 0) std::memmove(buffer_.data(), stream_.next_in, left);
  stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
  for (;;) {
    const ssize_t got = ::read(file_.get(), buffer_.data() + left, buffer_.size() - left);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return gov::unavailable("read: " + std::generic_category().message(errno));
    stream_.avail_in = static_cast<uInt>(left + static_cast<std::size_t>(got));
    return {};
  }
}

gov::Status GzipReader::inflate_some(char* to, std::size_t size, std::size_t& got) {
  got = 0;
  if (ended_) return {};
  if (stream_.avail_in == 0) {
    if (gov::Status s = refill(); !s.ok()) return s;
    if (!begun_ && (stream_.avail_in < kHeader.size() ||
                    std::string_view(buffer_).substr(0, kHeader.size()) != kHeader))
      return gov::invalid("it does not begin as a backup does");
    begun_ = true;
    if (stream_.avail_in == 0) return gov::invalid("it is cut off");
  }
  const Bytef* const before = stream_.next_in;
  stream_.next_out = reinterpret_cast<Bytef*>(to);
  stream_.avail_out = static_cast<uInt>(std::min(size, kPiece));
  const int state = ::inflate(&stream_, Z_NO_FLUSH);
  digest_.update(
      {reinterpret_cast<const char*>(before), static_cast<std::size_t>(stream_.next_in - before)});
  got = static_cast<std::size_t>(reinterpret_cast<char*>(stream_.next_out) - to);
  ended_ = state == Z_STREAM_END;
  return state == Z_OK || ended_ || (state == Z_BUF_ERROR && stream_.avail_in == 0) ? gov::Status()
                                                                                    : damaged();
}

gov::Status GzipReader::read(char* to, std::size_t size) {
  while (size > 0) {
    std::size_t got = 0;
    if (gov::Status s = inflate_some(to, size, got); !s.ok()) return s;
    if (got == 0 && ended_) return gov::invalid("the archive ends there");
    to += got;
    size -= got;
  }
  return {};
}

gov::Status GzipReader::finish() {
  while (!ended_) {
    char more = 0;
    std::size_t got = 0;
    if (gov::Status s = inflate_some(&more, 1, got); !s.ok()) return s;
    if (got > 0) return gov::invalid("something follows the last file");
  }
  const std::string wanted = trailer_of(digest_.finish());
  if (gov::Status s = refill(); !s.ok()) return s;
  if (stream_.avail_in < wanted.size()) return gov::invalid("it is cut off before its digest");
  if (stream_.avail_in != wanted.size() ||
      std::string_view(buffer_).substr(0, wanted.size()) != wanted)
    return gov::invalid("its bytes are not those that were written");
  return {};
}

}  // namespace govhost::backup
