#include "config/units.h"

#include "config/names.h"

#include <charconv>
#include <limits>
#include <span>
#include <system_error>

namespace govhost::config {
namespace {

struct Suffix {
  std::string_view name;
  std::int64_t factor;
};

constexpr Suffix kDurations[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr Suffix kSizes[] = {
    {"", 1},          {"B", 1},         {"kB", 1000},    {"MB", 1'000'000}, {"GB", 1'000'000'000},
    {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};

// What differs between the two families in their errors.
struct Family {
  std::span<const Suffix> units;
  std::string_view example;  // a good value
  std::string_view known;    // the units in words
  std::string_view no_unit;  // to be written after a bare number
};

constexpr Family kDuration{kDurations, "a duration such as \"30s\"", "ms, s, m, h or d", "s"};
constexpr Family kSize{kSizes, "a size such as \"8MiB\"", "B, kB, MB, GB, KiB, MiB or GiB", ""};

bool is_decimal(char c) { return c >= '0' && c <= '9'; }

const Suffix* find_unit(const Family& family, std::string_view name) {
  for (const Suffix& unit : family.units)
    if (unit.name == name) return &unit;
  return nullptr;
}

gov::Result<std::int64_t> parse(const Family& family, std::string_view text) {
  const std::string shown = in_quotes(text);
  if (text.empty()) return gov::invalid("is empty; write " + std::string(family.example));
  if (text.front() == '-') return gov::invalid(shown + " is negative");

  std::size_t digits = 0;
  while (digits < text.size() && is_decimal(text[digits])) ++digits;
  const std::string_view number = text.substr(0, digits);
  const std::string_view unit_name = text.substr(digits);
  if (number.empty())
    return gov::invalid(shown + " does not begin with a number; write " +
                        std::string(family.example));
  if (!unit_name.empty() && (unit_name.front() == '.' || unit_name.front() == ','))
    return gov::invalid(shown + " is not a whole number; use a smaller unit");

  const Suffix* unit = find_unit(family, unit_name);
  if (unit == nullptr && unit_name.empty())
    return gov::invalid(shown + " has no unit; write " +
                        in_quotes(std::string(number) + std::string(family.no_unit)));
  if (unit == nullptr)
    return gov::invalid(shown + " has the unknown unit " + in_quotes(unit_name) + "; use " +
                        std::string(family.known));

  std::int64_t value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  if (parsed.ec != std::errc() || value > std::numeric_limits<std::int64_t>::max() / unit->factor)
    return gov::invalid(shown + " is too large");
  return value * unit->factor;
}

}  // namespace

gov::Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto value = parse(kDuration, text);
  if (!value) return value.status();
  return std::chrono::milliseconds(*value);
}

gov::Result<std::int64_t> parse_size(std::string_view text) { return parse(kSize, text); }

std::string print_duration(std::chrono::milliseconds duration) {
  const std::int64_t value = duration.count();
  if (value == 0) return "0s";
  const Suffix* best = &kDurations[0];
  for (const Suffix& unit : kDurations)
    if (value % unit.factor == 0) best = &unit;
  return std::to_string(value / best->factor) + std::string(best->name);
}

std::string print_size(std::int64_t bytes) {
  for (const std::string_view name : {"GiB", "MiB", "KiB"}) {
    const Suffix* unit = find_unit(kSize, name);
    if (bytes != 0 && bytes % unit->factor == 0)
      return std::to_string(bytes / unit->factor) + std::string(name);
  }
  return std::to_string(bytes);
}

}  // namespace govhost::config
