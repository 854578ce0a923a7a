// What a serving process has given up, as the kernel tells it.
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string value_in(const std::string& text, const std::string& name) {
  const std::size_t at = text.find(name);
  if (at == std::string::npos) return "";
  const std::size_t begin = text.find_first_not_of(" \t:", at + name.size());
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::string symbols_of_host() { return run({"readelf", "-W", "--dyn-syms", binary()}).out; }

// This test itself is not, when the host is.
bool is_sanitized() {
  const std::string symbols = symbols_of_host();
  return symbols.find("__asan_") != std::string::npos ||
         symbols.find("__tsan_") != std::string::npos;
}

// A server that a careless parent has started: with a file open and everything allowed.
class Hardening : public testing::Test {
 protected:
  void serve(const std::string& host = {}) {
    const std::string config = folder.write("govhost.toml", "[host]\n" + host + R"(
[content]
bundle_dir = "bundles"
[audit]
dir = "audit"
[[transport]]
plugin = "http"
options = {listen = "127.0.0.1:0"}
[[source]]
plugin = "starter"
)");
    process = std::make_unique<Process>(std::vector<std::string>{
        "sh", "-c",
        "umask 0; ulimit -c 1000; exec 9<\"$1\"; exec \"$0\" serve --config \"$1\" --ops "
        "127.0.0.1:0",
        binary(), config});
    ASSERT_TRUE(process->wait_error_line("\"serve.ready\"")) << process->error_text();
    proc = "/proc/" + std::to_string(process->pid());
  }

  TempDir folder;
  std::unique_ptr<Process> process;
  fs::path proc;
};

TEST_F(Hardening, TheProcessGivesUpWhatItDoesNotNeed) {
  serve();
  EXPECT_EQ(value_in(text_of(proc / "status"), "NoNewPrivs"), "1");
  EXPECT_EQ(value_in(text_of(proc / "status"), "Umask"), "0027");
  EXPECT_TRUE(value_in(text_of(proc / "limits"), "Max core file size").starts_with("0 "));
  for (const auto& entry : fs::directory_iterator(proc / "fd"))
    EXPECT_EQ(fs::read_symlink(entry).string().find("govhost.toml"), std::string::npos)
        << "what the parent left open";
  for (const auto& entry : fs::directory_iterator(folder.path() / "bundles"))
    EXPECT_EQ(fs::status(entry).permissions() & fs::perms::others_all, fs::perms::none) << entry;
}

TEST_F(Hardening, ACoreDumpCanBeWanted) {
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  if (limit.rlim_max == 0 || is_sanitized()) GTEST_SKIP() << "none is allowed here";
  serve("core_dumps = true\n");
  EXPECT_FALSE(value_in(text_of(proc / "limits"), "Max core file size").starts_with("0 "));
}

TEST_F(Hardening, RootBecomesTheUserOfTheConfiguration) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  fs::permissions(folder.path(), fs::perms::all);
  serve("user = \"nobody\"\n");
  const std::string uids = value_in(text_of(proc / "status"), "Uid");
  EXPECT_EQ(uids.find("0\t"), std::string::npos) << uids;
  EXPECT_NE(uids.find("65534"), std::string::npos) << uids;
}

TEST_F(Hardening, AUserThatIsNotThereIsNamed) {
  const Outcome outcome = run({binary(), "serve", "--set", "host.user=no-such-user"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("there is no user no-such-user"), std::string::npos) << outcome.err;
}

TEST_F(Hardening, TheBinariesAreBuiltToFailSafely) {
  std::vector<std::string> files{binary()};
  for (const auto& entry : fs::directory_iterator(plugin_folder()))
    if (entry.path().extension() == ".so") files.push_back(entry.path().string());
  ASSERT_GT(files.size(), 5U);
  for (const std::string& file : files) {
    const std::string headers = run({"readelf", "-W", "-h", "-l", "-d", file}).out;
    EXPECT_NE(headers.find("DYN "), std::string::npos) << file;
    EXPECT_NE(headers.find("GNU_RELRO"), std::string::npos) << file;
    EXPECT_NE(headers.find("BIND_NOW"), std::string::npos) << file;
    EXPECT_EQ(headers.find("RWE"), std::string::npos) << file;
  }
  if (is_sanitized()) return;  // sanitizers look closer
  const std::string symbols = symbols_of_host();
  EXPECT_NE(symbols.find("__stack_chk_fail"), std::string::npos);
  EXPECT_NE(symbols.find("_chk@"), std::string::npos) << "_FORTIFY_SOURCE";
}

// The rule that decides, without a server.
TEST(Policy, IsExplained) {
  const TempDir folder;
  const std::string config = folder.write("govhost.toml", R"([[transport]]
plugin = "stdio"
[[source]]
plugin = "starter"
[policy]
required_scopes = ["read"]
[[policy.rule]]
scopes = ["read"]
tools = ["get_*"]
[[policy.rule]]
scopes = ["search"]
tools = ["search*"]
[[auth]]
plugin = "token"
[[auth.options.tokens]]
id = "ci"
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
scopes = ["read"]
)");
  const auto explain = [&](std::vector<std::string> words) {
    std::vector<std::string> all{binary(), "policy", "explain", "--config", config};
    all.insert(all.end(), words.begin(), words.end());
    return run(all);
  };
  EXPECT_EQ(explain({"--as", "ci", "--tool", "get_risk"}).out,
            "allowed: the rule at govhost.toml:7 allows it\n");
  const Outcome denied = explain({"--as", "ci", "--tool", "search"});
  EXPECT_EQ(denied.exit_code, 1);
  EXPECT_EQ(denied.out,
            "denied: the rule at govhost.toml:10 would allow it to holders of search\n");
  EXPECT_NE(explain({"--as", "ci", "--prompt", "x"}).out.find("no rule names it"),
            std::string::npos);
  EXPECT_NE(explain({"--scope", "other", "--tool", "get_risk"}).out.find("required_scopes"),
            std::string::npos);
  const Outcome unknown = explain({"--as", "nobody", "--tool", "x"});
  EXPECT_EQ(unknown.exit_code, 64);
  EXPECT_NE(unknown.err.find("--scope"), std::string::npos) << unknown.err;
}

}  // namespace
}  // namespace govhost::test
