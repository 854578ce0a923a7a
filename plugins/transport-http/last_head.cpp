#include "last_head.h"

#include <algorithm>
#include <cstring>

namespace transport_http {

void LastHead::watch(const char* bytes, std::size_t size) {
  raw_.assign(bytes, std::min(size, kMax));
  parsed_.clear();
}

void LastHead::keep(const char* bytes, std::size_t size) {
  // Of a head that came in pieces the first one was watched only.
  if (size > raw_.size()) return;
  raw_.resize(size);
  parsed_.assign(bytes, size);
}

bool LastHead::repeats(char* bytes, std::size_t size) const {
  const std::size_t own = parsed_.size();
  if (own == 0 || size < own || std::memcmp(bytes, raw_.data(), own) != 0) return false;
  std::memcpy(bytes, parsed_.data(), own);
  return true;
}

}  // namespace transport_http
