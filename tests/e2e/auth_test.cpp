// Who may call over HTTP: the token plugin, its answers as OAuth clients read them (RFC 6750), and
// that no token is ever shown.
#include <gtest/gtest.h>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

// Digests of c4n4ry-reader, c4n4ry-other and c4n4ry-expired.
constexpr const char* kConfig = R"([[transport]]
plugin = "http"
[transport.options]
listen = "127.0.0.1:0"
[[source]]
plugin = "starter"
[search]
plugin = "memory"
[policy]
required_scopes = ["governance.read"]
[[auth]]
plugin = "token"
[[auth.options.tokens]]
id = "reader"
sha256 = "READER"
scopes = ["governance.read"]
[[auth.options.tokens]]
id = "other"
sha256 = "OTHER"
scopes = ["something.else"]
[[auth.options.tokens]]
id = "expired"
sha256 = "EXPIRED"
scopes = ["governance.read"]
expires = "2020-01-01T00:00:00Z"
)";

std::string sha256_of(const std::string& text) {
  Process process({"sha256sum"});
  process.write(text);
  process.close_input();
  return process.read_all().substr(0, 64);
}

class Auth : public testing::Test {
 protected:
  Auth() {
    std::string text = kConfig;
    for (const auto& [mark, token] : {std::pair{"READER", "c4n4ry-reader"},
                                      {"OTHER", "c4n4ry-other"},
                                      {"EXPIRED", "c4n4ry-expired"}})
      text.replace(text.find(mark), std::string(mark).size(), sha256_of(token));
    file = folder.write("govhost.toml", text);
    process = std::make_unique<Process>(
        std::vector<std::string>{binary(), "serve", "--config", file, "--ops", "127.0.0.1:0"});
    const auto line = process->wait_error_line("\"transport.listening\"");
    if (!process->wait_error_line("\"serve.ready\"") || !line)
      throw std::runtime_error(process->error_text());
    port = port_of(Json::parse(*line)["endpoint"].get<std::string>());
  }
  HttpAnswer ask(HeaderList headers) {
    headers.emplace_back("Content-Type", "application/json");
    headers.emplace_back("Accept", "application/json, text/event-stream");
    HttpConnection http(port);
    return http.request(
        "POST", "/mcp", headers,
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_risks"}})");
  }
  static HeaderList bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
  }

  TempDir folder;
  std::string file;
  std::unique_ptr<Process> process;
  std::uint16_t port = 0;
};

TEST_F(Auth, AKnownTokenIsLetIn) {
  const HttpAnswer answer = ask(bearer("c4n4ry-reader"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(Json::parse(answer.body)["result"]["isError"], false);
  const auto line = process->wait_error_line("\"request.done\"");
  ASSERT_TRUE(line);
  EXPECT_EQ(Json::parse(*line)["principal"], "reader");
}

TEST_F(Auth, NobodyElseIs) {
  const struct {
    HeaderList headers;
    int status;
    const char* error;
  } cases[] = {{{}, 401, ""},
               {bearer("c4n4ry-wrong"), 401, "invalid_token"},
               {bearer("c4n4ry-expired"), 401, "invalid_token"},
               {bearer(""), 401, "invalid_token"},
               {{{"Authorization", "Basic Y2FuYXJ5"}}, 401, ""},
               {bearer("c4n4ry-other"), 403, "insufficient_scope"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.headers.empty() ? "no header" : c.headers[0].second);
    const HttpAnswer answer = ask(c.headers);
    EXPECT_EQ(answer.status, c.status) << answer.body;
    const std::string challenge =
        answer.headers.contains("www-authenticate") ? answer.headers.at("www-authenticate") : "";
    EXPECT_TRUE(challenge.starts_with("Bearer")) << challenge;
    if (*c.error)
      EXPECT_NE(challenge.find(c.error), std::string::npos) << challenge;
    else
      EXPECT_EQ(challenge.find("error="), std::string::npos) << challenge;
    EXPECT_EQ(answer.body.find("documents"), std::string::npos);
  }
}

TEST_F(Auth, TokensAreNeverShown) {
  for (const char* token : {"c4n4ry-reader", "c4n4ry-wrong", "c4n4ry-other", "c4n4ry-expired"}) {
    const HttpAnswer answer = ask(bearer(token));
    EXPECT_EQ(answer.body.find("c4n4ry"), std::string::npos) << answer.body;
    for (const auto& [name, value] : answer.headers)
      EXPECT_EQ(value.find("c4n4ry"), std::string::npos) << name;
  }
  process->signal(15);
  EXPECT_EQ(process->wait(), 0);
  EXPECT_EQ(process->error_text().find("c4n4ry"), std::string::npos);
  const Outcome shown = run({binary(), "config", "show", "--config", file});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_EQ((shown.out + shown.err).find("c4n4ry"), std::string::npos);
}

TEST_F(Auth, TheCommandLineTakesItsTokenByReference) {
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/mcp";
  const std::vector<std::string> call{binary(), "call", "list_risks", "--url", url, "--json"};
  auto with = call;
  with.insert(with.end(), {"--token", "env:CANARY_TOKEN"});
  EXPECT_EQ(run(with, {{"CANARY_TOKEN", "c4n4ry-reader"}}).exit_code, 0);
  EXPECT_EQ(run(call).exit_code, 1);
  EXPECT_NE(run(with, {{"CANARY_TOKEN", "c4n4ry-wrong"}}).exit_code, 0);
}

}  // namespace
}  // namespace govhost::test
