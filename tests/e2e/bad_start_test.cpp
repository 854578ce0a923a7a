// Everything that keeps the host from starting says what and where, with the fix, in one sentence,
// and ends with exit code 2. What can be skipped is skipped by name.
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

const std::string kRest =
    "[[transport]]\nplugin = \"stdio\"\n[[source]]\nplugin = \"starter\"\n[search]\nplugin = "
    "\"memory\"\n";

void refused(const std::vector<std::string>& arguments, const std::vector<std::string>& parts) {
  std::vector<std::string> command{binary(), "serve"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Outcome outcome = run(command);
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  for (const std::string& part : parts)
    EXPECT_NE(outcome.err.find(part), std::string::npos) << part << "\n" << outcome.err;
}

TEST(BadStart, ConfigurationsAreRefusedByKeyFileAndLine) {
  const struct {
    std::string text;
    std::vector<std::string> parts;
  } cases[] = {
      {"[host]\nmax_inflight = 3\n" + kRest,
       {"govhost.toml:2: host.max_inflight: unknown key; did you mean max_in_flight?"}},
      {"[host]\nthreads = \"many\"\n" + kRest, {"govhost.toml:2: host.threads", "integer"}},
      {"[host]\nthreads = 0\n" + kRest, {"govhost.toml:2: host.threads"}},
      {"[host]\nrequest_timeout = \"20\"\n" + kRest, {"govhost.toml:2: host.request_timeout"}},
      {"[host\nthreads = 3\n", {"govhost.toml:1"}},
      {"[hots]\nthreads = 3\n" + kRest, {"govhost.toml:1: hots: unknown key; did you mean host?"}},
      {"[[transport]]\nplugin = \"htp\"\n[[source]]\nplugin = \"starter\"\n",
       {"govhost.toml:2", "transport-htp.so", "did you mean transport-http?"}},
      {"[[transport]]\nplugin = \"http\"\n[transport.options]\nlisten = \"127.0.0.1:0\"\nmax_bdy = "
       "5\n[[source]]\nplugin = \"starter\"\n",
       {"govhost.toml:5: transport.http.options.max_bdy: unknown key; did you mean max_body?"}},
      {"[[transport]]\nplugin = \"http\"\n[transport.options]\nlisten = 8080\n[[source]]\nplugin = "
       "\"starter\"\n",
       {"govhost.toml:4: transport.http.options.listen", "string"}},
      {"[[transport]]\nplugin = \"http\"\n[transport.options]\nlisten = "
       "\"nonsense\"\n[[source]]\nplugin = \"starter\"\n",
       {"govhost.toml:", "listen", "nonsense"}},
      {kRest + "[[source]]\nplugin = \"memory\"\n",
       {"govhost.toml:8: source memory: ", "source-memory.so does not exist",
        "there is search-memory, which is no source plugin"}},
      {"[[source]]\nplugin = \"starter\"\n", {"transport"}},
      {"[[transport]]\nplugin = \"stdio\"\n", {"source"}},
      {"\xff\xfe\n", {"govhost.toml", "UTF-8"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text.substr(0, 60));
    const TempDir folder;
    refused({"--config", folder.write("govhost.toml", c.text)}, c.parts);
  }
}

TEST(BadStart, SeveralMistakesShowInOneRun) {
  const TempDir folder;
  refused({"--config", folder.write("govhost.toml", "[host]\nthread = 3\npage_size = \"x\"\n" +
                                                        kRest + "[ops]\nlisten = 5\n")},
          {"govhost.toml:2: host.thread:", "govhost.toml:3: host.page_size:", "ops.listen"});
}

TEST(BadStart, APortInUseIsNamed) {
  Client client(Wire::kHttp, Era::kLegacy, serving_starter());
  const std::string address = "127.0.0.1:" + std::to_string(client.port());
  refused({"--http", address, "--ops", "127.0.0.1:0"},
          {"cannot listen on " + address, "in use", "choose another port"});
  const std::string ops = "127.0.0.1:" + std::to_string(client.ops_port());
  refused({"--http", "127.0.0.1:0", "--ops", ops}, {ops, "ops.listen"});
}

TEST(BadStart, ContentThatIsNotThereOrEmptyIsRefused) {
  const TempDir folder;
  refused({"--content", folder.path() / "nope"}, {"nope", "does not exist"});
  refused({"--content", folder.write("file.md", "# x")}, {"is not a directory"});
  const auto empty = folder.path() / "empty";
  fs::create_directory(empty);
  refused({"--content", empty}, {"no file below " + empty.string(), "check"});
}

// Runs the binary without root's right to read everything.
Outcome run_unprivileged(std::vector<std::string> command) {
  if (::geteuid() == 0)
    command.insert(command.begin(),
                   {"setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"});
  return run(std::move(command));
}

TEST(BadStart, AnUnreadableContentDirectoryIsRefused) {
  const TempDir folder;
  const auto locked = folder.path() / "locked";
  fs::create_directory(locked);
  ::chmod(locked.c_str(), 0);
  const Outcome outcome = run_unprivileged({binary(), "serve", "--content", locked});
  ::chmod(locked.c_str(), 0700);
  if (outcome.err.starts_with("setpriv:")) GTEST_SKIP() << "SKIPPED: " << outcome.err;
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_NE(outcome.err.find(locked.string() + " cannot be opened: Permission denied"),
            std::string::npos)
      << outcome.err;
}

TEST(BadContent, AnUnreadableFileIsLeftOutByName) {
  const TempDir folder;
  folder.write("open.md", "# Open\n\ntext\n");
  ::chmod(folder.write("locked.md", "# Locked\n\ntext\n").c_str(), 0);
  const Outcome outcome =
      run_unprivileged({binary(), "call", "server_info", "--json", "--content", folder.path()});
  if (outcome.err.starts_with("setpriv:")) GTEST_SKIP() << "SKIPPED: " << outcome.err;
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(Json::parse(outcome.out)["content"]["documents"], 1);
  EXPECT_NE(outcome.err.find("locked.md"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("Permission denied"), std::string::npos) << outcome.err;
}

// A share that is not mounted: the mount point is empty, missing, or a folder nobody may enter.
TEST(BadContent, ASourceThatIsNotRequiredMayBeMissingAndHealthSaysSo) {
  const TempDir folder;
  fs::create_directory(folder.path() / "empty");
  fs::create_directory(folder.path() / "locked");
  ::chmod((folder.path() / "locked").c_str(), 0);
  const auto call = [&](const char* tool, const std::string& path, const std::string& more) {
    const std::string file = folder.write(
        "govhost.toml", kRest + "[[source]]\nname = \"share\"\nplugin = \"directory\"\n" + more +
                            "[source.options]\npath = \"" + path + "\"\n");
    return run_unprivileged({binary(), "call", tool, "--json", "--config", file});
  };
  for (const std::string path : {"empty", "missing", "locked"}) {
    SCOPED_TRACE(path);
    EXPECT_EQ(call("list_risks", path, "").exit_code, 2) << "required by default";
    const Outcome outcome = call("get_service_health", path, "required = false\n");
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json health = Json::parse(outcome.out);
    EXPECT_EQ(health["status"], "degraded");
    EXPECT_EQ(health["services"]["content_complete"], false);
    EXPECT_NE(outcome.err.find("\"content.source_failed\""), std::string::npos) << outcome.err;
    const Json info = Json::parse(call("server_info", path, "required = false\n").out);
    EXPECT_EQ(info["content"]["missing_sources"], Json({"share"}));
    EXPECT_GT(info["content"]["documents"], 20);
  }
  ::chmod((folder.path() / "locked").c_str(), 0700);
  EXPECT_EQ(call("list_risks", "govhost.toml", "required = false\n").exit_code, 2)
      << "a mistake in the options is no absence";
}

// Documents that cannot be served are left out by name; the others are served.
TEST(BadContent, IsSkippedByNameAndTheRestIsServed) {
  const TempDir folder;
  folder.write("docs/_risks/ri-1_good.md",
               "---\nsequence: 1\ntitle: Good\n---\n\n## Summary\n\nA good risk.\n");
  folder.write("docs/_risks/ri-2_not-utf8.md", "# \xff\xfe\n");
  folder.write("docs/_risks/ri-3_bad-yaml.md",
               "---\nsequence: [1\ntitle: \"x\n---\n\n## Summary\n\ntext\n");
  folder.write("docs/_data/references/broken.yml", "a: [\n");
  {
    std::ofstream huge(folder.path() / "docs/_risks/ri-4_huge.md");
    huge.seekp(200'000'000);  // a hole: 200 MB that take no disk
    huge << "x";
  }
  fs::create_symlink("/etc/passwd", folder.path() / "docs/_risks/ri-5_escape.md");

  Process process({binary(), "serve", "--stdio", "--content", folder.path()});
  process.write(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_risks"}})"
                "\n");
  const Json answer = Json::parse(process.read_line().value_or("{}"));
  const Json risks = answer["result"]["structuredContent"]["documents"];
  EXPECT_EQ(risks[0]["id"], "1_good") << risks.dump();
  EXPECT_EQ(answer.dump().find("root:"), std::string::npos);
  process.close_input();
  EXPECT_EQ(process.wait(), 0);
  const struct {
    const char *file, *why;
  } skipped[] = {{"ri-2_not-utf8.md", "UTF-8"},
                 {"ri-3_bad-yaml.md", "YAML"},
                 {"ri-4_huge.md", "max_document"},
                 {"ri-5_escape.md", "link"},
                 {"broken.yml", "YAML"}};
  for (const auto& s : skipped) {
    const auto line = process.wait_error_line(s.file);
    ASSERT_TRUE(line) << s.file << "\n" << process.error_text();
    EXPECT_NE(line->find(s.why), std::string::npos) << *line;
  }
}

}  // namespace
}  // namespace govhost::test
