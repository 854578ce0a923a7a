// The options of auth-token: where tokens come from and how mistakes are reported.
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "fixture.h"

namespace fs = std::filesystem;

namespace {

class TokenOptions : public TokenTest {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "auth-token-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string file(const std::string& text) {
    const fs::path path = folder_ / "tokens.json";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  // The answer to `tokens = [good, <that>]`.
  std::string refusal_of(const std::string& bad) {
    config_.set_json("tokens", "[" + entry("good", "g") + "," + bad + "]");
    return refusal();
  }

  fs::path folder_;
};

TEST_F(TokenOptions, AtLeastOneOfTokensAndFileIsNeeded) {
  EXPECT_NE(refusal().find("set auth.options.tokens or file"), std::string::npos) << refusal();
  config_.set_json("tokens", "[]");
  EXPECT_NE(refusal().find("set auth.options.tokens or file"), std::string::npos) << refusal();
}

TEST_F(TokenOptions, MistakesNameTheEntryAndTheKey) {
  const std::string hex(64, 'a');
  const std::string cases[][2] = {
      {R"("text")", "tokens[1] must be an object"},
      {R"({})", "tokens[1].id must be"},
      {R"({"id": 7, "sha256": ")" + hex + "\"}", "tokens[1].id must be"},
      {R"({"id": "a b", "sha256": ")" + hex + "\"}", "tokens[1].id must be"},
      {R"({"id": "a\nb", "sha256": ")" + hex + "\"}", "tokens[1].id must be"},
      {R"({"id": ")" + std::string(129, 'i') + R"(", "sha256": ")" + hex + "\"}",
       "tokens[1].id must be"},
      {R"({"id": "a"})", "tokens[1].sha256 must be 64 hex digits"},
      {R"({"id": "a", "sha256": 5})", "tokens[1].sha256 must be 64 hex digits"},
      {R"({"id": "a", "sha256": ")" + hex.substr(1) + "\"}",
       "tokens[1].sha256 must be 64 hex digits"},
      {R"({"id": "a", "sha256": "g)" + hex.substr(1) + "\"}",
       "tokens[1].sha256 must be 64 hex digits"},
      {entry("a", "a", R"("scopes": "x")"), "tokens[1].scopes must be an array"},
      {entry("a", "a", R"("scopes": ["x", "y z"])"), "tokens[1].scopes[1] must be"},
      {entry("a", "a", R"("scopes": [""])"), "tokens[1].scopes[0] must be"},
      {entry("a", "a", R"("expires": "tomorrow")"), "tokens[1].expires must be a time"},
      {entry("a", "a", R"("expires": 5)"), "tokens[1].expires must be a time"},
      {entry("a", "a", R"("token": "a")"), "tokens[1] has an unknown key"},
      {entry("good", "a"), "tokens[1].id is the same as auth.options.tokens[0].id"},
      {entry("a", "g"), "tokens[1].sha256 is the same as auth.options.tokens[0].sha256"},
  };
  for (const auto& [bad, what] : cases)
    EXPECT_NE(refusal_of(bad).find(what), std::string::npos) << bad << ": " << refusal_of(bad);
}

TEST_F(TokenOptions, ATokenWrittenInTheWrongPlaceIsNotRepeated) {
  for (const char* bad :
       {R"({"id": "canary token", "sha256": "canary"})", R"({"id": "a", "sha256": "canary"})",
        R"({"id": "a", "canary": "canary"})"})
    EXPECT_EQ(refusal_of(bad).find("canary"), std::string::npos) << refusal_of(bad);
  config_.set("file", std::string_view(file(R"([{"id": "a", canary}])")));
  EXPECT_EQ(refusal().find("canary"), std::string::npos) << refusal();
}

TEST_F(TokenOptions, HexDigitsMayBeInUpperCase) {
  std::string hex = sha256_hex("secret");
  for (char& c : hex)
    if (c >= 'a') c = static_cast<char>(c - 32);
  config_.set_json("tokens", R"([{"id": "a", "sha256": ")" + hex + "\"}]");
  EXPECT_EQ(bearer("secret").status, GOV_OK);
}

TEST_F(TokenOptions, TimesAreReadAsRfc3339WritesThem) {
  const std::pair<const char*, std::int64_t> good[] = {
      {"2999-01-01T00:00:00Z", 32'472'144'000'000},
      {"2999-01-01t00:00:00z", 32'472'144'000'000},
      {"2999-01-01 00:00:00Z", 32'472'144'000'000},
      {"2999-01-01T02:00:00+02:00", 32'472'144'000'000},
      {"2998-12-31T18:30:00-05:30", 32'472'144'000'000},
      {"2999-01-01T00:00:00.25Z", 32'472'144'000'250},
      {"2999-01-01T00:00:00.123456789Z", 32'472'144'000'123},
      {"2998-12-31T23:59:60Z", 32'472'144'000'000},
      {"2996-02-29T00:00:00Z", 32'382'547'200'000},
  };
  for (const auto& [text, ms] : good) {
    gov::testing::Config config;
    config.set_json("tokens",
                    "[" + entry("a", "t", "\"expires\": \"" + std::string(text) + "\"") + "]");
    const auto loaded = open(host_, config);
    EXPECT_EQ(ask_of(loaded, {{"authorization", "Bearer t"}}).expires_ms, ms) << text;
  }
  for (const char* bad :
       {"", "2999-01-01", "2999-01-01T00:00:00", "2999-13-01T00:00:00Z", "2999-02-29T00:00:00Z",
        "2999-01-32T00:00:00Z", "2999-01-01T24:00:00Z", "2999-01-01T00:60:00Z",
        "2999-01-01T00:00:61Z", "2999-01-01T00:00:00.Z", "2999-01-01T00:00:00+24:00",
        "2999-01-01T00:00:00+2:00", "2999-01-01T00:00:00Zx", "-999-01-01T00:00:00Z",
        "2999/01/01T00:00:00Z", "1969-12-31T23:59:59Z", "2999-01-01T00:00:0aZ"})
    EXPECT_NE(refusal_of(entry("a", "a", "\"expires\": \"" + std::string(bad) + "\""))
                  .find("expires must be"),
              std::string::npos)
        << bad;
}

TEST_F(TokenOptions, TheFileAddsToTheTokens) {
  config_.set_json("tokens", "[" + entry("inline", "t1") + "]");
  config_.set("file", std::string_view(file("[" + entry("filed", "t2") + "]")));
  EXPECT_EQ(bearer("t1").subject, "inline");
  EXPECT_EQ(bearer("t2").subject, "filed");
}

TEST_F(TokenOptions, TheFileAloneIsEnough) {
  config_.set("file", std::string_view(file("[" + entry("filed", "t2") + "]")));
  EXPECT_EQ(bearer("t2").status, GOV_OK);
}

TEST_F(TokenOptions, AnEmptyFileRefusesEveryTokenAndWarns) {
  config_.set("file", std::string_view(file("[]")));
  EXPECT_EQ(bearer("t").status, GOV_UNAUTHENTICATED);
  EXPECT_TRUE(host_.logged("every token will be refused"));
}

TEST_F(TokenOptions, MistakesInTheFileNameFileAndEntry) {
  const std::string cases[][2] = {
      {"", "is not JSON"},
      {"[{]", "is not JSON: fault near byte 3"},
      {"{}", "must be a JSON array of objects"},
      {"[" + entry("a", "a") + R"(, {"id": "b", "sha256": "x"}])",
       "tokens.json[1].sha256 must be 64 hex digits"},
      {"[" + entry("a", "a") + "," + entry("a", "b") + "]", "tokens.json[1].id is the same as"},
      {std::string(100'000, '['), "is not JSON"},
      {std::string((8 << 20) + 1, ' '), "is larger than 8 MiB"},
  };
  for (const auto& [text, what] : cases) {
    config_.set("file", std::string_view(file(text)));
    EXPECT_NE(refusal().find(what), std::string::npos) << refusal();
    EXPECT_NE(refusal().find("tokens.json"), std::string::npos) << refusal();
  }
}

TEST_F(TokenOptions, TheSameTokenInFileAndOptionsIsRefused) {
  config_.set_json("tokens", "[" + entry("a", "t") + "]");
  config_.set("file", std::string_view(file("[" + entry("b", "t") + "]")));
  EXPECT_NE(refusal().find("tokens.json[0].sha256 is the same as auth.options.tokens[0].sha256"),
            std::string::npos)
      << refusal();
}

TEST_F(TokenOptions, FilesThatCannotBeTrustedOrReadAreRefused) {
  config_.set("file", std::string_view((folder_ / "none.json").native()));
  EXPECT_NE(refusal().find("cannot be opened"), std::string::npos) << refusal();
  config_.set("file", std::string_view(folder_.native()));
  EXPECT_NE(refusal().find("is not a regular file"), std::string::npos) << refusal();
  const std::string path = file("[" + entry("a", "a") + "]");
  fs::permissions(path, fs::perms(0666));
  config_.set("file", std::string_view(path));
  EXPECT_NE(refusal().find("chmod o-w"), std::string::npos) << refusal();
}

TEST_F(TokenOptions, TenThousandTokensAreTheMost) {
  std::string all = "[";
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "t" + std::to_string(i);
    all += (i ? "," : "") + entry(name, name);
  }
  config_.set_json("tokens", all + "]");
  EXPECT_EQ(bearer("t9999").status, GOV_OK);
  config_.set_json("tokens", all + "," + entry("one-more", "x") + "]");
  EXPECT_NE(refusal().find("10000 tokens in all"), std::string::npos) << refusal();
}

}  // namespace
