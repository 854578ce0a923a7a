// Secrets at rest in a backup: AES-256-GCM (NIST SP 800-38D) under a key that scrypt (RFC 7914)
// makes of a passphrase. Through OpenSSL.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace govhost::backup {

inline constexpr std::string_view kCipher = "AES-256-GCM", kKdf = "scrypt";
// 128 MiB and about half a second for each guess (OWASP Password Storage Cheat Sheet). A reader
// takes twice of it, and no more: the parameters come from the file.
inline constexpr std::uint64_t kScryptN = std::uint64_t{1} << 17u,
                               kMostScryptN = std::uint64_t{1} << 18u, kScryptR = 8, kScryptP = 1;
inline constexpr std::size_t kLeastPassphrase = 12;  // bytes

// How a text was sealed. Salt and nonce are new for each backup.
struct Sealing {
  std::uint64_t n = kScryptN;
  std::string salt, nonce;  // 16 and 12 bytes in hex
};

// The ciphertext and the tag of 16 bytes behind it; sets salt and nonce.
gov::Result<std::string> seal(std::string_view text, std::string_view passphrase, Sealing& how);
// UNAUTHENTICATED: the passphrase is another one, or the text is not what was sealed.
gov::Result<std::string> unseal(std::string_view sealed, std::string_view passphrase,
                                const Sealing& how);

// Overwrites; the optimiser must not leave it out.
void wipe(std::string& text);

}  // namespace govhost::backup
