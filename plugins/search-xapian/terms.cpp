#include "terms.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace xapian_search {
namespace {

constexpr std::size_t kMaxPlain = 150;  // Xapian's terms have at most 245 bytes, zeros count twice

std::string digest_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 failed");
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += kHex[digest[i] >> 4u];
    out += kHex[digest[i] & 15u];
  }
  return out;
}

// Plain as far as it fits, so that a database can be looked into with Xapian's own tools.
std::string term(char prefix, std::string_view text) {
  const bool plain = text.size() <= kMaxPlain && text.find('\0') == std::string_view::npos;
  return plain ? std::string{prefix} + std::string(text)
               : std::string{prefix, 'H'} + ":" + digest_of(text);
}

}  // namespace

std::string term_of_id(std::string_view id) { return term('Q', "=" + std::string(id)); }

std::string term_of_facet(std::string_view name, std::string_view value) {
  return term('F', std::to_string(name.size()) + "=" + std::string(name) + std::string(value));
}

std::string folder_of(std::string_view source) {
  return "source-" + digest_of(source).substr(0, 32);
}

}  // namespace xapian_search
