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

TEST(ConfigShow, AUrlIsShownWithoutWhoAsksAndWithoutItsQuery) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("http://ops:hunter2@proxy:3128")", R"("http://[hidden]@proxy:3128")"},
      {R"("https://hunter2@a/b@c?d=e#f")", R"("https://[hidden]@a/b@c?[hidden]")"},
      {R"("https://a/x.tar.gz?sig=hunter2")", R"("https://a/x.tar.gz?[hidden]")"},
      {R"(["https://u:p@a","exec:/bin/x http://v:w@b?q next"])",
       R"(["https://[hidden]@a","exec:/bin/x http://[hidden]@b?[hidden] next"])"},
      {R"("https://a/@scope/b")", R"("https://a/@scope/b")"},
      {R"("://")", R"("://")"},
      {R"("http://a\"b@c?d")", R"("http://a\"b@c?d")"},
      {"12", "12"}};
  for (const auto& [value, shown] : cases) {
    const std::vector<Setting> settings{{"k", value, {"default", 0}}};
    EXPECT_EQ(to_text(settings), std::string("k = ") + shown + "  # default\n");
    EXPECT_EQ(nlohmann::json::parse(to_json(settings))[0]["value"].dump(), shown);
  }
}

}  // namespace
}  // namespace govhost::config
