// Access tokens of an OAuth server from end to end: the real host, the real plugins, an issuer of
// the test's own over loopback HTTP; what clients are told (RFC 6750, RFC 9728), and what they may
// use.
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <set>

#include "support/client.h"
#include "support/files.h"
#include "support/issuer.h"
#include "support/upstream.h"

namespace govhost::test {
namespace {

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

constexpr const char* kPublicUrl = "https://governance.example/a/mcp";

class JwtServer : public testing::Test {
 protected:
  JwtServer()
      : issuer([this](const Upstream::Request& request) -> Upstream::Answer {
          const std::lock_guard lock(mutex);
          if (request.target == "/.well-known/openid-configuration")
            return {200, Json{{"issuer", issuer_url}, {"jwks_uri", issuer_url + "/keys"}}.dump()};
          if (request.target == "/keys") return {200, jwks_of(keys).dump()};
          return {404};
        }) {
    const std::lock_guard lock(mutex);
    issuer_url = issuer.url("");
    if (issuer_url.ends_with('/')) issuer_url.pop_back();
  }
  std::string config(const std::string& host = {}, const std::string& policy = {},
                     const std::string& options = {}) const {
    return "[host]\n" + host + R"(
[[transport]]
plugin = "http"
options = {listen = "127.0.0.1:0"}
[[source]]
plugin = "starter"
[search]
plugin = "memory"
[egress]
allow_networks = ["127.0.0.0/8"]
[audit]
dir = "audit"
[policy]
required_scopes = ["governance.read"]
)" + policy +
           R"(
[[auth]]
plugin = "jwt"
grants = [")" +
           issuer_url + R"(/"]
[auth.options]
issuer = ")" +
           issuer_url + "\"\n" + (host.empty() ? "audience = [\"urn:mcp\"]\n" : "") + options;
  }
  void start(const std::string& text) {
    file = folder.write("govhost.toml", text);
    process = std::make_unique<Process>(
        std::vector<std::string>{binary(), "serve", "--config", file, "--ops", "127.0.0.1:0"});
    const auto line = process->wait_error_line("\"transport.listening\"");
    if (!process->wait_error_line("\"serve.ready\"") || !line)
      throw std::runtime_error(process->error_text());
    port = port_of(Json::parse(*line)["endpoint"].get<std::string>());
  }
  Json claims(const std::string& scope = "governance.read") const {
    return {{"iss", issuer_url}, {"aud", {"urn:mcp", kPublicUrl}},
            {"sub", "alice"},    {"exp", unix_now() + 600},
            {"jti", "token-1"},  {"scope", scope}};
  }
  std::string token(const std::string& scope = "governance.read") const {
    return keys.front().token(claims(scope));
  }
  HttpAnswer ask(const std::string& with, const std::string& method = "tools/call",
                 const Json& params = {{"name", "list_risks"}}) const {
    HeaderList headers{{"Content-Type", "application/json"},
                       {"Accept", "application/json, text/event-stream"}};
    if (!with.empty()) headers.emplace_back("Authorization", "Bearer " + with);
    HttpConnection http(port);
    return http.request(
        "POST", "/mcp", headers,
        Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}}.dump());
  }
  static std::string challenge(const HttpAnswer& answer) {
    const auto found = answer.headers.find("www-authenticate");
    return found == answer.headers.end() ? "" : found->second;
  }

  std::string issuer_url;
  std::mutex mutex;  // of these: the issuer answers on threads of its own
  std::vector<SigningKey> keys{SigningKey::make("ES256", "k1")};
  Upstream issuer;
  TempDir folder;
  std::string file;
  std::unique_ptr<Process> process;
  std::uint16_t port = 0;
};

TEST_F(JwtServer, AGoodTokenIsLetInAndRecorded) {
  start(config());
  EXPECT_EQ(ask(token()).status, 200);
  const auto line = process->wait_error_line("\"request.done\"");
  ASSERT_TRUE(line);
  EXPECT_EQ(Json::parse(*line)["principal"], "alice");
  EXPECT_EQ(ask(token("other")).status, 403);
  EXPECT_EQ(ask("").status, 401);
  process->signal(15);
  EXPECT_EQ(process->wait(), 0);
  const Outcome found = run({binary(), "audit", "search", (folder.path() / "audit").string(),
                             "--principal", "alice", "--json"});
  ASSERT_EQ(found.exit_code, 0) << found.err;
  const Json record = Json::parse(found.out.substr(0, found.out.find('\n')));
  EXPECT_EQ(record["auth"], "jwt");
  EXPECT_EQ(record["credential"], "token-1");
}

TEST_F(JwtServer, AKeyThatIsMadeWhileItRunsIsFetchedOnce) {
  start(config());
  EXPECT_EQ(ask(token()).status, 200);
  {
    const std::lock_guard lock(mutex);
    keys.insert(keys.begin(), SigningKey::make("EdDSA", "k2"));
  }
  EXPECT_EQ(ask(token()).status, 200);
  const std::size_t before = issuer.count();
  for (int i = 0; i < 50; ++i) {
    const SigningKey other = SigningKey::make("EdDSA", "random-" + std::to_string(i));
    EXPECT_EQ(ask(other.token(claims())).status, 401);
  }
  EXPECT_LE(issuer.count(), before + 1);
  EXPECT_EQ(ask(token()).status, 200);
}

// RFC 9728, and as clients parse it: challenge first, then the document it leads to.
TEST_F(JwtServer, AClientIsToldWhereToGetAToken) {
  start(config(std::string("public_url = \"") + kPublicUrl + "\"\n"));
  EXPECT_EQ(ask(token()).status, 200) << "the audience is the public URL";
  const std::string metadata =
      "https://governance.example/.well-known/oauth-protected-resource/a/mcp";
  const HttpAnswer none = ask("");
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(challenge(none),
            "Bearer resource_metadata=\"" + metadata + "\", scope=\"governance.read\"");
  const HttpAnswer bad = ask(token() + "x");
  EXPECT_EQ(bad.status, 401);
  EXPECT_TRUE(challenge(bad).starts_with("Bearer error=\"invalid_token\", ")) << challenge(bad);
  EXPECT_NE(challenge(bad).find("resource_metadata=\"" + metadata + "\""), std::string::npos);
  EXPECT_EQ(Json::parse(bad.body)["error"], "invalid_token");

  for (const char* const path :
       {"/.well-known/oauth-protected-resource/a/mcp", "/.well-known/oauth-protected-resource"}) {
    HttpConnection http(port);
    const HttpAnswer answer = http.request("GET", path, {{"Origin", "https://any.example"}}, "");
    ASSERT_EQ(answer.status, 200) << path << " " << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
    EXPECT_TRUE(answer.headers.contains("access-control-allow-origin"))
        << "clients in browsers read it";
    const Json document = Json::parse(answer.body);
    EXPECT_EQ(document["resource"], kPublicUrl);
    EXPECT_EQ(document["authorization_servers"], Json::array({issuer_url}));
    EXPECT_EQ(document["scopes_supported"], Json::array({"governance.read"}));
  }
  HttpConnection http(port);
  EXPECT_EQ(http.request("GET", "/.well-known/oauth-authorization-server", {}, "").status, 401)
      << "this is no authorization server, and says no more to strangers";
}

TEST_F(JwtServer, ARevokedTokenIsRefusedFromThenOn) {
  folder.write("revoked", "# nobody yet\n");
  start(config({}, "revoked_file = \"revoked\"\n"));
  EXPECT_EQ(ask(token()).status, 200);
  folder.write("revoked", "credential token-1\n");
  ASSERT_TRUE(process->wait_error_line("\"auth.revocations\""));
  const HttpAnswer answer = ask(token());
  EXPECT_EQ(answer.status, 401);
  EXPECT_NE(challenge(answer).find("error=\"invalid_token\""), std::string::npos);
  std::filesystem::remove(folder.path() / "revoked");
  ASSERT_TRUE(process->wait_error_line("\"auth.revocations_unreadable\""));
  Json other = claims();
  other["jti"] = "token-2";
  EXPECT_EQ(ask(keys.front().token(other)).status, 503) << "fails closed, and says to come back";
}

constexpr const char* kRules = R"(
[[policy.rule]]
scopes = ["governance.read"]
tools = ["get_*", "list_risks"]
prompts = ["control_gap_analysis"]
resources = ["finos://risks/*"]
[[policy.rule]]
scopes = ["governance.search"]
tools = ["search*"]
)";

std::set<std::string> names(const HttpAnswer& answer, const char* key, const char* name) {
  std::set<std::string> out;
  const Json parsed = Json::parse(answer.body);
  for (const Json& each : parsed["result"][key]) out.insert(each[name].get<std::string>());
  return out;
}

TEST_F(JwtServer, RulesSayWhatScopesAllow) {
  start(config({}, kRules));
  const std::string reader = token(), searcher = token("governance.read governance.search");
  EXPECT_EQ(ask(reader).status, 200);
  const HttpAnswer refused = ask(reader, "tools/call", {{"name", "search"}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(Json::parse(refused.body)["error"], "insufficient_scope");
  EXPECT_NE(challenge(refused).find("scope=\"governance.search\""), std::string::npos)
      << "what to ask the authorization server for: " << challenge(refused);
  EXPECT_NE(challenge(refused).find("resource_metadata="), std::string::npos);
  EXPECT_EQ(
      ask(searcher, "tools/call", {{"name", "search"}, {"arguments", {{"query", "drift"}}}}).status,
      200);
  EXPECT_EQ(ask(searcher, "tools/call", {{"name", "server_info"}}).status, 403)
      << "what no rule names is denied";

  // Lists show what calls allow, by the same rules.
  const auto tools = names(ask(reader, "tools/list", Json::object()), "tools", "name");
  EXPECT_TRUE(tools.contains("get_risk"));
  EXPECT_FALSE(tools.contains("search"));
  for (const std::string& tool : tools)
    EXPECT_NE(ask(reader, "tools/call", {{"name", tool}}).status, 403) << tool;
  EXPECT_EQ(names(ask(reader, "prompts/list", Json::object()), "prompts", "name"),
            std::set<std::string>{"control_gap_analysis"});
  EXPECT_EQ(ask(reader, "prompts/get", {{"name", "assess_use_case"}}).status, 403);
  for (const std::string& uri :
       names(ask(reader, "resources/list", Json::object()), "resources", "uri"))
    EXPECT_TRUE(uri.starts_with("finos://risks/")) << uri;
  EXPECT_EQ(names(ask(reader, "resources/templates/list", Json::object()), "resourceTemplates",
                  "uriTemplate"),
            std::set<std::string>{"finos://risks/{risk_id}"});
  EXPECT_EQ(ask(reader, "resources/read", {{"uri", "finos://risks/ri-1"}}).status, 200);
  for (const char* const uri : {"finos://index", "finos://mitigations/mi-1", "FINOS://risks/ri-1"})
    EXPECT_EQ(ask(reader, "resources/read", {{"uri", uri}}).status, 403) << uri;
  const Json argument = {{"name", "mitigation_id"}, {"value", "m"}};
  EXPECT_EQ(
      ask(reader, "completion/complete",
          {{"ref", {{"type", "ref/resource"}, {"uri", "finos://mitigations/{mitigation_id}"}}},
           {"argument", argument}})
          .status,
      403);
}

TEST_F(JwtServer, OneOfABatchIsRefusedAlone) {
  start(config({}, kRules));
  HttpConnection http(port);
  const auto call = [](int id, const char* tool) {
    return Json{
        {"jsonrpc", "2.0"}, {"id", id}, {"method", "tools/call"}, {"params", {{"name", tool}}}};
  };
  const HttpAnswer answer =
      http.request("POST", "/mcp",
                   {{"Content-Type", "application/json"},
                    {"Accept", "application/json, text/event-stream"},
                    {"Authorization", "Bearer " + token()},
                    {"MCP-Protocol-Version", "2025-03-26"}},
                   Json::array({call(1, "list_risks"), call(2, "server_info")}).dump());
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json answers = Json::parse(answer.body);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_TRUE(answers[0].contains("result"));
  EXPECT_EQ(answers[1]["error"]["code"], -32602);
}

TEST_F(JwtServer, AnOutageOfTheIssuerAtTheStartIsNoReasonToLetAnybodyIn) {
  const std::string good = token();
  issuer.handle_with([](const Upstream::Request&) -> Upstream::Answer { return {503}; });
  start(config());
  const HttpAnswer answer = ask(good);
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.headers.contains("retry-after"));
  EXPECT_EQ(challenge(answer), "") << "the token is not at fault";
}

TEST_F(JwtServer, WhatIsMissingInTheConfigurationIsNamed) {
  std::string text = config();
  text.erase(text.find("grants"), text.find(']', text.find("grants")) + 1 - text.find("grants"));
  file = folder.write("govhost.toml", text);
  const Outcome started = run({binary(), "serve", "--config", file, "--ops", "127.0.0.1:0"});
  EXPECT_EQ(started.exit_code, 2);
  EXPECT_NE(started.err.find("grants = [\"" + issuer_url + "/\"]"), std::string::npos)
      << started.err;
  text = config();
  text.erase(text.find("audience"), std::string("audience = [\"urn:mcp\"]").size());
  file = folder.write("govhost.toml", text);
  const Outcome checked = run({binary(), "config", "check", "--config", file});
  EXPECT_EQ(checked.exit_code, 2);
  EXPECT_NE(checked.err.find("audience: is required: write it or set host.public_url"),
            std::string::npos)
      << checked.err;
}

}  // namespace
}  // namespace govhost::test
