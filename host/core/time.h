// Times as text.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace govhost {

std::int64_t unix_seconds();  // now

// RFC 3339 in UTC: "2026-01-31T09:30:00.123456789Z" (nine digits) or "...Z" without a fraction.
// Years 0 to 9999.
std::string to_rfc3339(std::chrono::system_clock::time_point time, bool fraction = false);
void append_rfc3339(std::string& out, std::chrono::system_clock::time_point time, bool fraction);

// RFC 3339, with seconds and fraction optional ("2026-01-31T09:30Z"), or a date alone, which means
// its last nanosecond in UTC: what held on that day in the end. nullopt for anything else.
std::optional<std::chrono::system_clock::time_point> from_rfc3339(std::string_view text);

}  // namespace govhost
