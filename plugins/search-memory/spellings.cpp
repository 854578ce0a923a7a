#include "spellings.h"

#include <algorithm>
#include <array>
#include <bit>

namespace memory_search {
namespace {

constexpr std::size_t kShortest = 4, kLongest = 32;

// Bytes of other letters share the places of a few ASCII ones: the mask only rules words out.
std::uint32_t letters_of(std::string_view word) {
  std::uint32_t mask = 0;
  for (const char c : word) mask |= 1u << (static_cast<unsigned char>(c) - 'a') % 26u;
  return mask | static_cast<std::uint32_t>(word.size()) << 26u;
}

constexpr std::uint32_t kMask = (1u << 26u) - 1;

}  // namespace

bool Spellings::worth_keeping(std::string_view word) {
  return word.size() >= kShortest && word.size() <= kLongest &&
         std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
         });
}

void Spellings::add(std::string_view word, std::uint32_t term) {
  words_.add(word);
  terms_.push_back(term);
  letters_.push_back(letters_of(word));
}

std::size_t Spellings::bytes() const {
  return words_.bytes() + (terms_.capacity() + letters_.capacity()) * sizeof(std::uint32_t);
}

void Spellings::shrink() {
  words_.shrink();
  terms_.shrink_to_fit();
  letters_.shrink_to_fit();
}

void Spellings::nearest(std::string_view word, std::uint32_t& most,
                        std::vector<std::string_view>& out,
                        const std::function<bool(std::uint32_t term)>& wanted) const {
  const std::uint32_t letters = letters_of(word);
  const auto size = static_cast<int>(word.size());
  for (std::uint32_t i = 0; i < letters_.size(); ++i) {
    // One error changes at most two letters of the set and one of the length.
    if (std::popcount((letters_[i] ^ letters) & kMask) > static_cast<int>(2 * most)) continue;
    if (std::abs(static_cast<int>(letters_[i] >> 26u) - size) > static_cast<int>(most)) continue;
    const std::uint32_t errors = typing_errors(word, words_[i], most);
    if (errors > most || !wanted(terms_[i])) continue;
    if (errors < most) out.clear();
    most = errors;
    out.push_back(words_[i]);
  }
}

std::uint32_t typing_errors(std::string_view a, std::string_view b, std::uint32_t most) {
  std::array<std::array<std::uint32_t, kLongest + 1>, 3> rows;
  for (std::uint32_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::uint32_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& further = rows[(i + 1) % 3];
    std::uint32_t least = row[0] = i;
    for (std::uint32_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], further[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > most) return most + 1;
  }
  return std::min(rows[a.size() % 3][b.size()], most + 1);
}

}  // namespace memory_search
