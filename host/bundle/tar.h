// The one form of tar member that a bundle has: a regular file with a short name in a ustar header
// (POSIX.1-2017, pax, "ustar Interchange Format"). It is written here, in one header, because the
// library for archives, with what it needs, would cost every host 3 MiB and 3 ms of its start.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace govhost::bundle {

inline constexpr std::size_t kBlock = 512;
using TarHeader = std::array<char, kBlock>;

inline constexpr std::uint64_t kMaxMember = (std::uint64_t{1} << 33u) - 1;  // eleven octal digits

// Nothing in it depends on when or by whom it was written, so that a reader need not parse it: it
// compares. `name` has at most 99 bytes, `size` is at most kMaxMember.
TarHeader tar_header(std::string_view name, std::uint64_t size);

// The size of the member whose header this is; kMaxMember + 1 when the header is another member's
// or not as tar_header() writes it.
std::uint64_t tar_size(const TarHeader& header, std::string_view name);

constexpr std::uint64_t padded(std::uint64_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

}  // namespace govhost::bundle
