#include "mcp/json.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::mcp {
namespace {

std::string nested(std::size_t depth, const char* open = "[", const char* close = "]") {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(ParseJson, ReadsOneJsonText) {
  EXPECT_EQ(parse_json("{}"), Json::object());
  EXPECT_EQ(parse_json(" [1, \"a\", null] \n"), (Json{1, "a", nullptr}));
  EXPECT_EQ(parse_json("\"\\u00e9\""), Json("\xC3\xA9"));
  EXPECT_EQ(parse_json("\"\\ud83d\\ude00\""), Json("\xF0\x9F\x98\x80"));
  EXPECT_EQ(parse_json("0"), Json(0));
}

TEST(ParseJson, RefusesWhatIsNone) {
  for (const char* text : {"",         " ",         "{",          "}",           "{} {}",
                           "{}x",      "[1,]",      "{\"a\":1,}", "{a:1}",       "'a'",
                           "nul",      "NaN",       "Infinity",   "01",          "+1",
                           "1.",       ".5",        "0x1",        "1e999",       "\"\n\"",
                           "\"\x01\"", "\"\\x41\"", "\"\\u12\"",  "\"abc",       "// comment\n{}",
                           "/**/{}",   "[1 2]",     "{\"a\" 1}",  "\"\\ud83d\"", "\"\\ude00\""})
    EXPECT_EQ(parse_json(text), std::nullopt) << text;
  EXPECT_EQ(parse_json(std::string_view("{}\0", 3)), std::nullopt);
}

TEST(ParseJson, RefusesInvalidUtf8) {
  for (const char* bytes : {"\"\xFF\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"\xE2\x82\"",
                            "\"\xF4\x90\x80\x80\"", "{\"\xC3\":1}", "\xFF"})
    EXPECT_EQ(parse_json(bytes), std::nullopt) << bytes;
}

TEST(ParseJson, FollowsThirtyTwoLevels) {
  EXPECT_TRUE(parse_json(nested(32)));
  EXPECT_FALSE(parse_json(nested(33)));
  EXPECT_TRUE(parse_json(nested(31, "{\"a\":", "}").insert(31 * 5, "1")));
  EXPECT_TRUE(parse_json(nested(32, "{\"a\":", "}").insert(32 * 5, "1")));
  EXPECT_FALSE(parse_json(nested(33, "{\"a\":", "}").insert(33 * 5, "1")));
  EXPECT_FALSE(parse_json(nested(1'000'000)));  // would overflow the stack of whoever walks it
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
}

TEST(ParseJson, CountsLevelsAndNotBrackets) {
  std::string wide = "[";
  for (int i = 0; i < 1000; ++i) wide += "[{}],";
  EXPECT_TRUE(parse_json(wide + "0]"));
  const std::string brackets(100, '[');
  EXPECT_TRUE(parse_json("[\"" + brackets + "\"]"));
  EXPECT_TRUE(parse_json("[\"\\\"" + brackets + "\\\\\"]"));
  // A string that ends behind an escaped backslash: what follows is structure.
  EXPECT_FALSE(parse_json("[\"\\\\\"," + nested(32) + "]"));
  EXPECT_FALSE(parse_json("]]]]" + nested(33)));
}

TEST(ParseJson, OfANameThatComesTwiceTheLastValueCounts) {
  EXPECT_EQ(parse_json(R"({"a":1,"b":2,"a":3})"), (Json{{"a", 3}, {"b", 2}}));
  EXPECT_EQ(parse_json(R"({"a":{"b":1},"a":{"c":2},"\u0061":[3]})"), (Json{{"a", {3}}}));
  EXPECT_EQ(parse_json(R"({"a":[1],"a":{}})"), (Json{{"a", Json::object()}}));
}

TEST(ParseJson, KeepsIntegersExactly) {
  for (const char* number :
       {"0", "-1", "9007199254740993", "18446744073709551615", "-9223372036854775808"})
    EXPECT_EQ(parse_json(number)->dump(), number);
  EXPECT_TRUE(parse_json("5")->is_number_unsigned());
  for (const char* number : {"18446744073709551616", "1.0", "1e2", "-0.0"})
    EXPECT_TRUE(parse_json(number)->is_number_float()) << number;
}

// A text that comes to a parser in pieces of its own making.
TEST(ParseJson, ReadsLongTextsAndNamesWhole) {
  const std::string text(100'000, 'x'),
      escaped = text + R"(\n)" + text + R"(\u00e9\ud83d\ude00)" + text;
  const auto json = parse_json("{\"" + text + R"(\\)" + text + "\":\"" + escaped + "\"}");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->begin().key(), text + '\\' + text);
  EXPECT_EQ(json->begin().value(), text + "\n" + text + "\xC3\xA9\xF0\x9F\x98\x80" + text);
}

TEST(Member, IsFoundInObjectsOnly) {
  const Json object{{"text", "value"}, {"number", 1}, {"null", nullptr}};
  EXPECT_EQ(*member(object, "text"), "value");
  EXPECT_TRUE(member(object, "null")->is_null());
  EXPECT_EQ(member(object, "missing"), nullptr);
  for (const Json& other : {Json::array({1}), Json("text"), Json(1), Json(nullptr)})
    EXPECT_EQ(member(other, "text"), nullptr);
  EXPECT_EQ(*text_member(object, "text"), "value");
  for (const char* name : {"number", "null", "missing"})
    EXPECT_EQ(text_member(object, name), nullptr) << name;
}

}  // namespace
}  // namespace govhost::mcp
