#include "core/random.h"

#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <chrono>
#include <cstdlib>

namespace govhost {
namespace {

// xoshiro256** by Blackman and Vigna (public domain algorithm), seeded by the kernel.
class Xoshiro {
 public:
  Xoshiro() { random_bytes({reinterpret_cast<std::uint8_t*>(state_), sizeof state_}); }
  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17u;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

 private:
  std::uint64_t state_[4];
};

}  // namespace

void random_bytes(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t n = ::getrandom(out.data(), out.size(), 0);
    if (n > 0) {
      out = out.subspan(static_cast<std::size_t>(n));
    } else if (errno != EINTR) {
      std::abort();  // no kernel entropy: nothing that follows could be trusted
    }
  }
}

std::string new_uuid7() {
  static thread_local Xoshiro generator;
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
  const std::uint64_t high = (ms << 16u) | 0x7000u | (generator.next() & 0x0FFFu);
  const std::uint64_t low = (generator.next() & ~(3ULL << 62u)) | (2ULL << 62u);

  std::string out(36, '-');
  const auto put = [&out](std::size_t at, std::size_t digits, std::uint64_t word) {
    static constexpr char kDigits[] = "0123456789abcdef";
    for (std::size_t i = at + digits; i-- > at; word >>= 4u) out[i] = kDigits[word & 15u];
  };
  put(0, 8, high >> 32u);
  put(9, 4, high >> 16u);
  put(14, 4, high);
  put(19, 4, low >> 48u);
  put(24, 12, low);
  return out;
}

}  // namespace govhost
