// Times as RFC 3339 writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// "2027-01-31T09:30:00Z", "...00.25+02:00" as Unix time in milliseconds; nullopt for anything else.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);
