#include "config/schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace govhost::config {
namespace {

using Json = nlohmann::json;
using Texts = std::vector<std::string>;

Texts violations(const std::string& schema_text, const Json& value) {
  const auto schema = compile(schema_text);
  EXPECT_TRUE(schema) << schema.status().message();
  Texts out;
  if (!schema) return out;
  for (const Violation& each : validate(*schema, value)) out.push_back(each.message);
  return out;
}

// {"properties": {"a": ...}} against {"a": ...}.
Texts of_property(const std::string& property, const std::string& value) {
  return violations(R"({"type": "object", "properties": {"a": )" + property + "}}",
                    Json::parse(R"({"a": )" + value + "}"));
}

struct Value {
  const char *property, *value, *message;  // message: nullptr when valid
};

void expect(const std::vector<Value>& cases) {
  for (const Value& c : cases) {
    const Texts wanted = c.message == nullptr ? Texts{} : Texts{c.message};
    EXPECT_EQ(of_property(c.property, c.value), wanted) << c.property << " " << c.value;
  }
}

TEST(Validate, ChecksTypes) {
  expect({
      {R"({"type": "string"})", R"("")", nullptr},
      {R"({"type": "string"})", "1", "a: must be a string, is an integer"},
      {R"({"type": "string"})", "null", "a: must be a string, is null"},
      {R"({"type": "integer"})", "3", nullptr},
      {R"({"type": "integer"})", "2.0", nullptr},
      {R"({"type": "integer"})", "-7", nullptr},
      {R"({"type": "integer"})", "2.5", "a: must be an integer, is a number"},
      {R"({"type": "integer"})", R"("3")", "a: must be an integer, is a string"},
      {R"({"type": "integer"})", "true", "a: must be an integer, is a boolean"},
      {R"({"type": "integer"})", "18446744073709551615",
       "a: must be an integer that fits into 64 bits"},
      {R"({"type": "integer"})", "1e300", "a: must be an integer that fits into 64 bits"},
      {R"({"type": "number"})", "1e300", nullptr},
      {R"({"type": "number"})", "1", nullptr},
      {R"({"type": "number"})", "[]", "a: must be a number, is an array"},
      {R"({"type": "boolean"})", "0", "a: must be a boolean, is an integer"},
      {R"({"type": "object"})", "[]", "a: must be an object, is an array"},
      {R"({"type": "array"})", "{}", "a: must be an array, is an object"},
      {R"({"type": ["string", "null"]})", "null", nullptr},
      {R"({"type": ["string", "null", "boolean"]})", "1",
       "a: must be null, a boolean or a string, is an integer"},
      {"{}", "[1]", nullptr},
  });
}

TEST(Validate, ChecksText) {
  expect({
      {R"({"type": "string", "minLength": 1})", R"("")", "a: must be at least 1 character long"},
      {R"({"type": "string", "minLength": 2})", R"("x")", "a: must be at least 2 characters long"},
      // Code points, not bytes.
      {R"({"type": "string", "maxLength": 3})", R"("äöü")", nullptr},
      {R"({"type": "string", "maxLength": 1})", R"("\ud83d\ude00")", nullptr},
      {R"({"type": "string", "maxLength": 3})", R"("äöüß")",
       "a: must be at most 3 characters long, is 4"},
      {R"({"type": "string", "pattern": "^[a-z]+$"})", R"("abc")", nullptr},
      {R"({"type": "string", "pattern": "^[a-z]+$"})", R"("abC")",
       "a: must match the pattern ^[a-z]+$"},
      {R"({"minLength": 5})", "1", nullptr},
  });
}

TEST(Validate, ChecksNumbers) {
  expect({
      {R"({"minimum": 1})", "1", nullptr},
      {R"({"minimum": 1})", "0", "a: must be at least 1, is 0"},
      {R"({"minimum": 1})", "0.5", "a: must be at least 1, is 0.5"},
      {R"({"maximum": 1.5})", "2", "a: must be at most 1.5, is 2"},
      {R"({"maximum": 10})", "18446744073709551615",
       "a: must be at most 10, is 18446744073709551615"},
      {R"({"minimum": 1})", R"("x")", nullptr},
  });
}

TEST(Validate, ChecksChoices) {
  expect({
      {R"({"enum": ["low", "high", 3]})", R"("low")", nullptr},
      {R"({"enum": ["low", "high", 3]})", "3.0", nullptr},
      {R"({"enum": ["low", "high"]})", R"("hihg")",
       R"(a: must be one of "low", "high"; is "hihg"; did you mean "high"?)"},
      {R"({"enum": ["low", "high"]})", R"("something else")",
       R"(a: must be one of "low", "high"; is "something else")"},
      {R"({"enum": ["1"]})", "1", R"(a: must be "1"; is 1)"},
      {R"({"enum": [1, 0]})", "true", "a: must be one of 1, 0; is true"},
      {R"({"const": {"x": 1}})", R"({"x": 1})", nullptr},
      {R"({"const": "x"})", R"([1])", R"(a: must be "x"; is an array)"},
      {R"({"enum": [1,2,3,4,5,6,7,8,9,10,11,12,13,14]})", "0",
       "a: must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 2 more; is 0"},
  });
}

TEST(Validate, ChecksArrays) {
  expect({
      {R"({"type": "array", "minItems": 1})", "[]", "a: must have at least 1 item"},
      {R"({"type": "array", "maxItems": 1})", "[1, 2]", "a: must have at most 1 item, has 2"},
      {R"({"items": {"type": "string"}})", R"(["x", 1])", "a[1]: must be a string, is an integer"},
      {R"({"items": {"type": "integer"}, "uniqueItems": true})", "[1, 2, 3]", nullptr},
      {R"({"items": {"type": "integer"}, "uniqueItems": true})", "[1, 2, 1]",
       "a[2]: repeats an earlier item"},
      {R"({"items": {"type": "number"}, "uniqueItems": true})", "[2, 2.0]",
       "a[1]: repeats an earlier item"},
      {R"({"items": {"type": ["integer", "boolean"]}, "uniqueItems": true})", "[0, false]",
       nullptr},
  });
}

TEST(Validate, ChecksMembers) {
  const std::string schema = R"({"type": "object", "required": ["risk_id"], "properties": {
    "risk_id": {"type": "string", "minLength": 1},
    "filters": {"type": "array", "items": {"type": "object", "required": ["kind"],
      "properties": {"kind": {"type": "string"}}, "additionalProperties": false}}}})";
  EXPECT_EQ(violations(schema, Json::parse(R"({"risk_id": "x", "other": 1})")), Texts{});
  EXPECT_EQ(violations(schema, Json::parse(R"({"risk_id": ""})")),
            Texts{"risk_id: must be at least 1 character long"});
  EXPECT_EQ(violations(schema, Json::parse("{}")), Texts{"risk_id: is required"});
  EXPECT_EQ(violations(schema, Json::parse("[]")), Texts{"must be an object, is an array"});
  EXPECT_EQ(violations(schema, Json::parse(R"({"risk_id": 1, "filters": [{}, {"kimd": 1}, 3]})")),
            (Texts{"filters[0].kind: is required", "filters[1].kind: is required",
                   "filters[1].kimd: unknown property; did you mean kind?",
                   "filters[2]: must be an object, is an integer",
                   "risk_id: must be a string, is an integer"}));
}

TEST(Validate, ChecksMembersThatHaveNoProperty) {
  const std::string map = R"({"additionalProperties": {"type": "string"},
    "properties": {"n": {"type": "integer"}}})";
  EXPECT_EQ(violations(map, Json::parse(R"({"n": 1, "x": "y"})")), Texts{});
  EXPECT_EQ(violations(map, Json::parse(R"({"x": 1})")),
            Texts{"x: must be a string, is an integer"});
  EXPECT_EQ(violations(R"({"additionalProperties": false})", Json::parse(R"({"x": 1})")),
            Texts{"x: unknown property; none is known here"});
}

TEST(Validate, PointsAtThePlace) {
  const auto schema =
      compile(R"({"properties": {"a/b": {"items": {"type": "string"}}}, "type": "object"})");
  ASSERT_TRUE(schema);
  const auto found = validate(*schema, Json::parse(R"({"a/b": ["x", 1]})"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].pointer, "/a~1b/1");
  EXPECT_EQ(found[0].message, "a/b[1]: must be a string, is an integer");
}

TEST(Validate, StaysBoundedOnHostileValues) {
  const auto schema = compile(R"({"type": "object", "additionalProperties": false,
    "properties": {"a": {"type": "array", "uniqueItems": true, "items": {"type": "integer"}},
                   "c": {"const": [[1]]}}})");
  ASSERT_TRUE(schema);
  Json many = Json::object();
  for (int i = 0; i < 50'000; ++i) many["key" + std::to_string(i)] = i;
  EXPECT_EQ(validate(*schema, many).size(), 20u);

  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const Json nested = Json::parse(R"({"a": [)" + deep + "," + deep + R"(], "c": )" + deep + "}");
  EXPECT_EQ(validate(*schema, nested).size(), 3u);

  Json name = Json::object();
  name["\x1b[2J" + std::string(100'000, 'x')] = 1;
  const auto found = validate(*schema, name);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_LT(found[0].message.size(), 200u);
  EXPECT_EQ(found[0].message.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace govhost::config
