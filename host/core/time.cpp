#include "core/time.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <limits>
#include <system_error>

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

std::int64_t unix_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string to_rfc3339(std::chrono::system_clock::time_point time, bool fraction) {
  std::string out;
  append_rfc3339(out, time, fraction);
  return out;
}

namespace {

// Reads text from the front; the first thing that is not there makes it bad for good.
struct Scanner {
  std::string_view rest;
  bool good = true;

  int number(std::size_t digits, int least, int most) {
    int value = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + std::min(digits, rest.size()), value);
    good = good && rest.size() >= digits && rest[0] != '-' && error == std::errc() &&
           end == rest.data() + digits && value >= least && value <= most;
    if (good) rest.remove_prefix(digits);
    return value;
  }
  bool maybe(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(char c) { good = maybe(c) && good; }
};

}  // namespace

std::optional<std::chrono::system_clock::time_point> from_rfc3339(std::string_view text) {
  using namespace std::chrono;
  Scanner in{text};
  const int y = in.number(4, 1970, 9999);
  in.expect('-');
  const int m = in.number(2, 1, 12);
  in.expect('-');
  const int d = in.number(2, 1, 31);
  const year_month_day date =
      year(y) / month(static_cast<unsigned>(m)) / day(static_cast<unsigned>(d));
  if (!in.good || !date.ok() || y > 2200) return std::nullopt;  // what the clock can hold
  const auto midnight = time_point_cast<seconds>(sys_days(date));
  if (in.rest.empty()) return midnight + hours(24) - nanoseconds(1);
  if (!in.maybe('T') && !in.maybe('t')) in.expect(' ');
  nanoseconds time = hours(in.number(2, 0, 23));
  in.expect(':');
  time += minutes(in.number(2, 0, 59));
  if (in.maybe(':')) time += seconds(in.number(2, 0, 60));
  if (in.maybe('.')) {
    // The first digit must be there; beyond nanoseconds they count for nothing.
    nanoseconds unit = milliseconds(100);
    time += unit * in.number(1, 0, 9);
    for (; !in.rest.empty() && in.rest[0] >= '0' && in.rest[0] <= '9'; in.rest.remove_prefix(1))
      time += (unit /= 10) * (in.rest[0] - '0');
  }
  if (in.maybe('Z') || in.maybe('z'))
    return in.good && in.rest.empty() ? std::optional(system_clock::time_point(midnight + time))
                                      : std::nullopt;
  const bool west = in.maybe('-');
  if (!west) in.expect('+');
  seconds offset = hours(in.number(2, 0, 23));
  in.expect(':');
  offset += minutes(in.number(2, 0, 59));
  if (!in.good || !in.rest.empty()) return std::nullopt;
  return midnight + time + (west ? offset : -offset);
}

}  // namespace govhost
