#include "core/time.h"

#include <cstdio>
#include <ctime>

namespace govhost {

std::string to_rfc3339(std::chrono::system_clock::time_point time, bool fraction) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[64];
  std::size_t n = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  if (fraction) {
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(time - whole).count();
    n += static_cast<std::size_t>(
        std::snprintf(text + n, sizeof text - n, ".%09lld", static_cast<long long>(ns)));
  }
  return std::string(text, n) + "Z";
}

}  // namespace govhost
