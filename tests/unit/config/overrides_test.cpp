#include "config/overrides.h"

#include "support.h"

#include <nlohmann/json.hpp>

#include <functional>

namespace govhost::config {
namespace {

constexpr std::string_view kFile = R"(
[host]
threads = 2
[[transport]]
plugin = "http"
  [transport.options]
  listen = "127.0.0.1:8080"
  path = "/mcp"
[[source]]
plugin = "directory"
name = "aigf"
rules = [{kind = "a", match = "x"}]
)";

Loaded with_set(std::vector<std::string> set) { return load_text(kFile, std::move(set)); }

Config config_with(std::vector<std::string> set) {
  Loaded result = with_set(std::move(set));
  for (const Fault& fault : result.faults) ADD_FAILURE() << fault.text();
  return result.config.value_or(Config{});
}

TEST(Set, ReplacesAndCreatesValuesOfHostKeys) {
  const Loaded result = with_set({"host.threads=3", "host.request_timeout=5s", "ops.enabled=false",
                                  "host.max_message=\"2MiB\"", "host.threads=4"});
  ASSERT_TRUE(result.config) << result.faults.front().text();
  EXPECT_EQ(result.config->host.threads, 4u);
  EXPECT_EQ(result.config->host.request_timeout, std::chrono::seconds(5));
  EXPECT_EQ(result.config->host.max_message, 2u << 20u);
  EXPECT_FALSE(result.config->ops.enabled);
  EXPECT_EQ(setting(result.settings, "host.threads"), "4  --set");
  EXPECT_EQ(setting(result.settings, "ops.enabled"), "false  --set");
  EXPECT_EQ(setting(result.settings, "ops.listen"), "\"127.0.0.1:9464\"  default");
}

TEST(Set, FindsInstancesByIndexAndByName) {
  for (const char* key : {"source.0.options.path=/x", "source.aigf.options.path=/x"}) {
    const Config config = config_with({key});
    ASSERT_EQ(config.sources.size(), 1u);
    EXPECT_EQ((*config.sources[0].options)["path"], "/x");
    EXPECT_EQ(origin_of_option(config.sources[0], "/path").text(), "--set");
  }
  // An instance without a name is called as its plugin.
  const Config config = config_with({"transport.http.options.listen=127.0.0.1:0"});
  ASSERT_EQ(config.transports.size(), 1u);
  EXPECT_EQ((*config.transports[0].options)["listen"], "127.0.0.1:0");
  EXPECT_EQ(origin_of_option(config.transports[0], "/listen").text(), "--set");
  EXPECT_EQ((*config.transports[0].options)["path"], "/mcp");
  EXPECT_EQ(origin_of_option(config.transports[0], "/path").text(), "govhost.toml:8");
}

TEST(Set, ReadsTomlValuesAndElseText) {
  const std::pair<const char*, const char*> cases[] = {{"1", "1"},
                                                       {"true", "true"},
                                                       {"[1, 'a']", R"([1,"a"])"},
                                                       {"{a = 1}", R"({"a":1})"},
                                                       {"'x y'", R"("x y")"},
                                                       {"x y", R"("x y")"},
                                                       {"", R"("")"},
                                                       {"30s", R"("30s")"},
                                                       {"a=b", R"("a=b")"},
                                                       {"1\nb = 2", R"("1\nb = 2")"}};
  for (const auto& [value, json] : cases) {
    const Config config = config_with({std::string("source.0.options.x.y=") + value});
    ASSERT_EQ(config.sources.size(), 1u);
    EXPECT_EQ((*config.sources[0].options)["x"]["y"].dump(), json);
  }
}

TEST(Set, AppendsOnePastTheEnd) {
  const Config config = config_with({"source.1.plugin=starter", "auth.0.plugin=token",
                                     "policy.required_scopes.0=a", "policy.required_scopes=[\"b\"]",
                                     "policy.required_scopes.1=c", "source.aigf.rules.0.kind=b"});
  ASSERT_EQ(config.sources.size(), 2u);
  EXPECT_EQ(config.sources[1].name, "starter");
  EXPECT_EQ(config.sources[0].rules[0].kind, "b");
  EXPECT_EQ(config.auth.size(), 1u);
  EXPECT_EQ(config.policy.required_scopes, (std::vector<std::string>{"b", "c"}));
}

TEST(Set, ReplacesWholeTables) {
  const Loaded result = with_set({"host={threads = 7}", "source=[{plugin = 'starter'}]"});
  ASSERT_TRUE(result.config) << result.faults.front().text();
  EXPECT_EQ(setting(result.settings, "host.threads"), "7  --set");
  EXPECT_EQ(setting(result.settings, "source.starter.plugin"), "\"starter\"  --set");
}

TEST(Set, NamesItselfAsTheOriginOfFaults) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "--set: must be written KEY=VALUE"},
      {"host.threads", "--set: host.threads: must be written KEY=VALUE"},
      {"=1", "--set: must be written KEY=VALUE"},
      {"host..threads=1", "--set: host..threads: the key has an empty part"},
      {".=1", "--set: .: the key has an empty part"},
      {"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1",
       "--set: a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q: the key has more than 16 parts"},
      {"host.thread=1", "--set: host.thread: unknown key; did you mean threads?"},
      {"hots.threads=1", "--set: hots: unknown key; did you mean host?"},
      {"host.threads=many", "--set: host.threads: must be an integer, is a string"},
      {"host.threads.x=1", "--set: host.threads.x: host.threads is an integer, not a table"},
      {"source.2.plugin=x", "--set: source.2.plugin: there is no index 2; source has 1 element"},
      {"source.0x.plugin=x", "--set: source.0x.plugin: there is no index 0x; source has 1 element"},
      {"source.99999999999999999999.plugin=x",
       "--set: source.99999999999999999999.plugin: there is no index 99999999999999999999; source "
       "has 1 element"},
      {"source.-1.plugin=x",
       "--set: source.-1.plugin: no source is called \"-1\"; there is \"aigf\""},
      {"source.aigff.plugin=x",
       "--set: source.aigff.plugin: no source is called \"aigff\"; there is \"aigf\""},
      {"auth.token.plugin=x",
       "--set: auth.token.plugin: no auth is called \"token\"; there is none"},
      {"source.1.name=x", "--set: source.x.plugin: is required"},
  };
  for (const auto& [assignment, fault] : cases)
    EXPECT_EQ(texts(with_set({assignment}).faults), Texts{fault}) << assignment;
}

TEST(Set, DoesNotRepeatValuesInFaults) {
  for (const char* assignment : {"host.token=hunter2", "source.0.token=hunter2", "x.y=hunter2"})
    for (const std::string& text : texts(with_set({assignment}).faults))
      EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
}

// The shortcuts over a file that configures all they replace.
Loaded with_shortcuts(const std::function<void(Request&)>& change, std::string_view file = kFile) {
  const TempDirectory directory;
  Request request = request_for(directory.write("govhost.toml", file));
  change(request);
  return load(request);
}

TEST(Shortcuts, StdioReplacesTheTransports) {
  const Loaded result = with_shortcuts([](Request& r) { r.stdio = true; });
  ASSERT_TRUE(result.config) << result.faults.front().text();
  ASSERT_EQ(result.config->transports.size(), 1u);
  EXPECT_EQ(result.config->transports[0].name, "stdio");
  EXPECT_EQ(result.config->transports[0].ref.path, std::string(kPlugins) + "/transport-stdio.so");
  EXPECT_EQ(setting(result.settings, "transport.stdio.plugin"), "\"stdio\"  --stdio");
  EXPECT_FALSE(result.config->ops.enabled);
  EXPECT_EQ(setting(result.settings, "ops.enabled"), "false  default");
}

TEST(Shortcuts, HttpReplacesTheTransportsAndTakesAnAddress) {
  const Loaded result = with_shortcuts([](Request& r) { r.http = "127.0.0.1:0"; });
  ASSERT_TRUE(result.config) << result.faults.front().text();
  ASSERT_EQ(result.config->transports.size(), 1u);
  EXPECT_EQ(result.config->transports[0].options->dump(), R"({"listen":"127.0.0.1:0"})");
  EXPECT_EQ(origin_of_option(result.config->transports[0], "/listen").text(), "--http");
  EXPECT_TRUE(result.config->ops.enabled);
}

TEST(Shortcuts, StdioAndHttpTogetherAreTwoTransports) {
  const Loaded result = with_shortcuts([](Request& r) { r.stdio = true, r.http = "[::1]:80"; });
  ASSERT_TRUE(result.config) << result.faults.front().text();
  ASSERT_EQ(result.config->transports.size(), 2u);
  EXPECT_EQ(setting(result.settings, "transport.stdio.plugin"), "\"stdio\"  --stdio");
  EXPECT_EQ(setting(result.settings, "transport.http.plugin"), "\"http\"  --http");
  EXPECT_TRUE(result.config->ops.enabled);
}

TEST(Shortcuts, ContentReplacesTheSourcesByOneDirectory) {
  const Loaded result = with_shortcuts([](Request& r) { r.content = "policies/../docs"; });
  ASSERT_TRUE(result.config) << result.faults.front().text();
  ASSERT_EQ(result.config->sources.size(), 1u);
  const Source& source = result.config->sources[0];
  EXPECT_EQ(source.name, "directory");
  EXPECT_EQ(source.ref.plugin, "directory");
  // Relative to where the command was given, not to the file.
  EXPECT_EQ((*source.options)["path"], (std::filesystem::current_path() / "docs").string());
  EXPECT_EQ(source.ref.origin.text(), "--content");
}

TEST(Shortcuts, OpsSetsAddressAndTurnsTheListenerOn) {
  const Loaded result = with_shortcuts([](Request& r) { r.stdio = true, r.ops = "127.0.0.1:0"; },
                                       "[ops]\nenabled = false\n[[source]]\nplugin = 'starter'");
  ASSERT_TRUE(result.config) << result.faults.front().text();
  EXPECT_TRUE(result.config->ops.enabled);
  EXPECT_EQ(setting(result.settings, "ops.listen"), "\"127.0.0.1:0\"  --ops");
  EXPECT_EQ(setting(result.settings, "ops.enabled"), "true  --ops");
}

TEST(Shortcuts, MakeUpForAnEmptyFile) {
  EXPECT_TRUE(with_shortcuts([](Request& r) { r.stdio = true, r.content = "/x"; }, "").config);
}

TEST(Shortcuts, AreRefinedBySet) {
  const Loaded result = with_shortcuts([](Request& r) {
    r.http = "127.0.0.1:1";
    r.set = {"transport.http.options.path=/x", "source.aigf.required=false"};
  });
  ASSERT_TRUE(result.config) << result.faults.front().text();
  EXPECT_EQ(result.config->transports[0].options->dump(),
            R"({"listen":"127.0.0.1:1","path":"/x"})");
}

TEST(Shortcuts, RefuseWhatIsNoAddress) {
  const Loaded result = with_shortcuts([](Request& r) {
    r.http = "8080";
    r.ops = "127.0.0.1:x";
    r.content = "";
  });
  EXPECT_EQ(texts(result.faults),
            (Texts{"--http: \"8080\" is not ADDR:PORT, such as \"127.0.0.1:8080\"",
                   "--content: \"\" is not a directory",
                   "--ops: \"127.0.0.1:x\" is not ADDR:PORT, such as \"127.0.0.1:9464\""}));
}

TEST(Address, IsHostAndPort) {
  for (const char* good : {"127.0.0.1:80", "0.0.0.0:0", "[::1]:65535", "[::ffff:1.2.3.4]:1",
                           "localhost:8080", "pod_1.ns.svc:80"})
    EXPECT_TRUE(is_address(good)) << good;
  for (const char* bad : {"", ":", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                          "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1", "::1:80", "[::1]",
                          "[]:80", "[localhost]:80", "a b:80", "http://x:80"})
    EXPECT_FALSE(is_address(bad)) << bad;
}

}  // namespace
}  // namespace govhost::config
