#include "config/units.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::config {
namespace {

TEST(Duration, IsReadWithItsUnit) {
  const std::pair<const char*, std::int64_t> cases[] = {{"250ms", 250},
                                                        {"30s", 30'000},
                                                        {"5m", 300'000},
                                                        {"2h", 7'200'000},
                                                        {"0s", 0},
                                                        {"007s", 7000},
                                                        {"9223372036854775807ms", INT64_MAX}};
  for (const auto& [text, milliseconds] : cases) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.status().message();
    EXPECT_EQ(parsed->count(), milliseconds) << text;
  }
}

TEST(Duration, IsRefusedWithWhatToWriteInstead) {
  const std::pair<const char*, const char*> cases[] = {
      {"", R"(is empty; write a duration such as "30s")"},
      {"30", R"("30" has no unit; write "30s")"},
      {"s", R"("s" does not begin with a number; write a duration such as "30s")"},
      {"soon", R"("soon" does not begin with a number; write a duration such as "30s")"},
      {"-1s", R"("-1s" is negative)"},
      {"+1s", R"("+1s" does not begin with a number; write a duration such as "30s")"},
      {" 1s", R"(" 1s" does not begin with a number; write a duration such as "30s")"},
      {"1.5s", R"("1.5s" is not a whole number; use a smaller unit)"},
      {"30 s", R"("30 s" has the unknown unit " s"; use ms, s, m, h or d)"},
      {"30sec", R"("30sec" has the unknown unit "sec"; use ms, s, m, h or d)"},
      {"1h30m", R"("1h30m" has the unknown unit "h30m"; use ms, s, m, h or d)"},
      {"9223372036854775808ms", R"("9223372036854775808ms" is too large)"},
      {"9223372036854775807s", R"("9223372036854775807s" is too large)"},
      {"2562047788016h", R"("2562047788016h" is too large)"},
      {"99999999999999999999999h", R"("99999999999999999999999h" is too large)"},
  };
  for (const auto& [text, message] : cases) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.status().message(), message);
  }
}

TEST(Duration, ErrorsStayShortAndPrintable) {
  const auto parsed = parse_duration("1\n" + std::string(5000, 'x'));
  ASSERT_FALSE(parsed);
  EXPECT_LT(parsed.status().message().size(), 200u);
  EXPECT_EQ(parsed.status().message().find('\n'), std::string::npos);
}

TEST(Duration, IsPrintedInTheLargestExactUnit) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "0s"},       {1, "1ms"},      {250, "250ms"},    {1000, "1s"},       {1500, "1500ms"},
      {90'000, "90s"}, {120'000, "2m"}, {3'600'000, "1h"}, {86'400'000, "1d"}, {5'400'000, "90m"}};
  for (const auto& [milliseconds, text] : cases) {
    EXPECT_EQ(print_duration(std::chrono::milliseconds(milliseconds)), text);
    EXPECT_EQ(parse_duration(text)->count(), milliseconds);
  }
}

TEST(Size, IsReadInBothFamiliesOfUnits) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"500", 500},           {"0", 0},
      {"500B", 500},          {"1kB", 1000},
      {"2MB", 2'000'000},     {"1GB", 1'000'000'000},
      {"64KiB", 65'536},      {"8MiB", 8'388'608},
      {"1GiB", 1'073'741'824}};
  for (const auto& [text, bytes] : cases) {
    const auto parsed = parse_size(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.status().message();
    EXPECT_EQ(*parsed, bytes) << text;
  }
}

TEST(Size, IsRefusedWithWhatToWriteInstead) {
  const std::pair<const char*, const char*> cases[] = {
      {"", R"(is empty; write a size such as "8MiB")"},
      {"8mb", R"("8mb" has the unknown unit "mb"; use B, kB, MB, GB, KiB, MiB or GiB)"},
      {"1KB", R"("1KB" has the unknown unit "KB"; use B, kB, MB, GB, KiB, MiB or GiB)"},
      {"1,5MB", R"("1,5MB" is not a whole number; use a smaller unit)"},
      {"MiB", R"("MiB" does not begin with a number; write a size such as "8MiB")"},
      {"9007199254740992MiB", R"("9007199254740992MiB" is too large)"},
      {"9223372036854775808", R"("9223372036854775808" is too large)"},
  };
  for (const auto& [text, message] : cases) {
    const auto parsed = parse_size(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.status().message(), message);
  }
}

TEST(Size, IsPrintedInTheLargestExactPowerOf1024) {
  const std::pair<std::int64_t, const char*> cases[] = {{0, "0"},
                                                        {500, "500"},
                                                        {1000, "1000"},
                                                        {1024, "1KiB"},
                                                        {1 << 20, "1MiB"},
                                                        {(1 << 20) + 1024, "1025KiB"},
                                                        {std::int64_t{3} << 30, "3GiB"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(print_size(bytes), text);
    EXPECT_EQ(*parse_size(text), bytes);
  }
}

}  // namespace
}  // namespace govhost::config
