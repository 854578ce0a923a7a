// The command line: what it prints, where, and with which exit code.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

Outcome govhost(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), binary());
  return run(std::move(arguments));
}

TEST(Cli, EveryVerbHasHelp) {
  const std::vector<std::vector<std::string>> verbs = {
      {},         {"serve"},           {"call"},
      {"config"}, {"config", "check"}, {"config", "show"},
      {"plugin"}, {"plugin", "list"},  {"plugin", "info"}, {"plugin", "new"},
      {"version"}};
  for (auto verb : verbs) {
    verb.push_back("--help");
    const Outcome outcome = govhost(verb);
    EXPECT_EQ(outcome.exit_code, 0);
    verb.pop_back();
    std::string usage = "Usage: govhost ";
    for (const std::string& word : verb) usage += word + " ";
    EXPECT_NE(outcome.out.find(usage + "["), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.err, "");
  }
}

TEST(Cli, WrongUsageIs64AndGoesToStandardError) {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{},
                                                {"nonsense"},
                                                {"serve", "--nonsense"},
                                                {"call"},
                                                {"call", "search", "{nonsense"},
                                                {"call", "search", "[]"},
                                                {"call", "search", "{}", "--url", "nonsense"},
                                                {"call", "search", "{}", "--url", "https://x/mcp"},
                                                {"plugin", "info"},
                                                {"call", "no_such_tool"}}) {
    const Outcome outcome = govhost(wrong);
    EXPECT_EQ(outcome.exit_code, 64) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err, "");
  }
}

TEST(Cli, AMisspeltVerbNamesTheNearest) {
  const auto said = [](const std::vector<std::string>& words) { return govhost(words).err; };
  EXPECT_EQ(said({"servee", "--stdio"}),
            "govhost: there is no command servee; did you mean serve?\n");
  EXPECT_EQ(said({"config", "shw"}), "govhost: there is no command shw; did you mean show?\n");
  EXPECT_EQ(said({"nonsense"}), "govhost: there is no command nonsense; see govhost --help\n");
}

TEST(Cli, VersionAsTextAndJson) {
  EXPECT_TRUE(govhost({"version"}).out.starts_with("govhost 0."));
  const Json version = Json::parse(govhost({"version", "--json"}).out);
  EXPECT_FALSE(version["version"].get<std::string>().empty());
  EXPECT_EQ(version["plugin_abi"], "1.0");
}

TEST(Cli, CallAnswersWithoutARunningServer) {
  const Outcome found = govhost({"call", "search", R"({"query":"prompt injection"})", "--json"});
  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_EQ(found.err, "");
  const Json answer = Json::parse(found.out);
  EXPECT_GE(answer["total_found"], 3);
  EXPECT_EQ(std::count(found.out.begin(), found.out.end(), '\n'), 1);
  EXPECT_GE(Json::parse(govhost({"call", "list_risks"}).out)["total_count"],
            12);  // indented, for people
}

TEST(Cli, CallOverTheFrameworkSays23) {
  if (!has_aigf()) GTEST_SKIP() << "SKIPPED: " << aigf() << " is absent";
  for (const auto& folder : {aigf(), aigf() / "docs"}) {
    const Outcome outcome = govhost({"call", "list_risks", "--content", folder.string(), "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(Json::parse(outcome.out)["total_count"], 23);
  }
}

TEST(Cli, AFailedToolIsExitCode1) {
  const Outcome outcome = govhost({"call", "get_risk", "{}", "--json"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(Json::parse(outcome.out)["error"]["code"], "invalid_argument");
}

TEST(Cli, AnUnknownToolNamesTheNearest) {
  const Outcome outcome = govhost({"call", "get_risks"});
  EXPECT_NE(outcome.err.find("did you mean get_risk?"), std::string::npos) << outcome.err;
}

TEST(Cli, CallAsksARunningServer) {
  Client client(Wire::kHttp, Era::kModern, serving_starter());
  const std::string url = "http://127.0.0.1:" + std::to_string(client.port()) + "/mcp";
  const Outcome there = govhost({"call", "list_risks", "--url", url, "--json"});
  EXPECT_EQ(there.exit_code, 0) << there.err;
  EXPECT_EQ(Json::parse(there.out), Json::parse(govhost({"call", "list_risks", "--json"}).out));
  client.process().signal(15);
  client.process().wait();
  const Outcome gone = govhost({"call", "list_risks", "--url", url});
  EXPECT_EQ(gone.exit_code, 4);
  EXPECT_NE(gone.err.find(url), std::string::npos) << gone.err;
}

// Only a server drains; a command that waits for one is ended by Ctrl-C as any other.
TEST(Cli, ASignalEndsACall) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, raw, size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, raw, &size), 0);
  Process call({binary(), "call", "list_risks", "--url",
                "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/mcp"});
  const int client = ::accept(listener, nullptr, nullptr);  // it waits for an answer from here on
  call.signal(SIGINT);
  EXPECT_EQ(call.wait(), 128 + SIGINT);
  ::close(client);
  ::close(listener);
}

TEST(Cli, RulesOfOneSourceDoNotReachAnother) {
  const TempDir folder;
  folder.write("bank/mobile.md", "# Mobile devices\n\nPhones are locked.\n");
  folder.write("notes/hello.md", "# Hello\n\nJust a note.\n");
  const std::string file = folder.write(
      "govhost.toml",
      "[[transport]]\nplugin = \"stdio\"\n[search]\nplugin = \"memory\"\n"
      "[[source]]\nname = \"bank\"\nplugin = \"directory\"\nrules = [{ kind = \"policy\", match = "
      "\"*.md\" }]\n[source.options]\npath = \"bank\"\n"
      "[[source]]\nname = \"notes\"\nplugin = \"directory\"\n[source.options]\npath = \"notes\"\n");
  const Outcome info = govhost({"call", "server_info", "--config", file, "--json"});
  ASSERT_EQ(info.exit_code, 0) << info.err;
  EXPECT_EQ(Json::parse(info.out)["content"]["by_kind"], Json({{"policy", 1}, {"document", 1}}))
      << info.out;
}

TEST(Cli, ConfigCheckAndShow) {
  const TempDir folder;
  const std::string file =
      folder.write("govhost.toml",
                   "[host]\nthreads = 3\n[[transport]]\nplugin = \"stdio\"\n[[source]]\nplugin = "
                   "\"starter\"\n[search]\nplugin = \"memory\"\n");
  EXPECT_EQ(govhost({"config", "check", "--config", file}).exit_code, 0);
  EXPECT_EQ(Json::parse(govhost({"config", "check", "--config", file, "--json"}).out)["ok"], true);
  const std::string shown =
      govhost({"config", "show", "--config", file, "--set", "host.page_size=7"}).out;
  EXPECT_NE(shown.find("govhost.toml:2"), std::string::npos) << shown;
  EXPECT_NE(shown.find("--set"), std::string::npos);
  const Json settings = Json::parse(govhost({"config", "show", "--config", file, "--json"}).out);
  bool found = false;
  for (const Json& setting : settings)
    if (setting["key"] == "host.threads") {
      found = true;
      EXPECT_EQ(setting["value"], 3);
      EXPECT_EQ(setting["origin"], "govhost.toml:2");
    }
  EXPECT_TRUE(found) << settings.dump();
}

TEST(Cli, ConfigCheckLooksAtWhatPluginsSay) {
  const TempDir folder;
  const std::string file = folder.write(
      "govhost.toml",
      "[[transport]]\nplugin = \"stdio\"\n[[source]]\nplugin = "
      "\"directory\"\n[source.options]\npath = \"nowhere\"\n[search]\nplugin = \"memory\"\n");
  const Outcome outcome = govhost({"config", "check", "--config", file});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("govhost.toml:"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("does not exist"), std::string::npos) << outcome.err;
}

TEST(Cli, PluginsAreListedAndDescribed) {
  const Json plugins = Json::parse(govhost({"plugin", "list", "--json"}).out);
  std::string names;
  for (const Json& plugin : plugins) names += plugin["name"].get<std::string>() + " ";
  EXPECT_EQ(
      names,
      "auth-jwt auth-peer auth-token search-memory search-xapian secrets-vault source-archive "
      "source-directory source-git source-github transport-http transport-stdio ");
  for (const Json& plugin : plugins) {
    const Outcome info = govhost({"plugin", "info", plugin["name"], "--json"});
    EXPECT_EQ(info.exit_code, 0) << info.err;
    const Json components = Json::parse(info.out)["components"];
    ASSERT_EQ(components.size(), 1u);
    for (const auto& [name, schema] : components[0]["options"].items())
      EXPECT_FALSE(schema.value("description", "").empty()) << plugin["name"] << " " << name;
  }
  const Outcome missing = govhost({"plugin", "info", "transport-htp"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_NE(missing.err.find("did you mean transport-http?"), std::string::npos) << missing.err;
}

TEST(Cli, PluginListDoesNotWaitForAPipe) {
  const TempDir folder;
  ASSERT_EQ(::mkfifo((folder.path() / "source-pipe.so").c_str(), 0600), 0);
  const Outcome outcome = govhost({"plugin", "list", "--plugins", folder.path()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "source-pipe  is not a 64-bit ELF shared object\n");
}

TEST(Cli, TheStarterCatalogueNeedsNoFileBesideTheBinary) {
  const TempDir folder;
  const auto copy = folder.path() / "bin" / "govhost";
  std::filesystem::create_directories(copy.parent_path());
  std::filesystem::copy_file(binary(), copy);
  const auto plugins = folder.path() / "lib" / "govhost" / "plugins";
  std::filesystem::create_directories(plugins);
  for (const auto& entry : std::filesystem::directory_iterator(plugin_folder()))
    std::filesystem::copy_file(entry.path(), plugins / entry.path().filename());
  Process process({copy.string(), "serve", "--stdio"});
  process.write(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_risks"}})"
                "\n");
  const Json answer = Json::parse(process.read_line().value_or("{}"));
  EXPECT_GE(answer["result"]["structuredContent"]["total_count"], 12) << process.error_text();
}

}  // namespace
}  // namespace govhost::test
