// The head of a connection's last request. Most clients send the same one each time, and to compare
// it costs a twentieth of parsing and judging it.
#pragma once

#include <cstddef>
#include <string>

namespace transport_http {

// What the parser makes of a head depends on its bytes alone, so equal bytes need no parser. One
// thread.
class LastHead {
 public:
  // Heads that are longer are parsed each time: this much memory twice a connection.
  static constexpr std::size_t kMax = 1024;

  // Forgets the last head and keeps the first bytes of a request that is about to be parsed.
  void watch(const char* bytes, std::size_t size);
  // The request that was watched has a head of `size` bytes, which the parser has changed in place.
  void keep(const char* bytes, std::size_t size);
  // Whether the bytes begin with the last head; if so they become what the parser made of it.
  bool repeats(char* bytes, std::size_t size) const;
  std::size_t size() const { return parsed_.size(); }

 private:
  std::string raw_, parsed_;  // the second empty: no head is known
};

}  // namespace transport_http
