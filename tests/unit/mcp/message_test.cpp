#include "mcp/message.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "mcp/trace.h"

namespace govhost::mcp {
namespace {

Message read(const std::string& text) {
  auto json = parse_json(text);
  EXPECT_TRUE(json) << text;
  return read_message(json ? std::move(*json) : Json());
}

std::string with_id(const std::string& id) {
  return R"({"jsonrpc":"2.0","method":"ping","id":)" + id + "}";
}

TEST(Trace, IsThatOfAValidTraceparent) {
  const auto trace = [](const std::string& text) {
    const Message m =
        read(R"({"jsonrpc":"2.0","id":7,"method":"ping","params":{"_meta":{"traceparent":)" + text +
             "}}}");
    return std::string(trace_id_of(m));
  };
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736",
                    good = "00-" + id + "-00f067aa0ba902b7-01";
  EXPECT_EQ(trace("\"" + good + "\""), id);
  EXPECT_EQ(trace("\"01" + good.substr(2) + "-more\""), id) << "a later version";
  for (const std::string& bad :
       {good + "-more", "ff" + good.substr(2), good.substr(1),
        std::string("00-") + std::string(32, '0') + good.substr(35),
        good.substr(0, 36) + std::string(16, '0') + "-01",
        good.substr(0, 10) + "G" + good.substr(11), std::string(), std::string(55, '-')})
    EXPECT_EQ(trace("\"" + bad + "\""), "") << bad;
  EXPECT_EQ(trace("7"), "");
  EXPECT_EQ(std::string(trace_id_of(read(R"({"jsonrpc":"2.0","id":7,"method":"ping"})"))), "");
}

TEST(Message, ARequestHasAnIdAndAMethod) {
  const Message m = read(
      R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x","_meta":{"k":1}}})");
  EXPECT_EQ(m.kind, MessageKind::kRequest);
  EXPECT_EQ(m.id, "7");
  EXPECT_EQ(m.method, "tools/call");
  EXPECT_EQ(m.params().at("name"), "x");
  EXPECT_EQ(m.meta().at("k"), 1);
}

TEST(Message, ANotificationHasNoId) {
  const Message m = read(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  EXPECT_EQ(m.kind, MessageKind::kNotification);
  EXPECT_EQ(m.id, "");
  EXPECT_EQ(m.params(), Json::object());
  EXPECT_EQ(m.meta(), Json::object());
}

TEST(Message, AResponseHasAResultOrAnErrorAndNoMethod) {
  EXPECT_EQ(read(R"({"jsonrpc":"2.0","id":1,"result":{}})").kind, MessageKind::kResponse);
  EXPECT_EQ(read(R"({"jsonrpc":"2.0","id":"a","error":{"code":1,"message":"m"}})").kind,
            MessageKind::kResponse);
  EXPECT_EQ(read(R"({"jsonrpc":"2.0","error":{}})").kind, MessageKind::kResponse);
  EXPECT_EQ(read(R"({"jsonrpc":"2.0","id":1,"method":"ping","result":{}})").kind,
            MessageKind::kRequest);
}

TEST(Message, IdsAreStringsOrIntegers) {
  const std::pair<const char*, const char*> cases[] = {
      {"0", "0"},
      {"-5", "-5"},
      {"9007199254740993", "9007199254740993"},  // no double holds it
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"18446744073709551615", "18446744073709551615"},
      {R"("")", R"("")"},
      {R"("7")", R"("7")"},
      {R"("a\"b\\c\n")", R"("a\"b\\c\n")"},
      {"\"\xC3\xA9\"", "\"\xC3\xA9\""}};
  for (const auto& [id, kept] : cases) {
    const Message m = read(with_id(id));
    EXPECT_EQ(m.kind, MessageKind::kRequest) << id;
    EXPECT_EQ(m.id, kept);
  }
}

// null, fractions, and integers that would not come back as they were.
TEST(Message, OtherIdsAreRefused) {
  for (const char* id :
       {"null", "1.5", "1.0", "1e2", "-0.0", "18446744073709551616", "-9223372036854775809",
        "100000000000000000000000000000", "true", "[]", "{}", "[1]"}) {
    const Message m = read(with_id(id));
    EXPECT_EQ(m.kind, MessageKind::kInvalid) << id;
    EXPECT_STREQ(m.fault, "id must be a string or an integer");
    EXPECT_EQ(m.id, "") << "an unusable id must not be sent back";
  }
}

TEST(Message, SaysWhatIsInvalid) {
  const std::pair<const char*, const char*> cases[] = {
      {"1", "a message must be a JSON object"},
      {"\"text\"", "a message must be a JSON object"},
      {"null", "a message must be a JSON object"},
      {"{}", "jsonrpc must be \"2.0\""},
      {R"({"jsonrpc":2.0,"id":1,"method":"ping"})", "jsonrpc must be \"2.0\""},
      {R"({"jsonrpc":"1.0","id":1,"method":"ping"})", "jsonrpc must be \"2.0\""},
      {R"({"jsonrpc":"2.0"})", "method must be a string"},
      {R"({"jsonrpc":"2.0","id":1})", "method must be a string"},
      {R"({"jsonrpc":"2.0","id":1,"method":5})", "method must be a string"},
      {R"({"jsonrpc":"2.0","id":1,"method":null,"result":{}})", "method must be a string"},
      {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})", "params must be an object"},
      {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":null})", "params must be an object"},
      {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":"x"})", "params must be an object"}};
  for (const auto& [text, fault] : cases) {
    const Message m = read(text);
    EXPECT_EQ(m.kind, MessageKind::kInvalid) << text;
    EXPECT_STREQ(m.fault, fault) << text;
  }
}

// So that the error reaches whoever asked.
TEST(Message, AnInvalidRequestKeepsItsId) {
  EXPECT_EQ(read(R"({"id":"a","method":"ping"})").id, "\"a\"");
  EXPECT_EQ(read(R"({"jsonrpc":"2.0","id":3,"method":5})").id, "3");
}

TEST(Message, OddParamsAndMetaCountAsNone) {
  Message m;
  EXPECT_EQ(m.kind, MessageKind::kInvalid);
  EXPECT_EQ(m.params(), Json::object());
  m = read(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":[1]}})");
  EXPECT_EQ(m.kind, MessageKind::kRequest);
  EXPECT_EQ(m.meta(), Json::object());
  EXPECT_EQ(read(R"({"jsonrpc":"2.0","method":"ping","params":[1]})").params(), Json::object());
}

}  // namespace
}  // namespace govhost::mcp
