// decode_header_value() of mcp/protocol.h.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "mcp/protocol.h"

namespace govhost::mcp {
namespace {

using namespace std::string_literals;

TEST(HeaderValue, IsPlainUnlessItIsMarked) {
  for (const char* value : {"", "tools/call", "=?base64?", "?=", "=?base64?=", "=?base64?QQ==",
                            "QQ==?=", "=?utf-8?q?a?=", " =?base64?QQ==?=", "\xC3\xA9"})
    EXPECT_EQ(decode_header_value(value), value) << value;
}

TEST(HeaderValue, DecodesBase64) {
  const std::pair<const char*, std::string> cases[] = {
      {"=?base64?"
       "?=",
       ""},
      {"=?base64?QQ==?=", "A"},
      {"=?base64?QUI=?=", "AB"},
      {"=?base64?QUJD?=", "ABC"},
      {"=?base64?QUJDRA==?=", "ABCD"},
      {"=?base64?w6k=?=", "\xC3\xA9"},
      {"=?base64?AAAA?=", "\0\0\0"s},
      {"=?base64?AA==?=", "\0"s},
      {"=?base64?+/+/?=", "\xFB\xFF\xBF"},
      {"=?base64?PT9iYXNlNjQ/UVE9PT89?=", "=?base64?QQ==?="}};  // decoded once
  for (const auto& [value, decoded] : cases)
    EXPECT_EQ(decode_header_value(value), decoded) << value;
}

TEST(HeaderValue, RefusesWhatIsNoBase64) {
  for (const char* inner :
       {"Q",        "QQ",       "QQ=",      "QUJDR", "Q===", "====",     "=",          "=QQQ",
        "Q=Q=",     "QQ==QQ==", "QUI=QUJD", "Q Q=",  "    ", "    QUJD", "QUJD    ",   "QUJ\nQUJD",
        "QQ==    ", "QQ\t\t",   "Q-_Q",     "Q*Q=",  "----", "QUJD----", "\xC3\xA9QQ", "QQ?="}) {
    EXPECT_EQ(decode_header_value("=?base64?"s + inner + "?="), std::nullopt) << inner;
  }
  EXPECT_EQ(decode_header_value("=?base64?QQ\0=?="s), std::nullopt);
}

}  // namespace
}  // namespace govhost::mcp
