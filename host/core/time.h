// Times as text.
#pragma once

#include <chrono>
#include <string>

namespace govhost {

// RFC 3339 in UTC: "2026-01-31T09:30:00.123456789Z" (nine digits) or "...Z" without a fraction.
// Years 0 to 9999.
std::string to_rfc3339(std::chrono::system_clock::time_point time, bool fraction = false);
void append_rfc3339(std::string& out, std::chrono::system_clock::time_point time, bool fraction);

}  // namespace govhost
