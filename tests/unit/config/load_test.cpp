#include "support.h"

#include "config/config_schema.h"
#include "config/schema.h"

#include <nlohmann/json.hpp>

namespace govhost::config {
namespace {

// Why a text that should load does not.
Config loaded(std::string_view text) {
  Loaded result = load_text(text);
  for (const Fault& fault : result.faults) ADD_FAILURE() << fault.text();
  return result.config.value_or(Config{});
}

TEST(Load, FillsInDefaultsThatAreThoseOfTheModel) {
  const Config config = loaded(kRest);
  const Host host;
  EXPECT_EQ(config.host.threads, host.threads);
  EXPECT_EQ(config.host.max_in_flight, host.max_in_flight);
  EXPECT_EQ(config.host.request_timeout, host.request_timeout);
  EXPECT_EQ(config.host.start_timeout, host.start_timeout);
  EXPECT_EQ(config.host.drain_timeout, host.drain_timeout);
  EXPECT_EQ(config.host.drain_delay, host.drain_delay);
  EXPECT_EQ(config.host.max_message, host.max_message);
  EXPECT_EQ(config.host.max_document, host.max_document);
  EXPECT_EQ(config.host.max_documents, host.max_documents);
  EXPECT_EQ(config.host.page_size, host.page_size);
  EXPECT_EQ(config.host.log_level, host.log_level);
  EXPECT_EQ(config.host.public_url, host.public_url);
  EXPECT_TRUE(config.host.keys.empty());
  EXPECT_EQ(config.ops.enabled, Ops{}.enabled);
  EXPECT_EQ(config.ops.listen, Ops{}.listen);
  EXPECT_TRUE(config.policy.required_scopes.empty());
  EXPECT_EQ(config.plugin_directory, kPlugins);
  EXPECT_FALSE(config.search);
  EXPECT_TRUE(config.auth.empty());
  ASSERT_EQ(config.sources.size(), 1u);
  EXPECT_EQ(config.sources[0].required, Source{}.required);
  EXPECT_EQ(config.sources[0].profile, Source{}.profile);
  EXPECT_EQ(config.sources[0].licence, Source{}.licence);
  EXPECT_EQ(config.sources[0].refresh, Source{}.refresh);
  EXPECT_EQ(config.sources[0].read_timeout, Source{}.read_timeout);
  EXPECT_EQ(config.sources[0].gate.max_shrink, Gate{}.max_shrink);
  EXPECT_EQ(config.sources[0].breaker.failures, Breaker{}.failures);
  EXPECT_EQ(config.sources[0].breaker.open, Breaker{}.open);
  EXPECT_EQ(config.sources[0].breaker.open_max, Breaker{}.open_max);
}

TEST(Load, ReadsEveryKey) {
  const Config config = loaded(R"(
[host]
threads = 2
max_in_flight = 3
request_timeout = "4s"
start_timeout = "5m"
drain_timeout = "600ms"
drain_delay = "1s"
max_message = "7KiB"
max_document = 8192
max_documents = 9
page_size = 10
log_level = "debug"
public_url = "https://host.example/mcp"
keys = ["env:NEW_KEY", "env:OLD_KEY"]
[ops]
enabled = false
listen = "[::1]:9999"
[policy]
required_scopes = ["a.read", "b"]
[plugins]
directory = "lib"
[[transport]]
plugin = "http"
name = "public"
component = "one"
sha256 = "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff"
isolation = "in-process"
[[source]]
plugin = "directory"
name = "bank"
required = false
profile = "none"
licence = "internal"
required_scopes = ["policies:read", "staff"]
refresh = "0s"
read_timeout = "7s"
gate = {require = {risk = 20, policy = 1}, max_shrink = 0.1}
breaker = {failures = 2, open = "3s", open_max = "1h"}
rules = [{kind = "policy", match = "p/*.md", prefix = "pol-"}, {kind = "note", match = "*.md"}]
options = {path = "x", deep = {n = 1}}
[search]
plugin = "memory"
[[auth]]
plugin = "token"
)");
  EXPECT_EQ(config.host.threads, 2u);
  EXPECT_EQ(config.host.max_in_flight, 3u);
  EXPECT_EQ(config.host.request_timeout, std::chrono::seconds(4));
  EXPECT_EQ(config.host.start_timeout, std::chrono::minutes(5));
  EXPECT_EQ(config.host.drain_timeout, std::chrono::milliseconds(600));
  EXPECT_EQ(config.host.drain_delay, std::chrono::milliseconds(1000));
  EXPECT_EQ(config.host.max_message, 7168u);
  EXPECT_EQ(config.host.max_document, 8192u);
  EXPECT_EQ(config.host.max_documents, 9u);
  EXPECT_EQ(config.host.page_size, 10u);
  EXPECT_EQ(config.host.log_level, "debug");
  EXPECT_EQ(config.host.public_url, "https://host.example/mcp");
  EXPECT_EQ(config.host.keys, (std::vector<std::string>{"env:NEW_KEY", "env:OLD_KEY"}));
  EXPECT_FALSE(config.ops.enabled);
  EXPECT_EQ(config.ops.listen, "[::1]:9999");
  EXPECT_EQ(config.policy.required_scopes, (std::vector<std::string>{"a.read", "b"}));
  EXPECT_EQ(config.plugin_directory, config.directory + "/lib");
  ASSERT_EQ(config.transports.size(), 1u);
  EXPECT_EQ(config.transports[0].name, "public");
  EXPECT_EQ(config.transports[0].ref.component, "one");
  EXPECT_EQ(config.transports[0].ref.sha256,
            "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  EXPECT_EQ(config.transports[0].ref.path, config.directory + "/lib/transport-http.so");
  ASSERT_EQ(config.sources.size(), 1u);
  const Source& source = config.sources[0];
  EXPECT_EQ(source.name, "bank");
  EXPECT_FALSE(source.required);
  EXPECT_EQ(source.profile, "none");
  EXPECT_EQ(source.licence, "internal");
  EXPECT_EQ(source.required_scopes, (std::vector<std::string>{"policies:read", "staff"}));
  EXPECT_EQ(source.refresh, std::chrono::seconds(0));
  EXPECT_EQ(source.read_timeout, std::chrono::seconds(7));
  EXPECT_EQ(source.gate.require, (std::map<std::string, std::size_t>{{"policy", 1}, {"risk", 20}}));
  EXPECT_EQ(source.gate.max_shrink, 0.1);
  EXPECT_EQ(source.breaker.failures, 2u);
  EXPECT_EQ(source.breaker.open, std::chrono::seconds(3));
  EXPECT_EQ(source.breaker.open_max, std::chrono::hours(1));
  ASSERT_EQ(source.rules.size(), 2u);
  EXPECT_EQ(source.rules[0].kind, "policy");
  EXPECT_EQ(source.rules[0].match, "p/*.md");
  EXPECT_EQ(source.rules[0].prefix, "pol-");
  EXPECT_EQ(source.rules[1].prefix, "");
  EXPECT_EQ(source.options->dump(), R"({"deep":{"n":1},"path":"x"})");
  ASSERT_TRUE(config.search);
  EXPECT_EQ(config.search->name, "memory");
  EXPECT_EQ(config.search->ref.path, config.directory + "/lib/search-memory.so");
  ASSERT_EQ(config.auth.size(), 1u);
  EXPECT_EQ(config.auth[0].ref.path, config.directory + "/lib/auth-token.so");
}

TEST(Load, FindsPluginsByNameAndByPath) {
  const TempDirectory directory;
  Request request = request_for(directory.write("govhost.toml", R"(
[[transport]]
plugin = "stdio"
[[source]]
plugin = "starter"
[[source]]
plugin = "plugins/../own/source-sharepoint.so"
isolation = "in-process"
[[source]]
plugin = "/usr/lib/govhost/plugins/extra/source-wiki.so"
)"));
  const Loaded result = load(request);
  ASSERT_TRUE(result.config) << result.faults.front().text();
  const Config& config = *result.config;
  EXPECT_EQ(config.file, directory.path() + "/govhost.toml");
  EXPECT_EQ(config.directory, directory.path());
  EXPECT_EQ(config.transports[0].ref.path, std::string(kPlugins) + "/transport-stdio.so");
  EXPECT_EQ(config.sources[0].name, "starter");
  EXPECT_EQ(config.sources[0].ref.path, "");
  EXPECT_EQ(config.sources[1].name, "sharepoint");
  EXPECT_EQ(config.sources[1].ref.plugin, "plugins/../own/source-sharepoint.so");
  EXPECT_EQ(config.sources[1].ref.path, directory.path() + "/own/source-sharepoint.so");
  EXPECT_EQ(config.sources[1].ref.origin.text(), "govhost.toml:7");
  // Inside the plugin directory: in process without being asked.
  EXPECT_EQ(config.sources[2].name, "wiki");
  EXPECT_EQ(config.sources[2].ref.isolation, Isolation::kInProcess);
}

TEST(Load, KeepsTheOriginOfEveryOption) {
  const Config config = loaded(
      "[[transport]]\nplugin = 'http'\n"    // 1
      "[[source]]\nplugin = 'directory'\n"  // 3
      "  [source.options]\n"                // 5
      "  path = 'x'\n"                      // 6
      "  a.b = 1\n"                         // 7
      "  [[source.options.list]]\n"         // 8
      "  c = 2\n");                         // 9
  ASSERT_EQ(config.sources.size(), 1u);
  const Source& source = config.sources[0];
  const std::pair<const char*, const char*> origins[] = {
      {"", "govhost.toml:5"},          {"/path", "govhost.toml:6"},
      {"/a/b", "govhost.toml:7"},      {"/list/0/c", "govhost.toml:9"},
      {"/list/0/x", "govhost.toml:8"}, {"/missing", "govhost.toml:5"}};
  for (const auto& [pointer, origin] : origins)
    EXPECT_EQ(origin_of_option(source, pointer).text(), origin) << pointer;
  EXPECT_EQ(origin_of_option(config.transports[0], "/listen").text(), "govhost.toml:1");
}

TEST(Load, ListsEverySettingWithItsOrigin) {
  const Loaded result =
      load_text("[host]\nthreads = 2\nmax_message = '2MiB'\n" + std::string(kRest) +
                "[[source]]\nplugin='directory'\nname='x'\noptions.path = 'secret-looking'\n"
                "rules=[{kind='a',match='*'}]\n");
  ASSERT_TRUE(result.config) << result.faults.front().text();
  const std::pair<const char*, const char*> settings[] = {
      {"host.threads", "2  govhost.toml:2"},
      {"host.max_message", "\"2MiB\"  govhost.toml:3"},
      {"host.request_timeout", "\"20s\"  default"},
      {"host.log_level", "\"info\"  default"},
      {"ops.enabled", "true  default"},
      {"ops.listen", "\"127.0.0.1:9464\"  default"},
      {"policy.required_scopes", "[]  default"},
      {"plugins.directory", "\"/usr/lib/govhost/plugins\"  default"},
      {"transport.http.plugin", "\"http\"  govhost.toml:6"},
      {"transport.http.name", "\"http\"  default"},
      {"transport.http.isolation", "\"in-process\"  default"},
      {"source.starter.required", "true  default"},
      {"source.x.name", "\"x\"  govhost.toml:11"},
      {"source.x.rules.0.kind", "\"a\"  govhost.toml:13"},
      {"source.x.rules.0.prefix", "\"\"  default"},
      // Which options are secrets is known only to the plugin's schema.
      {"source.x.options.path", "absent"},
  };
  for (const auto& [key, text] : settings) EXPECT_EQ(setting(result.settings, key), text) << key;
}

TEST(Load, UsesTheBuiltInTextWithoutAFile) {
  Request request;
  request.builtin = kRest;
  request.plugin_directory = "plugins";
  const Loaded result = load(request);
  ASSERT_TRUE(result.config) << result.faults.front().text();
  const std::string here = std::filesystem::current_path().string();
  EXPECT_EQ(result.config->file, "");
  EXPECT_EQ(result.config->directory, here);
  EXPECT_EQ(result.config->plugin_directory, here + "/plugins");
  EXPECT_EQ(setting(result.settings, "transport.http.plugin"), "\"http\"  built-in:3");
}

TEST(Load, HasNoOpsListenerForStdioAlone) {
  const std::string stdio = "[[transport]]\nplugin='stdio'\n[[source]]\nplugin='starter'\n";
  const Loaded alone = load_text(stdio);
  ASSERT_TRUE(alone.config);
  EXPECT_FALSE(alone.config->ops.enabled);
  EXPECT_EQ(alone.config->ops.listen, "127.0.0.1:9464");
  EXPECT_EQ(setting(alone.settings, "ops.enabled"), "false  default");

  EXPECT_TRUE(loaded(stdio + "[ops]\n").ops.enabled);
  EXPECT_TRUE(loaded(stdio + "[[transport]]\nplugin='http'\n").ops.enabled);
  EXPECT_TRUE(load_text(stdio, {"ops.listen=127.0.0.1:0"}).config->ops.enabled);
}

TEST(ConfigSchema, IsOneThatItsOwnCompilerTakes) {
  const auto schema = compile(config_schema());
  ASSERT_TRUE(schema) << schema.status().message();
}

TEST(ConfigSchema, DescribesEveryKey) {
  const auto schema = nlohmann::json::parse(config_schema());
  for (const auto& [name, section] : schema["properties"].items()) {
    const auto& table = section["type"] == "array" ? section["items"] : section;
    EXPECT_TRUE(table.contains("description")) << name;
    for (const auto& [key, property] : table["properties"].items())
      EXPECT_TRUE(property.contains("description")) << name << "." << key;
  }
}

}  // namespace
}  // namespace govhost::config
