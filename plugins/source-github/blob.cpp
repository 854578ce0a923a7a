#include "blob.h"

#include <openssl/evp.h>

#include <array>

namespace github {

std::string blob_id(std::string_view bytes) {
  std::string whole = "blob " + std::to_string(bytes.size());
  whole += '\0';
  whole += bytes;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(whole.data(), whole.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
    return {};  // equals the name of no blob
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4u];
    hex += "0123456789abcdef"[digest[i] & 15u];
  }
  return hex;
}

}  // namespace github
