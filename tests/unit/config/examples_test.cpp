// The configuration files that are shipped.
#include "support.h"

#include <nlohmann/json.hpp>

#include <iterator>
#include <regex>

namespace govhost::config {
namespace {

namespace fs = std::filesystem;

std::string text_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Examples, AllLoad) {
  std::vector<fs::path> files = {fs::path(GOVHOST_CONFIG_FILES) / "govhost.toml"};
  for (const auto& entry : fs::directory_iterator(fs::path(GOVHOST_CONFIG_FILES) / "examples"))
    files.push_back(entry.path());
  EXPECT_GE(files.size(), 4u);
  for (const fs::path& file : files) {
    const Loaded result = load(request_for(file.string()));
    EXPECT_EQ(texts(result.faults), Texts{}) << file;
  }
}

TEST(Examples, DefaultServesTheCatalogueBesideItOnThisMachine) {
  const Loaded result = load(request_for(std::string(GOVHOST_CONFIG_FILES) + "/govhost.toml"));
  ASSERT_TRUE(result.config);
  const Config& config = *result.config;
  ASSERT_EQ(config.transports.size(), 1u);
  EXPECT_EQ(config.transports[0].ref.plugin, "http");
  EXPECT_EQ((*config.transports[0].options)["listen"], "127.0.0.1:8080");
  ASSERT_EQ(config.sources.size(), 1u);
  EXPECT_EQ((*config.sources[0].options)["path"], "catalogue");
  EXPECT_TRUE(fs::is_directory(fs::path(config.directory) / "catalogue"));
  EXPECT_EQ(config.search->ref.plugin, "memory");
  // Written out, [ops] would make several stdio processes fight for the port.
  EXPECT_EQ(setting(result.settings, "ops.listen"), "\"127.0.0.1:9464\"  default");
}

// What the comments of the default file say about keys and defaults.
TEST(Examples, CommentedDefaultsAreTheDefaults) {
  const std::string text = text_of_file(fs::path(GOVHOST_CONFIG_FILES) / "govhost.toml");
  const std::string written = std::regex_replace(
      text, std::regex("(^|\n)# (\\[|  \\[|  file|plugin =|[a-z_]+ = [^.\n]*[^.\n])"), "$1$2");
  ASSERT_NE(written, text);
  Loaded result = load_text(written);
  // The two placeholders.
  std::erase_if(result.faults, [](const Fault& f) { return f.key == "source.aigf.sha256"; });
  EXPECT_EQ(texts(result.faults), Texts{});

  Loaded plain = load_text(text);
  ASSERT_TRUE(plain.config);
  const Loaded again = load_text(std::regex_replace(
      text, std::regex("(^|\n)# ((threads|max_|request_|start_|drain_|page_|log_)[^\n]*)"),
      "$1$2"));
  ASSERT_TRUE(again.config) << again.faults.front().text();
  std::size_t compared = 0;
  for (const Setting& each : again.settings) {
    if (!each.key.starts_with("host.") || each.origin.where == "default") continue;
    EXPECT_EQ(setting(plain.settings, each.key), each.value + "  default") << each.key;
    ++compared;
  }
  EXPECT_EQ(compared, 12u);
}

TEST(Examples, LaptopListensNowhere) {
  const Loaded result =
      load(request_for(std::string(GOVHOST_CONFIG_FILES) + "/examples/laptop-stdio.toml"));
  ASSERT_TRUE(result.config);
  EXPECT_FALSE(result.config->ops.enabled);
  EXPECT_EQ(result.config->sources[0].ref.path, "");
}

TEST(Examples, BankHasItsOwnKindOfDocuments) {
  const Loaded result =
      load(request_for(std::string(GOVHOST_CONFIG_FILES) + "/examples/bank-policies.toml"));
  ASSERT_TRUE(result.config);
  ASSERT_EQ(result.config->sources.size(), 2u);
  EXPECT_EQ(result.config->sources[1].rules[0].kind, "policy");
  EXPECT_FALSE(result.config->sources[1].required);
}

}  // namespace
}  // namespace govhost::config
