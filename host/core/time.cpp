#include "core/time.h"

#include <ctime>
#include <limits>

namespace govhost {
namespace {

constexpr std::size_t kToSeconds = 19;  // "2026-01-31T09:30:00"

struct Second {
  std::time_t time = std::numeric_limits<std::time_t>::min();  // no second that a clock shows
  char text[kToSeconds + 1] = {};
};

// Log lines of one second share all but the fraction, and strftime costs more than the rest of one.
std::string_view text_of(std::time_t seconds) {
  static thread_local Second cached;
  if (cached.time != seconds) {
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::strftime(cached.text, sizeof cached.text, "%Y-%m-%dT%H:%M:%S", &utc);
    cached.time = seconds;
  }
  return {cached.text, kToSeconds};
}

}  // namespace

void append_rfc3339(std::string& out, std::chrono::system_clock::time_point time, bool fraction) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  out += text_of(std::chrono::system_clock::to_time_t(whole));
  if (fraction) {
    auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(time - whole).count();
    char digits[10];
    for (int i = 9; i > 0; --i, ns /= 10) digits[i] = static_cast<char>('0' + ns % 10);
    digits[0] = '.';
    out.append(digits, sizeof digits);
  }
  out += 'Z';
}

std::string to_rfc3339(std::chrono::system_clock::time_point time, bool fraction) {
  std::string out;
  append_rfc3339(out, time, fraction);
  return out;
}

}  // namespace govhost
