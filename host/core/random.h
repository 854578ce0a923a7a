// Identifiers that must not be guessed or repeated.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace govhost {

// Fills from the kernel's generator (getrandom(2)).
void random_bytes(std::span<std::uint8_t> out);

// A UUID version 7 (RFC 9562, 5.7): sorts by time. Unique, not secret: its random bits come from a
// per-thread generator, because one system call per request would cost more than the request.
std::string new_uuid7();

}  // namespace govhost
