// What the command line says of a running server to the one on call.
#include <gtest/gtest.h>

#include "support/client.h"
#include "support/files.h"
#include "support/upstream.h"

namespace govhost::test {
namespace {

class Diagnose : public testing::Test {
 protected:
  void start(const std::string& more = "") {
    const auto config = folder.write(
        "govhost.toml",
        "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n[[source]]\nplugin = "
        "\"starter\"\n" +
            more);
    client = std::make_unique<Client>(Wire::kHttp, Era::kModern,
                                      std::vector<std::string>{"--config", config.string()});
  }
  Outcome diagnose(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> command{binary(), "diagnose", "--url",
                                     "http://127.0.0.1:" + std::to_string(client->ops_port())};
    command.insert(command.end(), more.begin(), more.end());
    return run(command);
  }
  const TempDir folder;
  std::unique_ptr<Client> client;
};

TEST_F(Diagnose, AHealthyServerIsHealthy) {
  start();
  const Outcome outcome = diagnose();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("ready: ok"), std::string::npos) << outcome.out;
}

TEST_F(Diagnose, ASourceThatFailsIsNamedWithItsRunbook) {
  Upstream upstream([](const Upstream::Request&) { return Upstream::Answer{503}; });
  start("[[source]]\nname = \"far\"\nplugin = \"archive\"\nrequired = false\ngrants = [\"" +
        upstream.url() + "\"]\noptions = {url = \"" + upstream.url("/c.tar.gz") + "\"}\n");
  const Outcome outcome = diagnose();
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  EXPECT_NE(outcome.out.find("ready: degraded"), std::string::npos) << outcome.out;
  EXPECT_NE(
      outcome.out.find("ticket  GovhostContentStale: what is served of far may be out of date"),
      std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("docs/operations/runbooks/content-stale.md"), std::string::npos);
  const Json json = Json::parse(diagnose({"--json"}).out);
  EXPECT_EQ(json["findings"][0]["labels"]["source"], "far");
}

TEST_F(Diagnose, AServerThatIsNotThereIsExitCode4) {
  const Outcome outcome = run({binary(), "diagnose", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_NE(outcome.err.find("is the server running?"), std::string::npos) << outcome.err;
}

TEST_F(Diagnose, WhereATokenIsAskedForItIsGiven) {
  folder.write("token", "c4n4ry-of-metrics");
  start("[ops]\nmetrics_token = \"file:" + (folder.path() / "token").string() + "\"\n");
  EXPECT_EQ(diagnose().exit_code, 4) << "refused";
  const Outcome outcome = diagnose({"--token", "file:" + (folder.path() / "token").string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
}

}  // namespace
}  // namespace govhost::test
