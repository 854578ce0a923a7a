#include "support.h"

#include "core/read_file.h"

#include <sys/stat.h>

namespace govhost::config {
namespace {

struct FaultyFile {
  std::string text;  // kRest follows
  std::string fault;
};

void expect_faults(const std::vector<FaultyFile>& cases, std::string_view rest) {
  for (const FaultyFile& c : cases) {
    const Loaded result = load_text(c.text + std::string(rest));
    EXPECT_EQ(texts(result.faults), Texts{c.fault}) << c.text;
    EXPECT_FALSE(result.config) << c.text;
    EXPECT_TRUE(result.settings.empty()) << c.text;
  }
}

TEST(LoadFaults, OfHostKeysNameLineKeyAndRemedy) {
  const std::string at = "govhost.toml:2: ";
  expect_faults(
      {
          {"[host]\nmax_inflight = 1", at + "host.max_inflight: unknown key; did you mean "
                                            "max_in_flight?"},
          {"[host]\nzzzzzzzzzzzz = 1", at + "host.zzzzzzzzzzzz: unknown key"},
          {"\n[hosts]", at + "hosts: unknown key; did you mean host?"},
          {"\nhost = 3", at + "host: must be a table, is an integer"},
          {"[host]\nthreads = \"8\"", at + "host.threads: must be an integer, is a string"},
          {"[host]\nthreads = 1.5", at + "host.threads: must be an integer, is a number"},
          {"[host]\nthreads = 0", at + "host.threads: must be at least 1, is 0"},
          {"[host]\nthreads = 257", at + "host.threads: must be at most 256, is 257"},
          {"[host]\nmax_in_flight = 100001", at + "host.max_in_flight: must be at most 100000, is "
                                                  "100001"},
          {"[host]\npage_size = 1001", at + "host.page_size: must be at most 1000, is 1001"},
          {"[host]\nmax_documents = 0", at + "host.max_documents: must be at least 1, is 0"},
          {"[host]\nrequest_timeout = 30",
           at + "host.request_timeout: \"30\" has no unit; write \"30s\""},
          {"[host]\nrequest_timeout = \"30\"",
           at + "host.request_timeout: \"30\" has no unit; write \"30s\""},
          {"[host]\nrequest_timeout = true",
           at + "host.request_timeout: must be a duration such as \"30s\", is a boolean"},
          {"[host]\nrequest_timeout = \"0s\"",
           at + "host.request_timeout: must be at least 1ms, is 0s"},
          {"[host]\nstart_timeout = \"25h\"",
           at + "host.start_timeout: must be at most 1d, is 25h"},
          {"[host]\ndrain_timeout = \"9223372036854775807h\"",
           at + "host.drain_timeout: \"9223372036854775807h\" is too large"},
          {"[host]\nmax_message = \"1KB\"",
           at +
               "host.max_message: \"1KB\" has the unknown unit \"KB\"; use B, kB, MB, GB, KiB, MiB "
               "or GiB"},
          {"[host]\nmax_message = \"1GiB\"",
           at + "host.max_message: must be at most 64MiB, is 1GiB"},
          {"[host]\nmax_document = 1", at + "host.max_document: must be at least 1KiB, is 1"},
          {"[host]\nmax_document = -1", at + "host.max_document: must not be negative"},
          {"[host]\nlog_level = \"warning\"", at + "host.log_level: must be one of \"trace\", "
                                                   "\"debug\", \"info\", \"warn\", \"error\"; "
                                                   "is \"warning\""},
          {"[host]\nlog_level = \"inf\"", at + "host.log_level: must be one of \"trace\", "
                                               "\"debug\", \"info\", \"warn\", \"error\"; "
                                               "is \"inf\"; did you mean \"info\"?"},
          {"[host]\npublic_url = \"host.example\"",
           at + "host.public_url: \"host.example\" is not a URL such as "
                "\"https://host.example/mcp\""},
          {"[host]\npublic_url = \"https://me@host.example\"",
           at + "host.public_url: \"https://me@host.example\" is not a URL such as "
                "\"https://host.example/mcp\""},
          {"[ops]\nlisten = \"9464\"",
           at + "ops.listen: \"9464\" is not ADDR:PORT, such as \"127.0.0.1:9464\""},
          {"[ops]\nlisten = \"127.0.0.1:65536\"",
           at + "ops.listen: \"127.0.0.1:65536\" is not ADDR:PORT, such as \"127.0.0.1:9464\""},
          {"[ops]\nenabled = \"yes\"", at + "ops.enabled: must be a boolean, is a string"},
          {"[policy]\nrequired_scopes = \"a\"",
           at + "policy.required_scopes: must be an array, is a string"},
          {"[policy]\nrequired_scopes = [\"a\"]",
           at +
               "policy.required_scopes: needs an [[auth]] plugin, which says who has which scopes"},
          {"[plugins]\ndirectory = \"\"",
           at + "plugins.directory: must be at least 1 character long"},
      },
      kRest);
}

TEST(LoadFaults, OfInstancesNameThemByName) {
  const std::string source = "[[source]]\nname = 's'\nplugin = 'directory'\n";
  const std::string at = "govhost.toml:4: ";
  expect_faults(
      {
          {source + "plugins = 1", at + "source.s.plugins: unknown key; did you mean plugin?"},
          {source + "directory = '/x'", at + "source.s.directory: unknown key; an option of the "
                                             "plugin belongs into the options table"},
          {source + "options = 1", at + "source.s.options: must be a table, is an integer"},
          {source + "required = 1", at + "source.s.required: must be a boolean, is an integer"},
          {source + "profile = 'aif'",
           at + "source.s.profile: must be one of \"aigf\", \"none\"; is "
                "\"aif\"; did you mean \"aigf\"?"},
          {source + "rules = {}", at + "source.s.rules: must be an array, is a table"},
          {source + "rules = [1]", at + "source.s.rules.0: must be a table, is an integer"},
          {source + "rules = [{kind = 'a'}]", at + "source.s.rules.0.match: is required"},
          {source + "rules = [{kind = 'A', match = 'x'}]",
           at + "source.s.rules.0.kind: must be at most 32 lower-case letters, digits and '-', the "
                "first one a letter; is \"A\""},
          {source + "rules = [{kind = 'a', match = '/x'}]",
           at + "source.s.rules.0.match: must be relative to the source: it begins with '/'"},
          {source + "rules = [{kind = 'a', match = 'x', prefix = 'a/'}]",
           at + "source.s.rules.0.prefix: must match the pattern ^[A-Za-z0-9_.-]*$"},
          {source + "sha256 = 'abc'",
           at + "source.s.sha256: must be 64 hexadecimal digits; its length is 3"},
          {source + "sha256 = ''", at + "source.s.sha256: is empty"},
          {source + "sha256 = '" + std::string(64, 'g') + "'",
           at + "source.s.sha256: must be 64 hexadecimal digits, contains another character"},
          {source + "isolation = 'process'",
           at + "source.s.isolation: \"process\" is not available in this version; use "
                "\"in-process\""},
          {source + "isolation = 'inprocess'",
           at + "source.s.isolation: must be one of \"in-process\", \"process\"; is \"inprocess\"; "
                "did you mean \"in-process\"?"},
          {source + "required_scopes = ['a', 'b']",
           at + "source.s.required_scopes: needs an [[auth]] plugin, which says who has which "
                "scopes: without one nobody could ever see this source"},
          {source + "required_scopes = ['a b']\n[[auth]]\nname = 'a'\nplugin = 'token'",
           at + "source.s.required_scopes.0: must match the pattern ^[!#-Z^-~]+$"},
          {source + "required_scopes = 'a'",
           at + "source.s.required_scopes: must be an array, is a string"},
          {source + "gate = {require = {risk = 0}}",
           at +
               "source.s.gate.require.risk: must be a number of documents, 1 or more: {risk = 20}"},
          {source + "gate = {require = {risk = 'many'}}",
           at +
               "source.s.gate.require.risk: must be a number of documents, 1 or more: {risk = 20}"},
          {source + "gate = {max_shrink = 1.5}",
           at + "source.s.gate.max_shrink: must be at most 1, is 1.5"},
          {source + "gate = {max_shrin = 1}",
           at + "source.s.gate.max_shrin: unknown key; did you mean max_shrink?"},
          {source + "breaker = {open = 30}",
           at + "source.s.breaker.open: \"30\" has no unit; write \"30s\""},
          {source + "refresh = 'daily'",
           at +
               "source.s.refresh: \"daily\" does not begin with a number; write a duration such as "
               "\"30s\""},
          {source + "component = ''", at + "source.s.component: must be at least 1 character long"},
      },
      kRest);
}

TEST(LoadFaults, OfPluginReferences) {
  expect_faults(
      {
          {"[[source]]\nname = 's'", "govhost.toml:1: source.s.plugin: is required"},
          {"[[source]]\nplugin = ''",
           "govhost.toml:2: source.0.plugin: must be at least 1 character long"},
          {"[[source]]\nplugin = 'Directory'",
           "govhost.toml:2: source.0.plugin: \"Directory\" is neither a plugin's name (such as "
           "\"directory\") nor a path (one contains a '/')"},
          {"[[source]]\nplugin = 'source-x.so'",
           "govhost.toml:2: source.0.plugin: \"source-x.so\" is neither a plugin's name (such as "
           "\"directory\") nor a path (one contains a '/')"},
          {"[[source]]\nplugin = '/opt/x/'",
           "govhost.toml:2: source.0.plugin: \"/opt/x/\" is a directory, not a plugin file"},
          {"[[source]]\nplugin = '/opt/x/source-y.so'",
           "govhost.toml:2: source.y.plugin: plugins outside /usr/lib/govhost/plugins run in their "
           "own process by default, which this version does not offer yet; write isolation = "
           "\"in-process\" to run it inside the host"},
          // The plugin directory is not a prefix of characters, and ".." does not stay inside.
          {"[[source]]\nplugin = '/usr/lib/govhost/plugins2/y.so'",
           "govhost.toml:2: source.y.plugin: plugins outside /usr/lib/govhost/plugins run in their "
           "own process by default, which this version does not offer yet; write isolation = "
           "\"in-process\" to run it inside the host"},
          {"[[source]]\nplugin = '/usr/lib/govhost/plugins/../y.so'",
           "govhost.toml:2: source.y.plugin: plugins outside /usr/lib/govhost/plugins run in their "
           "own process by default, which this version does not offer yet; write isolation = "
           "\"in-process\" to run it inside the host"},
          {"[[source]]\nplugin = '/opt/My_Plugin.so'\nisolation = 'in-process'",
           "govhost.toml:1: source.0.name: is required: none can be taken from the file name of "
           "the "
           "plugin"},
          {"[[source]]\nplugin = 'directory'\nname = 'My source'",
           "govhost.toml:3: source.0.name: must be at most 32 lower-case letters, digits and '-', "
           "the first one a letter; is \"My source\""},
          {"[[source]]\nname = 'x'\nplugin = 'starter'\noptions.path = '/x'",
           "govhost.toml:4: source.x.options: the built-in source \"starter\" takes no options"},
          {"[[source]]\nname = 'x'\nplugin = 'starter'\nisolation = 'in-process'",
           "govhost.toml:4: source.x.isolation: does not apply to the built-in source \"starter\""},
          {"[search]\nplugins = 'memory'\nplugin = 'memory'",
           "govhost.toml:2: search.plugins: unknown key; did you mean plugin?"},
          {"[search]\n", "govhost.toml:1: search.plugin: is required"},
          {"[[search]]\nplugin = 'memory'",
           "govhost.toml:1: search: there is only one: write [search] instead of [[search]]"},
          {"[auth]\nplugin = 'token'",
           "govhost.toml:1: auth: there may be several: write [[auth]] instead of [auth]"},
          {"auth = 3", "govhost.toml:1: auth: must be an array, is an integer"},
          {"auth = [3]", "govhost.toml:1: auth.0: must be a table, is an integer"},
      },
      kRest);
}

TEST(LoadFaults, OfLimits) {
  const auto limit = [](const std::string& keys) {
    return "source = [{plugin = 'starter'}]\ntransport = [{plugin = 'http'}]\n[[limit]]\n" + keys;
  };
  const std::string at = "govhost.toml:";
  expect_faults(
      {{limit("key = 'user'\nrate = '1/s'"),
        at + "4: limit.0.key: must be one of \"principal\", \"address\"; is \"user\""},
       {limit("key = 'address'"), at + "3: limit.0.rate: is required"},
       {limit("key = 'address'\nrate = '600'"),
        at + "5: limit.0.rate: \"600\" is no rate; write 1 to 1000000 per \"/s\", \"/min\" or "
             "\"/h\", such as \"600/min\""},
       {limit("key = 'address'\nrate = '0/s'"),
        at + "5: limit.0.rate: \"0/s\" is no rate; write 1 to 1000000 per \"/s\", \"/min\" or "
             "\"/h\", such as \"600/min\""},
       {limit("key = 'address'\nrate = '1/s'\nburst = 0"),
        at + "6: limit.0.burst: must be at least 1, is 0"},
       {limit("key = 'address'\nrate = '1/s'\ncost = {search = 1}"),
        at + "6: limit.0.cost: an address is limited before it is known what is asked; give the "
             "cost to a limit with key = \"principal\""},
       {limit("key = 'principal'\nrate = '1/s'\nburst = 5\ncost = {search = 6}"),
        at + "7: limit.0.cost.search: must be a number from 1 to the burst, which is 5"},
       {limit("key = 'address'\nrate = '1/s'\n[[limit]]\nkey = 'address'\nrate = '9/h'"),
        at + "6: limit.1: there is another limit called \"address\"; give one of them a name of "
             "its own"}},
      "");
}

TEST(LoadFaults, OfNamesThatAreTakenTwice) {
  const std::string transport = "[[transport]]\nplugin = 'http'\n";
  expect_faults({{transport + "[[source]]\nplugin = 'a'\nname = 'x'\n[[source]]\nplugin = 'b'\n"
                              "name = 'x'",
                  "govhost.toml:8: source.1.name: \"x\" is taken by another source "
                  "(govhost.toml:5); give one of them another name"},
                 {transport + "[[source]]\nplugin = 'a'\n[[source]]\nplugin = 'a'",
                  "govhost.toml:6: source.1.name: \"a\" is taken by another source "
                  "(govhost.toml:4); give one of them another name"}},
                "");
  // Names are unique within a kind only.
  EXPECT_TRUE(
      load_text("[[transport]]\nplugin='a'\n[[source]]\nplugin='a'\n[[auth]]\nplugin='a'").config);
}

TEST(LoadFaults, OfWhatIsMissing) {
  const Loaded result = load_text("");
  EXPECT_EQ(
      texts(result.faults),
      (Texts{"govhost.toml: transport: at least one is needed: add [[transport]] with plugin = "
             "\"http\", or start with --stdio or --http ADDR:PORT",
             "govhost.toml: source: at least one is needed: add [[source]] with plugin = "
             "\"directory\", or start with --content DIR"}));
  EXPECT_EQ(load_text("transport = []\nsource = []").faults.size(), 2u);
}

TEST(LoadFaults, AreAllReportedInOneRunInTheOrderOfTheFile) {
  const Loaded result = load_text(
      "[[source]]\n"              // 1
      "plugin = 'Bad'\n"          // 2
      "rules = [{kind = 'a'},\n"  // 3
      "         {match = 1}]\n"   // 4
      "[host]\n"                  // 5
      "threads = 'x'\n"           // 6
      "thread = 2\n"              // 7
      "[ops]\n"                   // 8
      "listen = 'x'\n"            // 9
      "[[auth]]\n"                // 10
      "plugin = 'token'\n"        // 11
      "sha256 = '1'\n",           // 12
      {"host.page_size=0", "nonsense", "policy.required_scope=x"});
  EXPECT_EQ(
      texts(result.faults),
      (Texts{"govhost.toml:2: source.0.plugin: \"Bad\" is neither a plugin's name (such as "
             "\"directory\") nor a path (one contains a '/')",
             "govhost.toml:3: source.0.rules.0.match: is required",
             "govhost.toml:4: source.0.rules.1.kind: is required",
             "govhost.toml:4: source.0.rules.1.match: must be a string, is an integer",
             "govhost.toml:6: host.threads: must be an integer, is a string",
             "govhost.toml:7: host.thread: unknown key; did you mean threads?",
             "govhost.toml:9: ops.listen: \"x\" is not ADDR:PORT, such as \"127.0.0.1:9464\"",
             "govhost.toml:12: auth.token.sha256: must be 64 hexadecimal digits; its length is 1",
             "--set: nonsense: must be written KEY=VALUE",
             "--set: host.page_size: must be at least 1, is 0",
             "--set: policy.required_scope: unknown key; did you mean required_scopes?",
             "govhost.toml: transport: at least one is needed: add [[transport]] with plugin = "
             "\"http\", or start with --stdio or --http ADDR:PORT"}));
}

TEST(LoadFaults, AreBounded) {
  std::string text = "[host]\n";
  for (int i = 0; i < 5000; ++i) text += "k" + std::to_string(i) + " = 1\n";
  const Loaded result = load_text(text);
  EXPECT_EQ(result.faults.size(), kMaxFaults + 1);
  EXPECT_NE(result.faults.back().text().find("more faults not shown"), std::string::npos);
}

TEST(LoadFaults, OfTheFileItself) {
  const TempDirectory directory;
  const std::string& path = directory.path();
  ASSERT_EQ(::mkfifo((path + "/pipe").c_str(), 0600), 0);
  directory.write("large.toml", std::string((std::size_t{1} << 20u) + 1, '#'));
  directory.write("latin1.toml", "# ok\n# caf\xe9\n");
  directory.write("syntax.toml", "[host]\nthreads 8\n");
  const FaultyFile cases[] = {
      {path + "/none.toml", path + "/none.toml: cannot be read: No such file or directory"},
      {path, path + ": is a directory; name the file in it"},
      {path + "/pipe", path + "/pipe: is not a regular file"},
      {path + "/large.toml", path + "/large.toml: is larger than 1MiB"},
      {path + "/latin1.toml", "latin1.toml:2: is not valid UTF-8; save the file as UTF-8"},
      {path + "/syntax.toml",
       "syntax.toml:2: not valid TOML at column 9: parsing key-value pair: expected '=', saw '8'"},
  };
  for (const FaultyFile& c : cases) {
    const Loaded result = load(request_for(c.text));
    EXPECT_EQ(texts(result.faults), Texts{c.fault});
    EXPECT_FALSE(result.config);
  }
}

TEST(LoadFaults, TakesAFileOfExactlyTheLargestSize) {
  const TempDirectory directory;
  std::string text(kRest);
  text += std::string((std::size_t{1} << 20u) - text.size(), '#');
  EXPECT_TRUE(load(request_for(directory.write("x.toml", text))).config);
}

}  // namespace
}  // namespace govhost::config
