#include "support.h"

#include "config/schema.h"

#include <nlohmann/json.hpp>

namespace govhost::config {
namespace {

using Json = nlohmann::json;

constexpr const char* kSchema = R"({"type": "object", "required": ["path"], "properties": {
  "path": {"type": "string", "x-gov-path": true, "minLength": 1},
  "cache": {"type": "string", "x-gov-path": true, "default": "cache"},
  "token": {"type": "string", "x-gov-secret": true},
  "refresh": {"type": "integer", "x-gov-unit": "duration", "minimum": 1000, "default": "5m"},
  "limit": {"type": "integer", "x-gov-unit": "bytes", "maximum": 1048576, "default": 1024},
  "include": {"type": "array", "items": {"type": "string"}, "default": ["*.md"]},
  "retry": {"type": "object", "properties": {
    "count": {"type": "integer", "minimum": 0, "maximum": 9, "default": 3},
    "pause": {"type": "string", "x-gov-unit": "duration", "default": "100ms"}}},
  "headers": {"type": "object", "additionalProperties": {"type": "string"}},
  "secrets": {"type": "object", "additionalProperties": {"type": "string", "x-gov-secret": true}},
  "free": {"type": "object", "additionalProperties": true},
  "closed": {"type": "object"},
  "roots": {"type": "array", "items": {"type": "string", "x-gov-path": true}}
}})";

// The options on the lines below [source.options], which is line 6.
Checked checked(const std::string& options) {
  const Loaded loaded = load_text(
      "[[transport]]\nplugin = 'http'\n[[source]]\nname = 's'\n"
      "plugin = 'directory'\n[source.options]\n" +
      options);
  for (const Fault& fault : loaded.faults) ADD_FAILURE() << fault.text();
  const auto schema = compile(kSchema);
  EXPECT_TRUE(schema) << schema.status().message();
  if (!loaded.config || !schema) return {};
  Config config = *loaded.config;
  config.directory = "/etc/govhost";
  return check_options(*schema, config, "source", config.sources[0]);
}

TEST(Check, FillsInDefaultsAndConvertsValues) {
  const Checked result = checked(
      "path = 'docs'\nrefresh = '30s'\nlimit = '64KiB'\n"
      "roots = ['a', '/b']\nretry.count = 5\n");
  EXPECT_EQ(texts(result.faults), Texts{});
  EXPECT_EQ(*result.options, Json::parse(R"({"path": "/etc/govhost/docs",
    "cache": "/etc/govhost/cache", "refresh": 30000, "limit": 65536, "include": ["*.md"],
    "retry": {"count": 5, "pause": 100}, "roots": ["/etc/govhost/a", "/b"]})"));
  const Json defaults = *checked("path = '/x/../y'").options;
  EXPECT_EQ(defaults["path"], "/y");
  EXPECT_EQ(defaults["refresh"], 300'000);
  EXPECT_EQ(defaults["limit"], 1024);
  EXPECT_EQ(defaults["retry"], Json::parse(R"({"count": 3, "pause": 100})"));
  EXPECT_FALSE(defaults.contains("headers"));
}

TEST(Check, TakesPlainNumbersWhereTheTypeIsInteger) {
  const Checked result = checked("path = 'x'\nrefresh = 2000\nlimit = 5");
  EXPECT_EQ(texts(result.faults), Texts{});
  EXPECT_EQ((*result.options)["refresh"], 2000);
  EXPECT_EQ(setting(result.settings, "source.s.options.refresh"), "\"2s\"  govhost.toml:8");
}

TEST(Check, NamesKeyAndLineOfFaults) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "govhost.toml:6: source.s.options.path: is required"},
      {"path = ''", "govhost.toml:7: source.s.options.path: must be at least 1 character long"},
      {"path = 1", "govhost.toml:7: source.s.options.path: must be a string, is an integer"},
      {"path = 'x'\npaths = 1",
       "govhost.toml:8: source.s.options.paths: unknown key; did you mean path?"},
      {"path = 'x'\nclosed.a = 1",
       "govhost.toml:8: source.s.options.closed.a: unknown key; none is known here"},
      {"path = 'x'\nrefresh = '1ms'",
       "govhost.toml:8: source.s.options.refresh: must be at least 1s, is 1ms"},
      {"path = 'x'\nrefresh = '30'",
       "govhost.toml:8: source.s.options.refresh: \"30\" has no unit; write \"30s\""},
      {"path = 'x'\nrefresh = -1",
       "govhost.toml:8: source.s.options.refresh: must not be negative"},
      {"path = 'x'\nrefresh = [1]",
       "govhost.toml:8: source.s.options.refresh: must be a duration such as \"30s\", is an array"},
      {"path = 'x'\nlimit = '2MiB'",
       "govhost.toml:8: source.s.options.limit: must be at most 1MiB, is 2MiB"},
      {"path = 'x'\nretry.pause = 100",
       "govhost.toml:8: source.s.options.retry.pause: \"100\" has no unit; write \"100s\""},
      {"path = 'x'\n[source.options.retry]\ncount = 10",
       "govhost.toml:9: source.s.options.retry.count: must be at most 9, is 10"},
      {"path = 'x'\n[source.options.headers]\na = 'b'\nb = 1",
       "govhost.toml:10: source.s.options.headers.b: must be a string, is an integer"},
      {"path = 'x'\ninclude = [\n  'a',\n  1,\n]",
       "govhost.toml:10: source.s.options.include.1: must be a string, is an integer"},
      {"path = 'x'\nretry = 1",
       "govhost.toml:8: source.s.options.retry: must be a table, is an "
       "integer"},
  };
  for (const auto& [options, fault] : cases)
    EXPECT_EQ(texts(checked(options).faults), Texts{fault}) << options;
}

TEST(Check, ReportsSeveralFaultsAtOnce) {
  EXPECT_EQ(texts(checked("refresh = '1'\nlimits = 2\nfree.anything = [1, {x = 2}]\n").faults),
            (Texts{"govhost.toml:6: source.s.options.path: is required",
                   "govhost.toml:7: source.s.options.refresh: \"1\" has no unit; write \"1s\"",
                   "govhost.toml:8: source.s.options.limits: unknown key; did you mean limit?"}));
}

TEST(Check, WantsReferencesWhereSecretsBelongAndNeverRepeatsThem) {
  const Checked good = checked("path = 'x'\ntoken = 'env:TOKEN'\nsecrets.a = 'cred:a'");
  EXPECT_EQ(texts(good.faults), Texts{});
  EXPECT_EQ(good.secrets, (std::vector<std::string>{"/secrets/a", "/token"}));
  EXPECT_EQ((*good.options)["token"], "env:TOKEN");
  EXPECT_EQ(setting(good.settings, "source.s.options.token"), "\"env:TOKEN\"  govhost.toml:8");

  for (const char* options :
       {"token = 'hunter2'", "token = 'env:hunter2 hunter2'", "token = ['hunter2']", "token = 7822",
        "token.hunter3 = 'hunter2'", "secrets.a = 'hunter2'", "tokn = 'hunter2'"}) {
    const Checked bad = checked(std::string("path = 'x'\n") + options);
    ASSERT_EQ(bad.faults.size(), 1u) << options;
    const std::string text = bad.faults[0].text();
    EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
    EXPECT_EQ(text.find("7822"), std::string::npos) << text;
    EXPECT_TRUE(bad.settings.empty()) << options;
  }
  EXPECT_EQ(checked("path = 'x'\ntoken = 'hunter2'").faults[0].text(),
            "govhost.toml:8: source.s.options.token: must name a secret (\"env:NAME\", "
            "\"file:/path\", \"cred:NAME\", \"exec:/path\"), not be one");
}

TEST(Check, ListsEveryOptionWithItsOrigin) {
  const Checked result = checked(
      "path = 'docs'\nheaders.a = 'b'\nretry.count = 1\n"
      "free.list = [{x = 1}]");
  const std::pair<const char*, const char*> settings[] = {
      {"source.s.options.path", "\"/etc/govhost/docs\"  govhost.toml:7"},
      {"source.s.options.headers.a", "\"b\"  govhost.toml:8"},
      {"source.s.options.retry.count", "1  govhost.toml:9"},
      {"source.s.options.retry.pause", "\"100ms\"  default"},
      {"source.s.options.free.list.0.x", "1  govhost.toml:10"},
      {"source.s.options.cache", "\"/etc/govhost/cache\"  default"},
      {"source.s.options.refresh", "\"5m\"  default"},
      {"source.s.options.limit", "\"1KiB\"  default"},
      {"source.s.options.include", "[\"*.md\"]  default"},
      {"source.s.options.token", "absent"},
  };
  for (const auto& [key, text] : settings) EXPECT_EQ(setting(result.settings, key), text) << key;
}

TEST(Check, AnEmptySchemaTakesNoOptions) {
  const auto schema = compile("{}");
  ASSERT_TRUE(schema);
  EXPECT_TRUE(check(*schema, Json::object(), {}).faults.empty());
  CheckContext context;
  context.key_prefix = "search.options";
  EXPECT_EQ(texts(check(*schema, Json::parse(R"({"a": 1})"), context).faults),
            Texts{"options: search.options.a: unknown key; none is known here"});
}

TEST(Check, NamesTheSearchPluginWithoutItsInstance) {
  const Loaded loaded =
      load_text("[search]\nplugin = 'memory'\noptions.k = 1\n" + std::string(kRest));
  ASSERT_TRUE(loaded.config);
  const auto schema = compile("{}");
  EXPECT_EQ(texts(check_options(*schema, *loaded.config, "search", *loaded.config->search).faults),
            Texts{"govhost.toml:3: search.options.k: unknown key; none is known here"});
}

}  // namespace
}  // namespace govhost::config
