// Secrets of a store from end to end: the real host and secrets-vault, a Vault of the test's own
// over loopback HTTP, and a GitHub that wants the token which Vault keeps.
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <string>

#include "support/client.h"
#include "support/files.h"
#include "support/github.h"
#include "support/upstream.h"

namespace govhost::test {
namespace {

using Answer = Upstream::Answer;

constexpr const char* kToken = "ghp-c4n4ry-0f-github";
constexpr const char* kSecretId = "c4n4ry-secret-id";

// The parts of the HTTP API that are used: AppRole login, KV version 2.
class VaultStub {
 public:
  Answer answer(const Upstream::Request& request) {
    const std::lock_guard lock(mutex_);
    if (sealed) return {503, R"({"errors":["Vault is sealed"]})"};
    if (request.target == "/v1/auth/approle/login") {
      const Json body = Json::parse(request.body, nullptr, false);
      if (!body.is_object() || body.value("role_id", "") != "govhost" ||
          body.value("secret_id", "") != kSecretId)
        return {400, R"({"errors":["invalid role or secret ID"]})"};
      return {200, Json{{"auth",
                         {{"client_token", "hvs-login-" + std::to_string(++logins)},
                          {"lease_duration", 3600}}}}
                       .dump()};
    }
    const std::string given = request.header("x-vault-token");
    const bool known = given == "hvs-login-" + std::to_string(logins) ||
                       request.header("authorization") == "Bearer hvs-static-token";
    if (!known || request.header("x-vault-request") != "true")
      return {403, R"({"errors":["permission denied"]})"};
    if (request.target != "/v1/kv/data/apps/gov") return {404, R"({"errors":[]})"};
    return {200,
            Json{{"data",
                  {{"data", {{"github", kToken}, {"other", 7}}}, {"metadata", {{"version", 2}}}}}}
                .dump()};
  }
  void set_sealed(bool is) {
    const std::lock_guard lock(mutex_);
    sealed = is;
  }

 private:
  std::mutex mutex_;
  bool sealed = false;
  int logins = 0;
};

class SecretsServer : public testing::Test {
 protected:
  SecretsServer() : upstream([this](const Upstream::Request& r) { return vault.answer(r); }) {
    github.put("docs/_risks/ri-1_one.md",
               "---\nsequence: 1\ntitle: One\n---\n\n## Summary\n\nX.\n");
    ::setenv("GOVHOST_TEST_SECRET_ID", kSecretId, 1);
    ::setenv("GOVHOST_TEST_VAULT_TOKEN", "hvs-static-token", 1);
  }
  std::string config(const std::string& options, const std::string& reference) const {
    std::string url = upstream.url("");
    if (url.ends_with('/')) url.pop_back();
    return folder
        .write("govhost.toml",
               "[audit]\ndir = \"audit\"\n[[transport]]\nplugin = \"http\"\n[search]\nplugin = "
               "\"memory\"\n[[secrets]]\nplugin = \"vault\"\ngrants = [\"" +
                   url + "/\"]\n[secrets.options]\nurl = \"" + url + "\"\n" + options +
                   "\n[[source]]\n" +
                   github.config(", path = \"docs\", token = \"" + reference + "\""))
        .string();
  }
  static constexpr const char* kAppRole =
      "role_id = \"govhost\"\nsecret_id = \"env:GOVHOST_TEST_SECRET_ID\"";

  VaultStub vault;
  Upstream upstream;
  Github github;
  const TempDir folder;
};

TEST_F(SecretsServer, APluginUsesWhatVaultKeeps) {
  for (const char* options : {kAppRole, "token = \"env:GOVHOST_TEST_VAULT_TOKEN\""}) {
    Client client(
        Wire::kHttp, Era::kModern,
        {"--config", config(options, "vault:kv/apps/gov#github"), "--log-level", "trace"});
    EXPECT_EQ(client.structured("list_risks")["total_count"], 1);
    ASSERT_FALSE(github.requests().empty());
    EXPECT_EQ(github.requests().back().header("authorization"), std::string("Bearer ") + kToken);
    HttpConnection ops(client.ops_port());
    EXPECT_NE(ops.request("GET", "/metrics", {}, "")
                  .body.find("govhost_secret_last_refresh_timestamp_seconds{secret=\"vault:kv/apps/"
                             "gov#github\"}"),
              std::string::npos);
    const std::string log = client.process().error_text();
    for (const char* canary : {kToken, kSecretId, "hvs-"})
      EXPECT_EQ(log.find(canary), std::string::npos) << log;
  }
}

TEST_F(SecretsServer, WhatCannotBeHadIsNamed) {
  const std::pair<std::string, std::string> cases[] = {
      {"vault:kv/apps/none#x", "Vault holds no secret at kv/apps/none"},
      {"vault:kv/apps/gov#missing", "has no field missing"},
      {"vault:kv/apps/gov", "has not one field"},
      {"vault:kv", "MOUNT/PATH#FIELD"},
      {"vault:kv/../sys#x", "MOUNT/PATH#FIELD"}};
  for (const auto& [reference, problem] : cases) {
    const Outcome outcome =
        run({binary(), "call", "list_risks", "--config", config(kAppRole, reference)});
    EXPECT_NE(outcome.err.find(problem), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find(kToken), std::string::npos);
  }
  vault.set_sealed(true);
  const Outcome sealed = run(
      {binary(), "call", "list_risks", "--config", config(kAppRole, "vault:kv/apps/gov#github")});
  EXPECT_NE(sealed.err.find("Vault is sealed"), std::string::npos) << sealed.err;
  vault.set_sealed(false);
  ::setenv("GOVHOST_TEST_SECRET_ID", "c4n4ry-wrong-id", 1);
  const Outcome refused = run(
      {binary(), "call", "list_risks", "--config", config(kAppRole, "vault:kv/apps/gov#github")});
  EXPECT_NE(refused.err.find("Vault refused the AppRole login"), std::string::npos) << refused.err;
  EXPECT_EQ(refused.err.find("c4n4ry"), std::string::npos);
}

TEST_F(SecretsServer, MistakesInTheConfigurationAreNamed) {
  const auto problem = [&](const std::string& options, const std::string& reference) {
    const Outcome outcome =
        run({binary(), "config", "check", "--config", config(options, reference)});
    EXPECT_EQ(outcome.exit_code, 2);
    return outcome.err;
  };
  EXPECT_NE(problem("", "vault:kv/a#b").find("either token, or role_id and secret_id"),
            std::string::npos);
  EXPECT_NE(problem(kAppRole, "c4n4ry-literal").find("\"vault:...\"), not be one"),
            std::string::npos);
  EXPECT_NE(problem("token = \"vault:kv/a#b\"", "vault:kv/a#b").find("secrets.vault.options.token"),
            std::string::npos)
      << "a store cannot need itself";
}

// Whatever way a secret takes into a text, it does not leave the process: here a server repeats the
// credential in the reason of its refusal.
TEST_F(SecretsServer, WhatIsRepeatedByOthersIsTakenOut) {
  ::setenv("GOVHOST_TEST_PATH", "c4n4ry-in-a-path", 1);
  const std::string file =
      folder
          .write("echo.toml",
                 "[audit]\ndir = \"audit\"\n[[transport]]\nplugin = \"http\"\n[search]\nplugin = "
                 "\"memory\"\n[[source]]\nplugin = \"starter\"\n[[source]]\nname = \"other\"\n"
                 "required = false\n" +
                     github.config(", path = \"docs\", ref = \"c4n4ry-in-a-path\", token = "
                                   "\"env:GOVHOST_TEST_PATH\""))
          .string();
  github.answer_all(Answer{404, "no"});
  Client client(Wire::kHttp, Era::kModern, {"--config", file, "--log-level", "trace"});
  client.call("get_risk", {{"risk_id", "c4n4ry-in-a-path"}});
  EXPECT_TRUE(client.process().wait_error_line("content.source_failed"));
  client.process().signal(15);
  ASSERT_EQ(client.process().wait(), 0);
  EXPECT_NE(client.process().error_text().find("[secret]"), std::string::npos)
      << "the test did not bring it about";
  EXPECT_EQ(client.process().error_text().find("c4n4ry-in-a-path"), std::string::npos);
}

}  // namespace
}  // namespace govhost::test
