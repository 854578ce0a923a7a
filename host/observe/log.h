// The log: one JSON object per line on standard error. Field names follow the log contract in
// docs/operations/logs.md; control characters are escaped by the writer, so no value can forge a
// line.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "observe/line_writer.h"
#include "observe/recent.h"

namespace govhost {

enum class Level : int { kTrace = 0, kDebug, kInfo, kWarn, kError };

std::string_view name_of(Level level);
std::optional<Level> parse_level(std::string_view name);

struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

// Thread-safe. Writing never blocks.
class Log {
 public:
  Log(LineWriter& out, Level level) : out_(out), level_(static_cast<int>(level)) {}

  bool on(Level level) const {
    return static_cast<int>(level) >= level_.load(std::memory_order_relaxed);
  }
  Level level() const { return static_cast<Level>(level_.load(std::memory_order_relaxed)); }
  void set_level(Level level) { level_.store(static_cast<int>(level), std::memory_order_relaxed); }

  // `event` is a dotted name from the closed list of the contract ("request.done").
  void write(Level level, std::string_view event, std::string_view message,
             std::span<const LogField> fields);
  void write(Level level, std::string_view event, std::string_view message,
             std::initializer_list<LogField> fields = {}) {
    write(level, event, message, std::span(fields.begin(), fields.size()));
  }
  void info(std::string_view e, std::string_view m, std::initializer_list<LogField> f = {}) {
    write(Level::kInfo, e, m, f);
  }
  void warn(std::string_view e, std::string_view m, std::initializer_list<LogField> f = {}) {
    write(Level::kWarn, e, m, f);
  }
  void error(std::string_view e, std::string_view m, std::initializer_list<LogField> f = {}) {
    write(Level::kError, e, m, f);
  }

  LineWriter& out() { return out_; }
  // Warnings and errors.
  const RecentLines& recent() const { return recent_; }

 private:
  LineWriter& out_;
  std::atomic<int> level_;
  RecentLines recent_;
};

}  // namespace govhost
