#include "config/schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <string>

namespace govhost::config {
namespace {

TEST(Compile, TakesTheWholeSubset) {
  const auto schema = compile(R"({
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "t", "description": "d",
    "examples": [{}], "type": "object", "required": ["a"], "additionalProperties": {"type": "null"},
    "properties": {
      "a": {"type": ["string", "null"], "minLength": 1, "maxLength": 9, "pattern": "^a"},
      "b": {"type": "integer", "minimum": -1, "maximum": 5.5, "default": 2, "enum": [1, 2]},
      "c": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2,
            "uniqueItems": true},
      "d": {"const": {"x": 1}},
      "e": {"type": "string", "x-gov-secret": true},
      "f": {"type": "string", "x-gov-path": true, "default": "x"},
      "g": {"type": "integer", "x-gov-unit": "duration", "default": "30s"},
      "h": {"type": "integer", "x-gov-unit": "bytes", "default": 1024}
    }})");
  EXPECT_TRUE(schema) << schema.status().message();
  EXPECT_TRUE(compile("{}"));
}

TEST(Compile, RefusesWhatNobodyWouldCheck) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "schema: is not valid JSON"},
      {"{", "schema: is not valid JSON"},
      {"[]", "schema: a schema must be an object"},
      {"true", "schema: a schema must be an object"},
      {R"({"oneOf": []})", R"(schema: the keyword "oneOf" is not supported)"},
      {R"({"properties": {"a": {"$ref": "#"}}})",
       R"(schema at /properties/a: the keyword "$ref" is not supported)"},
      {R"({"items": {"format": "uri"}})",
       R"(schema at /items: the keyword "format" is not supported)"},
      {R"({"additionalProperties": {"x-gov-secrets": true}})",
       R"(schema at /additionalProperties: the keyword "x-gov-secrets" is not supported)"},
      {R"({"properties": []})", "schema at /properties: must be an object"},
      {R"({"type": "strng"})",
       "schema at /type: must be a type of JSON Schema or an array of them"},
      {R"({"type": []})", "schema at /type: must name a type"},
      {R"({"required": "a"})", "schema at /required: must be an array of names"},
      {R"({"required": ["a"]})", R"(schema: requires "a", which is not among the properties)"},
      {R"({"enum": []})", "schema at /enum: must be an array of values"},
      {R"({"minLength": -1})", "schema at /minLength: must be an integer of at least 0"},
      {R"({"maxItems": 1.5})", "schema at /maxItems: must be an integer of at least 0"},
      {R"({"minimum": "1"})", "schema at /minimum: must be a number"},
      {R"({"uniqueItems": 1})", "schema at /uniqueItems: must be true or false"},
      {R"({"type": "array", "uniqueItems": true})",
       "schema: uniqueItems needs items of scalar types"},
      {R"({"type": "string", "pattern": "\\d"})",
       "schema at /pattern: has an escape other than of punctuation (write [0-9] for \\d), which "
       "is "
       "outside the supported subset"},
      {R"({"x-gov-secret": true})",
       R"(schema: x-gov-secret and x-gov-path need the type "string")"},
      {R"({"type": "string", "x-gov-unit": "seconds"})",
       R"(schema at /x-gov-unit: must be "duration" or "bytes")"},
      {R"({"type": "number", "x-gov-unit": "bytes"})",
       R"(schema: x-gov-unit needs the type "integer" or "string")"},
      {R"({"properties": {"a": {"type": "integer", "default": "x"}}})",
       "schema at /properties/a: the default must be an integer, is a string"},
      {R"({"type": "integer", "x-gov-unit": "duration", "default": "30"})",
       R"(schema: the default "30" has no unit; write "30s")"},
      {R"({"type": "string", "x-gov-secret": true, "default": "hunter2"})",
       R"(schema: the default must name a secret ("env:NAME", "file:/path", "cred:NAME", "exec:/path"), )"
       "not be one"},
  };
  for (const auto& [text, message] : cases) {
    const auto schema = compile(text);
    ASSERT_FALSE(schema) << text;
    EXPECT_EQ(schema.status().message(), message) << text;
  }
}

TEST(Compile, IsBounded) {
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += R"({"items":)";
  deep += "{}" + std::string(40, '}');
  EXPECT_NE(compile(deep).status().message().find("schemas nest deeper than 32 levels"),
            std::string::npos);
  EXPECT_EQ(compile(R"({"default": )" + std::string(100'000, '[') + std::string(100'000, ']') + "}")
                .status()
                .message(),
            "schema: nests too deeply");
  EXPECT_EQ(compile(R"({"title": ")" + std::string(300'000, 'x') + "\"}").status().message(),
            "schema: is larger than 256KiB");
}

}  // namespace
}  // namespace govhost::config
