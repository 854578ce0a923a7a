#include "interner.h"

#include <cstring>
#include <random>

namespace memory_search {
namespace {

// Both halves of the 128-bit product, folded: the mixing step of wyhash.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

Interner::Interner() : slots_(1024, Slot{0, kFree}) {
  std::random_device device;
  seed_ = std::uint64_t{device()} << 32 | device();
}

Interner::Number Interner::add(std::string_view text) {
  const std::uint32_t h = hash(text);
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = h & mask;
  for (; slots_[i].number != kFree; i = (i + 1) & mask)
    if (slots_[i].hash == h && texts_[slots_[i].number] == text) return {slots_[i].number, false};
  const std::uint32_t number = texts_.size();
  slots_[i] = {h, number};
  texts_.add(text);
  if (texts_.size() * std::size_t{2} > slots_.size()) grow();
  return {number, true};
}

std::uint32_t Interner::hash(std::string_view text) const {
  constexpr std::uint64_t kOdd = 0xA0761D6478BD642F;
  std::uint64_t state = seed_ ^ text.size();
  const char* p = text.data();
  std::size_t left = text.size();
  for (; left > 8; p += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    state = mix(state ^ word, kOdd);
  }
  std::uint64_t word = 0;
  std::memcpy(&word, p, left);
  state = mix(state ^ word, kOdd ^ seed_);
  return static_cast<std::uint32_t>(state ^ state >> 32);
}

void Interner::grow() {
  std::vector<Slot> bigger(slots_.size() * 2, Slot{0, kFree});
  const std::size_t mask = bigger.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.number == kFree) continue;
    std::size_t i = slot.hash & mask;
    while (bigger[i].number != kFree) i = (i + 1) & mask;
    bigger[i] = slot;
  }
  slots_ = std::move(bigger);
}

}  // namespace memory_search
