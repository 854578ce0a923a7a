// The command line: what it prints, where, and with which exit code.
#include <gtest/gtest.h>

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
      {"plugin"}, {"plugin", "list"},  {"plugin", "info"},
      {"version"}};
  for (auto verb : verbs) {
    verb.push_back("--help");
    const Outcome outcome = govhost(verb);
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_NE(outcome.out.find("Usage"), std::string::npos) << outcome.out;
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
                                                {"plugin", "info"},
                                                {"call", "no_such_tool"}}) {
    const Outcome outcome = govhost(wrong);
    EXPECT_EQ(outcome.exit_code, 64) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err, "");
  }
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
  EXPECT_EQ(names, "auth-token search-memory source-directory transport-http transport-stdio ");
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
