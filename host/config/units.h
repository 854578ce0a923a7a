// Durations and sizes as operators write them: "250ms", "30s", "5m", "2h"; "500", "64kB", "8MiB".
#pragma once

#include <gov/status.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace govhost::config {

// Whole numbers with a unit, one of ms, s, m, h, d. The error repeats the text and says what to
// write.
gov::Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// Whole numbers of bytes, or with a unit: B, kB, MB, GB (powers of 1000), KiB, MiB, GiB.
gov::Result<std::int64_t> parse_size(std::string_view text);

// The shortest exact form: 90'000 ms is "90s", 3'600'000 ms is "1h".
std::string print_duration(std::chrono::milliseconds duration);
std::string print_size(std::int64_t bytes);  // 1'048'576 is "1MiB", 1000 is "1000"

}  // namespace govhost::config
