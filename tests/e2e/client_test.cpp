// govhost client: keys that are made, rotated and revoked while the server runs.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

class Clients : public testing::Test {
 protected:
  Clients() {
    folder.write("tokens.json", "[]");
    std::filesystem::permissions(
        folder.path() / "tokens.json",
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    config = folder.write("govhost.toml", R"([[transport]]
plugin = "http"
options = {listen = "127.0.0.1:0"}
[[source]]
plugin = "starter"
[policy]
required_scopes = ["governance.read"]
[[auth]]
plugin = "token"
options = {file = "tokens.json"}
)");
  }
  Outcome client(std::vector<std::string> words) const {
    std::vector<std::string> all{binary(), "client"};
    all.insert(all.end(), words.begin(), words.end());
    all.insert(all.end(), {"--config", config});
    return run(all);
  }
  std::string token_of(const Outcome& outcome) const {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out.substr(0, outcome.out.find('\n'));
  }
  void serve() {
    process = std::make_unique<Process>(
        std::vector<std::string>{binary(), "serve", "--config", config, "--ops", "127.0.0.1:0"});
    const auto line = process->wait_error_line("\"transport.listening\"");
    if (!process->wait_error_line("\"serve.ready\"") || !line)
      throw std::runtime_error(process->error_text());
    port = port_of(Json::parse(*line)["endpoint"].get<std::string>());
  }
  int status(const std::string& token) const {
    HttpConnection http(port);
    return http
        .request("POST", "/mcp",
                 {{"Content-Type", "application/json"},
                  {"Accept", "application/json"},
                  {"Authorization", "Bearer " + token}},
                 R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})")
        .status;
  }
  // The file is looked at once a second.
  bool becomes(const std::string& token, int wanted) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (status(token) != wanted)
      if (std::chrono::steady_clock::now() > until) return false;
    return true;
  }

  TempDir folder;
  std::string config;
  std::unique_ptr<Process> process;
  std::uint16_t port = 0;
};

TEST_F(Clients, AKeyLivesFromAddToRevoke) {
  serve();
  const Outcome added = client({"add", "ci", "--scope", "governance.read"});
  const std::string first = token_of(added);
  EXPECT_TRUE(first.starts_with("gh_ci_")) << first;
  EXPECT_GE(first.size(), 40U);
  EXPECT_TRUE(becomes(first, 200));
  const std::string second = token_of(client({"rotate", "ci"}));
  EXPECT_TRUE(becomes(second, 200));
  EXPECT_EQ(status(first), 200) << "both live while the client changes over";
  EXPECT_NE(client({"rotate", "ci"}).err.find("two keys already"), std::string::npos);

  const Json listed = Json::parse(client({"list", "--json"}).out);
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[1]["scopes"], Json::array({"governance.read"})) << "those of the first";
  const Outcome revoked = client({"revoke", "ci", "--key", listed[0]["key"]});
  EXPECT_EQ(revoked.exit_code, 0) << revoked.err;
  EXPECT_TRUE(becomes(first, 401));
  EXPECT_EQ(status(second), 200);
  EXPECT_EQ(client({"revoke", "ci"}).exit_code, 0);
  EXPECT_TRUE(becomes(second, 401));
}

TEST_F(Clients, TheFileHoldsNoTokenAndIsForItsOwnerAlone) {
  const std::string token = token_of(client({"add", "ci", "--scope", "governance.read"}));
  std::ifstream file(folder.path() / "tokens.json");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(text.find(token.substr(6)), std::string::npos);
  EXPECT_EQ(client({"list"}).out.find(token), std::string::npos);
  EXPECT_EQ(std::filesystem::status(folder.path() / "tokens.json").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Clients, AKeyMayBeBoundToANetwork) {
  const std::string here =
      token_of(client({"add", "here", "--scope", "governance.read", "--cidr", "127.0.0.0/8"}));
  const std::string there =
      token_of(client({"add", "there", "--scope", "governance.read", "--cidr", "10.0.0.0/8"}));
  serve();
  EXPECT_EQ(status(here), 200);
  EXPECT_EQ(status(there), 401);
}

TEST_F(Clients, ABrokenFileLetsNobodyInAndIsNotWrittenOver) {
  const std::string token = token_of(client({"add", "ci", "--scope", "governance.read"}));
  serve();
  EXPECT_EQ(status(token), 200);
  folder.write("tokens.json", "[{\"id\": \"ci\",");
  EXPECT_TRUE(becomes(token, 503));
  const Outcome added = client({"add", "other", "--scope", "governance.read"});
  EXPECT_EQ(added.exit_code, 2);
  EXPECT_NE(added.err.find("mend it first"), std::string::npos) << added.err;
}

TEST_F(Clients, MistakesAreNamed) {
  EXPECT_EQ(client({"add", "a b", "--scope", "x"}).exit_code, 2);
  EXPECT_EQ(client({"add", "ci"}).exit_code, 64);
  EXPECT_NE(client({"revoke", "nobody"}).err.find("no client nobody"), std::string::npos);
  token_of(client({"add", "ci", "--scope", "x"}));
  EXPECT_NE(client({"add", "ci", "--scope", "x"}).err.find("client rotate ci"), std::string::npos);
}

// Whoever can reach an address can ask.
TEST_F(Clients, NobodyIsServedAnonymouslyWhereOthersCanReach) {
  const auto check = [&](const std::string& listen, const std::string& more) {
    const std::string file =
        folder.write("open.toml", "[[transport]]\nplugin = \"http\"\noptions = {listen = \"" +
                                      listen + "\"}\n[[source]]\nplugin = \"starter\"\n" + more);
    return run({binary(), "config", "check", "--config", file});
  };
  for (const char* const open : {"0.0.0.0:0", "[::]:0", "10.1.2.3:8080"}) {
    const Outcome refused = check(open, "");
    EXPECT_EQ(refused.exit_code, 2) << open;
    EXPECT_NE(refused.err.find("policy.allow_anonymous"), std::string::npos) << refused.err;
  }
  EXPECT_EQ(check("127.0.0.1:0", "").exit_code, 0);
  EXPECT_EQ(check("[::1]:0", "").exit_code, 0);
  EXPECT_EQ(check("0.0.0.0:0", "[policy]\nallow_anonymous = true\n").exit_code, 0);
  EXPECT_EQ(check("0.0.0.0:0", "[[auth]]\nplugin = \"token\"\noptions = {file = \"tokens.json\"}\n")
                .exit_code,
            0);
}

}  // namespace
}  // namespace govhost::test
