#include "rfc3339.h"

#include <chrono>

namespace {

// Takes digits and separators off the front of a text; remembers the first that was missing.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    while (digits-- > 0) {
      const char c = next();
      if (c < '0' || c > '9') good_ = false;
      value = value * 10 + (c - '0');
    }
    return value;
  }
  char one_of(std::string_view allowed) {
    const char c = next();
    if (allowed.find(c) == allowed.npos) good_ = false;
    return c;
  }
  // Milliseconds of ".digits" when it is there; further digits are dropped.
  int fraction() {
    if (rest_.empty() || rest_.front() != '.') return 0;
    rest_.remove_prefix(1);
    int value = number(1) * 100;
    for (int unit = 10; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; unit /= 10)
      value += (next() - '0') * unit;
    return value;
  }
  bool at_end() const { return good_ && rest_.empty(); }

 private:
  char next() {
    if (rest_.empty()) {
      good_ = false;
      return '0';
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  if (text.size() > 40) return std::nullopt;
  Reader in(text);
  const int year_number = in.number(4);
  in.one_of("-");
  const int month_number = in.number(2);
  in.one_of("-");
  const int day_number = in.number(2);
  in.one_of("Tt ");
  const int hour = in.number(2);
  in.one_of(":");
  const int minute = in.number(2);
  in.one_of(":");
  const int second = in.number(2);
  const int milli = in.fraction();
  const char zone = in.one_of("Zz+-");
  int offset_minutes = 0;
  if (zone == '+' || zone == '-') {
    const int offset_hour = in.number(2);
    in.one_of(":");
    const int offset_minute = in.number(2);
    if (offset_hour > 23 || offset_minute > 59) return std::nullopt;
    offset_minutes = (offset_hour * 60 + offset_minute) * (zone == '-' ? -1 : 1);
  }
  if (!in.at_end() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const year_month_day date(year(year_number), month(static_cast<unsigned>(month_number)),
                            day(static_cast<unsigned>(day_number)));
  if (!date.ok()) return std::nullopt;
  const auto time = sys_days(date) + hours(hour) + minutes(minute - offset_minutes) +
                    seconds(second) + milliseconds(milli);
  return duration_cast<milliseconds>(time.time_since_epoch()).count();
}
