#include "observe/log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "pipe.h"

namespace govhost {
namespace {

using namespace std::string_literals;
using Json = nlohmann::json;

// A log and what it wrote.
struct Recorder {
  Pipe pipe;
  LineWriter writer{pipe.input()};
  Log log{writer, Level::kInfo};

  std::vector<std::string> lines() {
    EXPECT_TRUE(writer.flush(std::chrono::seconds(10)));
    return lines_of(pipe.available());
  }
  // The one record; parsing also checks that the line is valid UTF-8.
  Json record() {
    const auto all = lines();
    EXPECT_EQ(all.size(), 1u);
    if (all.size() != 1) return Json::object();
    for (const char c : all[0]) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    return Json::parse(all[0]);
  }
};

TEST(Log, WritesOneObjectPerRecord) {
  Recorder r;
  r.log.warn("request.done", "took long",
             {{"text", std::string_view("value")},
              {"number", std::int64_t{-7}},
              {"ratio", 1.5},
              {"flag", true}});
  const Json json = r.record();
  EXPECT_EQ(json["level"], "warn");
  EXPECT_EQ(json["event"], "request.done");
  EXPECT_EQ(json["msg"], "took long");
  EXPECT_EQ(json["text"], "value");
  EXPECT_EQ(json["number"], -7);
  EXPECT_EQ(json["ratio"], 1.5);
  EXPECT_EQ(json["flag"], true);
  EXPECT_EQ(json.size(), 8u);
  const std::string ts = json["ts"];
  EXPECT_EQ(ts.size(), 30u);  // nine digits of a second
  EXPECT_EQ(ts.back(), 'Z');
}

TEST(Log, LeavesOutAnEmptyMessage) {
  Recorder r;
  r.log.info("serve.ready", "");
  EXPECT_FALSE(r.record().contains("msg"));
}

TEST(Log, NoValueCanForgeALine) {
  const std::string evil = "a\n{\"level\":\"error\"}\r\n\x1B[2J\0\x7F\"\\ \xE2\x80\xA8"s;
  Recorder r;
  r.log.info("e", evil, {{"field", std::string_view(evil)}, {evil, std::string_view("name")}});
  const Json json = r.record();
  EXPECT_EQ(json["msg"], evil);
  EXPECT_EQ(json["field"], evil);
  EXPECT_EQ(json[evil], "name");
  EXPECT_EQ(json["level"], "info");
}

TEST(Log, ReplacesInvalidUtf8) {
  Recorder r;
  r.log.info("e", "a\xFFz", {{"field", std::string_view("\xC3(\xED\xA0\x80")}});
  const Json json = r.record();
  EXPECT_EQ(json["msg"], "a\xEF\xBF\xBDz");
  EXPECT_EQ(json["field"], "\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Log, CutsLongValuesBetweenCharacters) {
  Recorder r;
  std::string long_text = "x";
  for (int i = 0; i < 5000; ++i) long_text += "\xC3\xA9";
  r.log.info("e", long_text, {{"field", std::string_view(long_text)}});
  const Json json = r.record();
  const std::string field = json["field"];
  EXPECT_EQ(field, long_text.substr(0, 2047));  // 2048 would cut a character
  EXPECT_EQ(json["msg"], field);
}

TEST(Log, EveryNumberIsJson) {
  using Double = std::numeric_limits<double>;
  for (const double number :
       {0.0, -0.0, 0.0004, -1.25, 1e15, 1e30, Double::max(), Double::lowest(), Double::denorm_min(),
        Double::infinity(), -Double::infinity(), Double::quiet_NaN()}) {
    Recorder r;
    r.log.info("e", "", {{"n", number}, {"i", std::numeric_limits<std::int64_t>::min()}});
    const auto lines = r.lines();
    ASSERT_EQ(lines.size(), 1u);
    const Json json = Json::parse(lines[0], nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << number << ": " << testing::PrintToString(lines[0]);
    if (std::isfinite(number)) {
      EXPECT_NEAR(json["n"].get<double>(), number, 0.0005 + std::abs(number) * 1e-9);
    }
    EXPECT_EQ(json["i"], std::numeric_limits<std::int64_t>::min());
  }
}

TEST(Log, KeepsRecordsOfItsLevelAndAbove) {
  Recorder r;
  const auto write_all = [&] {
    for (const Level level :
         {Level::kTrace, Level::kDebug, Level::kInfo, Level::kWarn, Level::kError})
      r.log.write(level, name_of(level), "");
    std::string kept;
    for (const std::string& line : r.lines())
      kept += Json::parse(line)["event"].get<std::string>() + " ";
    return kept;
  };
  EXPECT_EQ(write_all(), "info warn error ");
  r.log.set_level(Level::kError);
  EXPECT_FALSE(r.log.on(Level::kWarn));
  EXPECT_EQ(write_all(), "error ");
  r.log.set_level(Level::kTrace);
  EXPECT_TRUE(r.log.on(Level::kTrace));
  EXPECT_EQ(write_all(), "trace debug info warn error ");
}

TEST(Log, KnowsItsLevelsByName) {
  for (const Level level :
       {Level::kTrace, Level::kDebug, Level::kInfo, Level::kWarn, Level::kError})
    EXPECT_EQ(parse_level(name_of(level)), level);
  for (const char* name : {"", "INFO", "warning", "info ", "fatal"})
    EXPECT_EQ(parse_level(name), std::nullopt);
}

TEST(Log, RecordsOfManyThreadsStayWhole) {
  Recorder r;
  std::vector<std::thread> threads;
  for (std::int64_t t = 0; t < 4; ++t)
    threads.emplace_back([&r, t] {
      for (std::int64_t i = 0; i < 50; ++i) r.log.info("e", "message", {{"thread", t}, {"i", i}});
    });
  for (std::thread& thread : threads) thread.join();
  std::vector<std::int64_t> next(4, 0);
  for (const std::string& line : r.lines()) {
    const Json json = Json::parse(line);
    EXPECT_EQ(json["i"], next[json["thread"].get<std::size_t>()]++);
  }
  EXPECT_EQ(next, std::vector<std::int64_t>(4, 50));
}

}  // namespace
}  // namespace govhost
