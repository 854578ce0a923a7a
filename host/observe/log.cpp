#include "observe/log.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>

#include "core/json_text.h"
#include "core/scrub.h"
#include "core/time.h"
#include "core/utf8.h"

namespace govhost {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"trace", "debug", "info", "warn", "error"};
constexpr std::size_t kMaxValue = 2048;  // bytes of one text field; the rest is cut

void append_text(std::string& line, std::string_view text) {
  if (text.size() > kMaxValue) text = utf8_prefix(text, kMaxValue);
  append_json_string(line, is_plain(text) || is_utf8(text) ? text : to_valid_utf8(text));
}

struct AppendValue {
  std::string& line;
  void operator()(std::string_view text) const { append_text(line, text); }
  void operator()(std::int64_t number) const { append_number(line, number); }
  void operator()(bool flag) const { line += flag ? "true" : "false"; }
  void operator()(double number) const {
    // Times and rates, at a fifth of what the general way costs.
    if (number >= 0 && number < 1e12) {
      const auto thousandths = static_cast<std::int64_t>(number * 1000 + 0.5);
      append_number(line, thousandths / 1000);
      const auto rest = static_cast<int>(thousandths % 1000);
      line += {'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
               static_cast<char>('0' + rest % 10)};
      return;
    }
    char digits[320];  // the largest number has 309 digits before the point
    if (!std::isfinite(number)) number = 0;
    const auto end =
        std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed, 3).ptr;
    line.append(digits, end);
  }
};

}  // namespace

std::string_view name_of(Level level) { return kNames[static_cast<std::size_t>(level)]; }

std::optional<Level> parse_level(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Level>(i);
  return std::nullopt;
}

void Log::write(Level level, std::string_view event, std::string_view message,
                std::span<const LogField> fields) {
  if (!on(level)) return;
  static thread_local std::string line;  // reused: a line needs no allocation
  line.assign(R"({"ts":")");
  append_rfc3339(line, std::chrono::system_clock::now(), true);
  line += R"(","level":")";
  line += name_of(level);
  line += R"(","event":")";
  line += event;
  line += '"';
  if (!message.empty()) {
    line += R"(,"msg":)";
    append_text(line, message);
  }
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(line, field.name);  // a plugin may have chosen it
    line += ':';
    std::visit(AppendValue{line}, field.value);
  }
  line += "}\n";
  scrub(line);
  if (level >= Level::kWarn) recent_.add(line);
  out_.append(line, level == Level::kError);
}

}  // namespace govhost
