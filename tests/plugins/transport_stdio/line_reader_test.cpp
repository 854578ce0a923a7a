#include "plugins/transport-stdio/line_reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

using transport_stdio::LineReader;

// All that a reader finds when the input comes in pieces of `step` bytes; "!" for a line too long.
std::vector<std::string> read_all(std::string_view input, std::size_t step,
                                  std::size_t max_line = 1000) {
  LineReader reader(max_line);
  std::vector<std::string> found;
  bool ended = false;
  for (;;) {
    std::string_view line;
    switch (reader.next(line)) {
      case LineReader::Next::kLine: found.emplace_back(line); continue;
      case LineReader::Next::kTooLong: found.emplace_back("!"); continue;
      case LineReader::Next::kNeedMore: break;
    }
    if (ended) return found;
    const std::size_t n = std::min({step, input.size(), reader.space().size()});
    if (n > 0) std::memcpy(reader.space().data(), input.data(), n);
    reader.commit(n);
    input.remove_prefix(n);
    if (input.empty()) {
      reader.end();
      ended = true;
    }
  }
}

struct Case {
  std::string input;
  std::vector<std::string> lines;
};

TEST(LineReader, SplitsTheSameWayHoweverTheInputIsCut) {
  const std::string long_line(1001, 'x');
  const std::string fits(1000, 'y');
  const Case cases[] = {
      {"", {}},
      {"a\nb\n", {"a", "b"}},
      {"a\r\nb\r\n", {"a", "b"}},
      {"a\nb", {"a", "b"}},
      {"a\r\nb\r", {"a", "b"}},
      {"\n\r\n\na\n\n", {"a"}},
      {"\xEF\xBB\xBF{}\n\xEF\xBB\xBFx\n", {"{}", "\xEF\xBB\xBFx"}},
      {"\xEF\xBB\xBF", {}},
      {"a\rb\n", {"a\rb"}},
      {fits + "\nz\n", {fits, "z"}},
      {fits + "\r\nz\n", {fits, "z"}},
      {long_line + "\nz\n", {"!", "z"}},
      {long_line + long_line + "\n" + long_line + "\nz", {"!", "!", "z"}},
      {"a\n" + long_line, {"a", "!"}},
      {std::string("a\0b\n", 4), {std::string("a\0b", 3)}},
  };
  for (const Case& c : cases) {
    for (const std::size_t step : {1, 2, 3, 7, 64, 5000}) {
      EXPECT_EQ(read_all(c.input, step), c.lines) << "in steps of " << step << ": " << c.input;
    }
  }
}

TEST(LineReader, KeepsLinesOfManyMegabytes) {
  const std::string line(5u << 20u, 'm');
  const auto found = read_all(line + "\n" + line + "\nend", 64u << 10u, 6u << 20u);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0], line);
  EXPECT_EQ(found[1], line);
  EXPECT_EQ(found[2], "end");
}

}  // namespace
