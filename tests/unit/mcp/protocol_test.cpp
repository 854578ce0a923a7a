#include "mcp/protocol.h"

#include <gov/status.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace govhost::mcp {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kModern = "2026-07-28";

Json envelope(Json params = Json::object(), Json version = kModern) {
  params["_meta"][std::string(kMetaVersion)] = std::move(version);
  params["_meta"][std::string(kMetaCapabilities)] = Json::object();
  return params;
}

Message message(const std::string& method, Json params = Json::object(),
                bool notification = false) {
  Json json{{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}};
  if (!notification) json["id"] = 1;
  return read_message(std::move(json));
}

Classified over_http(const Message& m, const Pairs& headers) {
  std::vector<gov_pair> pairs;
  for (const auto& [name, value] : headers) pairs.push_back({gov::to_c(name), gov::to_c(value)});
  gov_peer peer{};
  peer.headers = pairs.data();
  peer.header_count = pairs.size();
  return classify(m, Headers(peer), true, {});
}

Classified over_stdio(const Message& m, std::string_view session = {}) {
  return classify(m, {}, false, session);
}

int code(const Classified& c) { return c.fault ? c.fault->code : 0; }

// The headers of a modern request that fits.
Pairs headers(const std::string& method, const std::string& name = {}) {
  Pairs pairs{{"mcp-protocol-version", kModern}, {"mcp-method", method}};
  if (!name.empty()) pairs.emplace_back("mcp-name", name);
  return pairs;
}

TEST(Classify, LegacyOverHttpTakesTheVersionFromTheHeader) {
  const struct {
    Pairs headers;
    const char* version;
    int code;
  } cases[] = {{{}, "2025-03-26", 0},  // the specification's assumption
               {{{"mcp-protocol-version", "2024-11-05"}}, "2024-11-05", 0},
               {{{"mcp-protocol-version", "2025-03-26"}}, "2025-03-26", 0},
               {{{"mcp-protocol-version", "2025-06-18"}}, "2025-06-18", 0},
               {{{"mcp-protocol-version", "2025-11-25"}}, "2025-11-25", 0},
               {{{"mcp-protocol-version", "2025-11-26"}}, "2025-03-26", kServerError},
               {{{"mcp-protocol-version", "1999-01-01"}}, "2025-03-26", kServerError},
               {{{"mcp-protocol-version", ""}}, "2025-03-26", kServerError},
               {{{"mcp-protocol-version", "2025-11-25 "}}, "2025-03-26", kServerError}};
  for (const auto& c : cases) {
    const Classified got = over_http(message("tools/list"), c.headers);
    EXPECT_EQ(got.era, Era::kLegacy);
    EXPECT_EQ(got.version, c.version);
    EXPECT_EQ(code(got), c.code) << testing::PrintToString(c.headers);
    EXPECT_EQ(got.fault ? got.fault->http_status : 400, 400);
  }
}

TEST(Classify, LegacyOverStdioTakesTheVersionOfTheSession) {
  for (const std::string_view session : kLegacyVersions) {
    const Classified got = over_stdio(message("tools/list"), session);
    EXPECT_EQ(got.era, Era::kLegacy);
    EXPECT_EQ(got.version, session);
    EXPECT_FALSE(got.fault);
  }
  EXPECT_EQ(over_stdio(message("tools/list")).version, kLatestLegacy);
}

TEST(Classify, InitializeBelongsToTheLegacyEra) {
  for (const Classified& got :
       {over_stdio(message("initialize")), over_http(message("initialize"), {}),
        over_http(message("initialize"), {{"mcp-protocol-version", "2025-06-18"}})}) {
    EXPECT_EQ(got.era, Era::kLegacy);
    EXPECT_EQ(got.version, kLatestLegacy);
    EXPECT_FALSE(got.fault);
  }
  EXPECT_EQ(code(over_http(message("initialize"), {{"mcp-protocol-version", kModern}})),
            kHeaderMismatch);
  EXPECT_EQ(over_stdio(message("initialize", envelope())).era, Era::kModern)
      << "it describes itself as modern";
}

TEST(Classify, ARequestThatDescribesItselfIsModern) {
  const Classified stdio = over_stdio(message("tools/list", envelope()));
  EXPECT_EQ(stdio.era, Era::kModern);
  EXPECT_EQ(stdio.version, kModern);
  EXPECT_FALSE(stdio.fault);
  EXPECT_EQ(over_stdio(message("tools/list", envelope()), "2025-06-18").era, Era::kModern)
      << "nothing is pinned";
  const Classified http = over_http(message("tools/list", envelope()), headers("tools/list"));
  EXPECT_EQ(http.era, Era::kModern);
  EXPECT_FALSE(http.fault) << http.fault->message;
}

TEST(Classify, AModernHeaderNeedsAModernBody) {
  for (const char* version : {kModern, "2027-01-01", "garbage"}) {
    const Classified got = over_http(
        message("tools/list"), {{"mcp-protocol-version", version}, {"mcp-method", "tools/list"}});
    EXPECT_EQ(got.era, Era::kModern) << version;
    EXPECT_EQ(code(got), kInvalidParams) << version;
  }
}

TEST(Classify, TheEnvelopeMustBeComplete) {
  const std::string version(kMetaVersion), capabilities(kMetaCapabilities), level(kMetaLogLevel);
  const Json bad[] = {{{version, 1}, {capabilities, Json::object()}},
                      {{version, nullptr}, {capabilities, Json::object()}},
                      {{version, kModern}},
                      {{version, kModern}, {capabilities, Json::array()}},
                      {{version, kModern}, {capabilities, "all"}},
                      {{version, kModern}, {capabilities, Json::object()}, {level, "loud"}},
                      {{version, kModern}, {capabilities, Json::object()}, {level, 3}},
                      {{version, kModern}, {capabilities, Json::object()}, {level, nullptr}}};
  for (const Json& meta : bad) {
    const Classified got = over_stdio(message("tools/list", {{"_meta", meta}}));
    EXPECT_EQ(got.era, Era::kModern) << meta;
    EXPECT_EQ(code(got), kInvalidParams) << meta;
  }
  const Json good{{version, kModern}, {capabilities, Json::object()}, {level, "warning"}};
  EXPECT_FALSE(over_stdio(message("tools/list", {{"_meta", good}})).fault);
}

TEST(Classify, AnUnknownVersionNamesTheKnownOne) {
  for (const char* version : {"2027-01-01", "2025-06-18", "", "garbage"}) {
    const Classified got = over_stdio(message("tools/list", envelope({}, version)));
    ASSERT_EQ(code(got), kUnsupportedVersion) << version;
    EXPECT_EQ(got.fault->data, (Json{{"supported", {kModern}}, {"requested", version}}));
    Pairs sent = headers("tools/list");
    sent[0].second = version;
    EXPECT_EQ(code(over_http(message("tools/list", envelope({}, version)), sent)),
              kUnsupportedVersion)
        << version;
  }
}

TEST(Classify, HeadersMustMatchTheBody) {
  const Message list = message("tools/list", envelope());
  const Message call = message("tools/call", envelope({{"name", "search"}}));
  const Message get = message("prompts/get", envelope({{"name", "p"}}));
  const Message read = message("resources/read", envelope({{"uri", "finos://risks/\xC3\xA9"}}));
  const struct {
    const char* what;
    const Message& message;
    Pairs headers;
    int code;
  } cases[] = {
      {"fits", call, headers("tools/call", "search"), 0},
      {"fits", get, headers("prompts/get", "p"), 0},
      {"encoded", call, headers("tools/call", "=?base64?c2VhcmNo?="), 0},
      {"encoded", read, headers("resources/read", "=?base64?Zmlub3M6Ly9yaXNrcy/DqQ==?="), 0},
      {"a name that is not needed", list, headers("tools/list", "anything"), 0},
      {"no headers", list, {}, kHeaderMismatch},
      {"no version", list, {{"mcp-method", "tools/list"}}, kHeaderMismatch},
      {"a legacy version",
       list,
       {{"mcp-protocol-version", "2025-11-25"}, {"mcp-method", "tools/list"}},
       kHeaderMismatch},
      {"no method", list, {{"mcp-protocol-version", kModern}}, kHeaderMismatch},
      {"another method", list, headers("tools/call"), kHeaderMismatch},
      {"another case", list, headers("Tools/List"), kHeaderMismatch},
      {"no name", call, headers("tools/call"), kHeaderMismatch},
      {"another name", call, headers("tools/call", "get_risk"), kHeaderMismatch},
      {"a malformed name", call, headers("tools/call", "=?base64?c2VhcmNo=?="), kHeaderMismatch},
      {"another prompt", get, headers("prompts/get", "q"), kHeaderMismatch},
      {"another uri", read, headers("resources/read", "finos://risks/x"), kHeaderMismatch},
      {"two versions",
       list,
       {{"mcp-protocol-version", kModern},
        {"mcp-protocol-version", kModern},
        {"mcp-method", "tools/list"}},
       kHeaderMismatch},
      {"two methods",
       list,
       {{"mcp-protocol-version", kModern},
        {"mcp-method", "tools/list"},
        {"mcp-method", "tools/call"}},
       kHeaderMismatch}};
  for (const auto& c : cases) {
    const Classified got = over_http(c.message, c.headers);
    EXPECT_EQ(got.era, Era::kModern) << c.what;
    EXPECT_EQ(code(got), c.code) << c.what;
    EXPECT_EQ(got.fault ? got.fault->http_status : 400, 400) << c.what;
  }
}

// The method's own error says more than a header could.
TEST(Classify, ABodyWithoutANameIsNotComparedWithTheHeader) {
  EXPECT_FALSE(over_http(message("tools/call", envelope()), headers("tools/call", "x")).fault);
  EXPECT_FALSE(
      over_http(message("tools/call", envelope({{"name", 5}})), headers("tools/call", "x")).fault);
}

TEST(Classify, HeadersOverStdioAreNotAskedFor) {
  EXPECT_FALSE(over_stdio(message("tools/call", envelope({{"name", "search"}}))).fault);
}

TEST(Classify, NotificationsHaveAnEraAndNoFaultOfIt) {
  const Classified modern =
      over_http(message("notifications/cancelled", envelope({}, 5), true), {});
  EXPECT_EQ(modern.era, Era::kModern);
  EXPECT_FALSE(modern.fault);
  EXPECT_EQ(over_http(message("notifications/initialized", {}, true),
                      {{"mcp-protocol-version", "2025-06-18"}})
                .version,
            "2025-06-18");
}

TEST(Headers, AreFoundByTheirLowerCaseName) {
  const gov_pair pairs[] = {{gov::to_c("a"), gov::to_c("1")},
                            {gov::to_c("b"), gov::to_c("2")},
                            {gov::to_c("a"), gov::to_c("3")}};
  gov_peer peer{};
  peer.headers = pairs;
  peer.header_count = 3;
  const Headers headers(peer);
  EXPECT_EQ(headers.find("a"), "1");
  EXPECT_TRUE(headers.repeated("a"));
  EXPECT_FALSE(headers.repeated("b"));
  EXPECT_EQ(headers.find("A"), std::nullopt);
  EXPECT_EQ(Headers().find("a"), std::nullopt);
}

TEST(Versions, OfTheLegacyEraAreKnown) {
  for (const std::string_view version : kLegacyVersions) EXPECT_TRUE(is_legacy_version(version));
  for (const char* other : {"", kModern, "2025-11-26", "2025-06-1"})
    EXPECT_FALSE(is_legacy_version(other)) << other;
}

}  // namespace
}  // namespace govhost::mcp
