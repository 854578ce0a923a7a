// govhost check: a configuration that is fit for production passes every check, and each thing that
// is wrong with it fails exactly its own.
#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include "support/client.h"
#include "support/files.h"
#include "support/tls.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGood = R"([host]
user = "nobody"
drain_delay = "10s"
keys = ["cred:session-key"]
[ops]
listen = "127.0.0.1:9464"
[content]
bundle_dir = "bundles"
signing_key = "cred:bundle-key"
[audit]
dir = "audit"
signing_key = "cred:audit-key"
retention = "2555d"
[[audit.sink]]
name = "siem"
kind = "syslog"
address = "siem.bank.example:6514"
[policy]
revoked_file = "revoked"
[[policy.rule]]
scopes = ["governance.read"]
tools = ["*"]
[[limit]]
key = "address"
rate = "1200/min"
[[limit]]
key = "principal"
rate = "600/min"
[[transport]]
plugin = "http"
[transport.options]
listen = "10.1.2.3:8443"
allowed_origins = ["https://app.bank.example"]
trusted_proxies = ["10.1.0.0/16"]
max_connections = 100
[transport.options.tls]
cert = "server.crt"
key = "file:FOLDER/server.key"
[[auth]]
plugin = "jwt"
grants = ["https://login.bank.example/"]
[auth.options]
issuer = "https://login.bank.example"
audience = ["https://governance.bank.example/mcp"]
[[source]]
name = "policies"
plugin = "directory"
gate = {require = {policy = 1}}
options = {path = "policies"}
[search]
plugin = "memory"
)";

constexpr const char* kWords = R"(
[[attestation]]
check = "SEC-023"
by = "Jane Doe"
until = 2099-01-31
reference = "https://wiki.bank.example/alerts"
)";

class Check : public testing::Test {
 protected:
  Check() {
    const Certificate own = make_certificate("host", nullptr, "DNS:localhost", 90L * 24 * 3600);
    folder.write("server.crt", own.cert);
    fs::permissions(folder.write("server.key", own.key), fs::perms(0600));
    done("backup", 1);
    done("drill", 80 * 24);
    for (const char* id : {"PERF-005", "PERF-006", "REL-003", "REL-004", "REL-006", "REL-007",
                           "COMP-006", "COMP-007", "COMP-008"})
      words += std::string("[[attestation]]\ncheck = \"") + id +
               "\"\nby = \"Jane Doe\"\nuntil = \"2099-01-31\"\n";
  }
  // As `govhost backup` remembers what it did, so many hours ago.
  void done(const std::string& what, int hours) const {
    const std::time_t time = std::time(nullptr) - hours * 3600;
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&time));
    folder.write("state/govhost/last-" + what + ".json", Json{{"at", text}, {"file", "/b"}}.dump());
  }
  static std::string with(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return text;
  }
  Outcome check(std::string config, const std::vector<std::string>& more = {"--json"}) const {
    if (const std::size_t at = config.find("FOLDER"); at != std::string::npos)
      config.replace(at, 6, folder.path().string());
    const auto file = folder.write("govhost.toml", config);
    const auto attested = folder.write("attestations.toml", words);
    std::vector<std::string> command{binary(), "check",          "--config",
                                     file,     "--attestations", attested};
    command.insert(command.end(), more.begin(), more.end());
    return run(command, {{"XDG_STATE_HOME", (folder.path() / "state").string()}});
  }
  // Ids of the checks that warn or fail.
  std::set<std::string> wrong(const std::string& config) const {
    const Outcome outcome = check(config);
    const Json json = Json::parse(outcome.out, nullptr, false);
    EXPECT_TRUE(json.is_object()) << outcome.err;
    std::set<std::string> out;
    if (json.is_object())
      for (const Json& each : json["checks"])
        if (each["status"] == "warn" || each["status"] == "fail") out.insert(each["id"]);
    return out;
  }

  const TempDir folder;
  std::string words = kWords;
};

TEST_F(Check, AConfigurationThatIsFitPassesEveryCheck) {
  const Outcome outcome = check(kGood);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  EXPECT_EQ(wrong(kGood), std::set<std::string>{});
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["summary"]["fail"], 0);
  EXPECT_EQ(json["summary"]["attested"], 10);
  EXPECT_EQ(json["config"]["sha256"].get<std::string>().size(), 64u);
}

TEST_F(Check, TheExampleForProductionLacksWhatIsYoursAlone) {
  const Outcome outcome = run(
      {binary(), "check", "--json", "--config", source_tree() + "/config/examples/production.toml"},
      {{"XDG_STATE_HOME", folder.path().string()}});
  const std::map<std::string, std::string> yours = {
      {"SEC-020", "/etc/govhost/tls.crt cannot be read"},
      {"REL-008", "no backup was made, as far as is known here"},
      {"REL-009", "no restore was tried, as far as is known here"}};
  const Json json = Json::parse(outcome.out);
  for (const Json& each : json["checks"]) {
    const std::string observed = each["observed"];
    if (each["status"] == "pass") continue;
    const auto known = yours.find(each["id"]);
    EXPECT_EQ(observed, known != yours.end() ? known->second : "nobody has attested it");
  }
}

TEST_F(Check, EachMistakeFailsExactlyItsCheck) {
  const std::string wide = "listen = \"10.1.2.3:8443\"";
  struct Mistake {
    const char* id;
    std::string from, to;
  };
  const Mistake mistakes[] = {
      {"SEC-001",
       "[transport.options.tls]\ncert = \"server.crt\"\nkey = \"file:FOLDER/server.key\"\n", ""},
      {"SEC-002", "cert = \"server.crt\"", "cert = \"server.crt\"\nmin_version = \"1.2\""},
      {"SEC-004", "[policy]\n", "[policy]\nallow_anonymous = true\n"},
      {"SEC-006", "[[limit]]\nkey = \"address\"\nrate = \"1200/min\"\n", ""},
      {"SEC-007", "listen = \"127.0.0.1:9464\"", "listen = \"10.1.2.3:9464\""},
      {"SEC-009", "[host]\n", "[host]\ncore_dumps = true\n"},
      {"SEC-010", "\"https://app.bank.example\"", "\"*\""},
      {"SEC-013", "\"cred:session-key\"", "\"env:SESSION_KEY\""},
      {"SEC-014", "file:FOLDER/server.key", "file:/etc/passwd"},
      {"SEC-015", wide, "listen = \"0.0.0.0:8443\""},
      {"SEC-016", "[\"https://login.bank.example/\"]", "[\"http://login.bank.example/\"]"},
      {"SEC-017", "\"10.1.0.0/16\"", "\"0.0.0.0/0\""},
      {"SEC-018", "revoked_file = \"revoked\"\n", ""},
      {"SEC-020", "\"server.crt\"", "\"old.crt\""},
      {"SEC-021", "scopes = [\"governance.read\"]\ntools = [\"*\"]", "tools = [\"*\"]"},
      {"SEC-024",
       "[[audit.sink]]\nname = \"siem\"\nkind = \"syslog\"\naddress = \"siem.bank.example:6514\"\n",
       ""},
      {"PERF-001", "max_connections = 100", "max_connections = 1000000"},
      {"PERF-002", "[host]\n", "[host]\nmax_in_flight_per_caller = 256\n"},
      {"PERF-004", "bundle_dir = \"bundles\"\n", ""},
      {"PERF-007", "keys = [\"cred:session-key\"]\n", ""},
      {"REL-001", "listen = \"127.0.0.1:9464\"", "enabled = false"},
      {"REL-002", "drain_delay = \"10s\"\n", ""},
      {"REL-005", "gate = {require = {policy = 1}}", "gate = {max_shrink = 1.0}"},
      {"COMP-001", "[audit]\ndir = \"audit\"\n", "[audit]\nenabled = false\n"},
      {"COMP-002", "signing_key = \"cred:audit-key\"\n", ""},
      {"COMP-003", "[audit]\n", "[audit]\non_failure = \"fail_open\"\n"},
      {"COMP-004", "\"2555d\"", "\"90d\""},
      {"COMP-005", "[audit]\n", "[audit]\nfsync = \"none\"\n"},
      {"COMP-009", "signing_key = \"cred:bundle-key\"\n", ""},
  };
  folder.write("old.crt", make_certificate("host", nullptr, "DNS:localhost", 3600).cert);
  std::set<std::string> covered;
  for (const Mistake& each : mistakes) {
    EXPECT_EQ(wrong(with(kGood, each.from, each.to)), std::set<std::string>{each.id}) << each.id;
    covered.insert(each.id);
  }
  // Those that need more than one change, or the machine.
  const std::string no_rule = "[[policy.rule]]\nscopes = [\"governance.read\"]\ntools = [\"*\"]\n";
  EXPECT_EQ(wrong(with(kGood, no_rule, "")), std::set<std::string>{"SEC-005"});
  covered.insert("SEC-005");
  const fs::path other = folder.path() / "source-directory.so";
  fs::copy_file(fs::path(plugin_folder()) / "source-directory.so", other);
  EXPECT_EQ(wrong(with(kGood, "plugin = \"directory\"",
                       "plugin = \"" + other.string() + "\"\nisolation = \"in-process\"")),
            std::set<std::string>{"SEC-008"});
  covered.insert("SEC-008");
  EXPECT_TRUE(wrong("[[transport]]\nplugin = \"http\"\n[[source]]\nplugin = \"starter\"\n")
                  .contains("SEC-003"));
  covered.insert("SEC-003");
  if (::geteuid() == 0) {
    EXPECT_EQ(wrong(with(kGood, "user = \"nobody\"\n", "")), std::set<std::string>{"SEC-019"});
  }
  covered.insert("SEC-019");
  for (const auto& [what, id, fresh, old] :
       {std::tuple{"backup", "REL-008", 1, 25}, std::tuple{"backup", "REL-008", 1, 27},
        std::tuple{"drill", "REL-009", 1, 91 * 24}}) {
    done(what, old);
    EXPECT_EQ(wrong(kGood), std::set<std::string>{id});
    EXPECT_EQ(check(kGood).exit_code, old == 25 ? 0 : 2) << "a little late is a warning";
    fs::remove(folder.path() / ("state/govhost/last-" + std::string(what) + ".json"));
    EXPECT_EQ(wrong(kGood), std::set<std::string>{id}) << "never";
    done(what, fresh);
    covered.insert(id);
  }
  const Outcome all = check(kGood);
  const Json json = Json::parse(all.out);
  for (const Json& each : json["checks"]) {
    if (each["status"] == "attested") continue;
    EXPECT_TRUE(covered.contains(each["id"])) << each["id"] << " has no mistake here";
  }
}

TEST_F(Check, AnAttestationThatRanOutIsNone) {
  words = with(words, "until = 2099-01-31", "until = 2020-01-31");
  EXPECT_EQ(wrong(kGood), std::set<std::string>{"SEC-023"});
  const Outcome outcome = check(kGood, {});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.out.find("FAIL     SEC-023"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("ran out on 2020-01-31"), std::string::npos);
}

TEST_F(Check, MistakesInAttestationsAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"[[attestation]]\ncheck = \"SEC-001\"\nby = \"x\"\nuntil = 2099-01-01\n",
       "SEC-001 needs no attestation"},
      {"[[attestation]]\ncheck = \"SEC-999\"\n", "is no check"},
      {"[[attestation]]\ncheck = \"REL-007\"\nuntil = 2099-01-01\n", "by is missing"},
      {"[[attestation]]\ncheck = \"REL-007\"\nby = \"x\"\nuntil = \"soon\"\n",
       "until must be a date"},
      {"[[attestation]]\ncheck = \"REL-007\"\nby = \"x\"\nuntil = 2099-01-01\nwho = 1\n",
       "unknown key who"},
      {"[[attestation\n", "attestations.toml:1"}};
  for (const auto& [text, problem] : cases) {
    words = text;
    const Outcome outcome = check(kGood);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find(problem), std::string::npos) << outcome.err;
  }
}

TEST_F(Check, WarningsCountWhenThatIsWanted) {
  const std::string config = with(kGood, "drain_delay = \"10s\"\n", "");
  EXPECT_EQ(check(config).exit_code, 0);
  EXPECT_EQ(check(config, {"--strict"}).exit_code, 1);
}

TEST_F(Check, EvidenceComesAsMarkdownAndJunit) {
  const std::string markdown = check(kGood, {"--format", "md"}).out;
  EXPECT_NE(markdown.find("## Security monitoring and alerting"), std::string::npos) << markdown;
  EXPECT_NE(markdown.find("| COMP-002 The record can be trusted | pass |"), std::string::npos);
  const std::string junit = check(with(kGood, "\"2555d\"", "\"90d\""), {"--junit"}).out;
  EXPECT_NE(junit.find("failures=\"1\""), std::string::npos) << junit;
  EXPECT_NE(junit.find("<failure message=\"90 days;"), std::string::npos) << junit;
}

}  // namespace
}  // namespace govhost::test
