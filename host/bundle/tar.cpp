#include "bundle/tar.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace govhost::bundle {
namespace {

// Offsets of the fields of a ustar header.
constexpr std::size_t kMode = 100, kUser = 108, kGroup = 116, kSize = 124, kTime = 136,
                      kChecksum = 148, kType = 156, kMagic = 257;

void put(TarHeader& header, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

void put_octal(TarHeader& header, std::size_t at, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value /= 8)
    header[at + i] = static_cast<char>('0' + value % 8);
}

}  // namespace

TarHeader tar_header(std::string_view name, std::uint64_t size) {
  TarHeader header{};
  put(header, 0, name);
  put(header, kMode, "0000644");
  put(header, kUser, "0000000");
  put(header, kGroup, "0000000");
  put_octal(header, kSize, 11, size);
  put(header, kTime, "00000000000");
  put(header, kChecksum, "        ");
  header[kType] = '0';
  put(header, kMagic, {"ustar\00000", 8});
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put_octal(header, kChecksum, 6, sum);
  header[kChecksum + 6] = '\0';
  return header;
}

std::uint64_t tar_size(const TarHeader& header, std::string_view name) {
  std::uint64_t size = 0;
  const char* const first = header.data() + kSize;
  const auto [end, error] = std::from_chars(first, first + 11, size, 8);
  const bool good = error == std::errc() && end == first + 11 && header == tar_header(name, size);
  return good ? size : kMaxMember + 1;
}

}  // namespace govhost::bundle
