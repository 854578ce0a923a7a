#include "config/show.h"

#include "support.h"

#include <nlohmann/json.hpp>

namespace govhost::config {
namespace {

const std::vector<Setting> kSettings = {
    {"host.threads", "8", {"default", 0}},
    {"host.public_url", "\"https://x\"", {"govhost.toml", 12}},
    {"a", "\"ä\"", {"--set", 0}},
};

TEST(Show, AlignsKeysValuesAndOrigins) {
  EXPECT_EQ(to_text(kSettings),
            "host.threads    = 8            # default\n"
            "host.public_url = \"https://x\"  # govhost.toml:12\n"
            "a               = \"ä\"          # --set\n");
  EXPECT_EQ(to_text({}), "");
}

TEST(Show, ALongValueWidensOnlyItsOwnLine) {
  const std::vector<Setting> settings = {{"a", "1", {"default", 0}},
                                         {"b", "\"" + std::string(500, 'x') + "\"", {"x", 1}}};
  EXPECT_LT(to_text(settings).find('\n'), 80u);
}

TEST(Show, IsJsonForPrograms) {
  const auto json = nlohmann::json::parse(to_json(kSettings));
  ASSERT_EQ(json.size(), 3u);
  EXPECT_EQ(json[0],
            nlohmann::json::parse(R"({"key": "host.threads", "value": 8, "origin": "default"})"));
  EXPECT_EQ(json[1]["origin"], "govhost.toml:12");
  EXPECT_EQ(nlohmann::json::parse(to_json({})), nlohmann::json::array());
}

TEST(Show, HidesOptionsOfPluginsThatAreNotLoaded) {
  const Loaded loaded =
      load_text("[[source]]\nplugin='x'\noptions.a.b = 'hunter2'\n" + std::string(kRest));
  ASSERT_TRUE(loaded.config);
  const auto settings = hidden_options(loaded.config->sources[0], "source.x.options");
  ASSERT_EQ(settings.size(), 1u);
  EXPECT_EQ(settings[0].key, "source.x.options.a.b");
  EXPECT_EQ(settings[0].origin.text(), "govhost.toml:3");
  EXPECT_EQ(to_text(settings).find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace govhost::config
