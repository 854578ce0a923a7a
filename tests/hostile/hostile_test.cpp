// The host under plugins that misbehave: it says which one and why, and never crashes, hangs or
// lets them write to a client.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {
namespace {

std::string hostile(const std::string& name) {
  return std::string(GOVHOST_HOSTILE) + "/" + name + ".so";
}

std::string table(const char* kind, const std::string& plugin, const std::string& mood = {},
                  const std::string& gate = {}) {
  std::string text =
      std::string(kind) + "\nplugin = \"" + plugin + "\"\nisolation = \"in-process\"\n";
  if (mood.empty()) return text;
  text += "options = { mood = \"" + mood + "\"";
  if (!gate.empty()) text += ", gate = \"" + gate + "\"";
  return text + " }\n";
}

// A configuration with one hostile part and harmless others.
struct Scene {
  explicit Scene(const std::string& source,
                 const std::string& search = "[search]\nplugin = \"memory\"\n",
                 const std::string& host = "") {
    file =
        folder.write("govhost.toml",
                     "[host]\n" + host + "\n[[transport]]\nplugin = \"stdio\"\n" + source + search);
  }
  TempDir folder;
  std::string file;

  std::vector<std::string> serve() const { return {binary(), "serve", "--config", file}; }
  // Starts and expects exit code 2 with a sentence that names these parts.
  void refused(std::initializer_list<std::string> parts) const {
    const Outcome outcome = run(serve());
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    for (const std::string& part : parts)
      EXPECT_NE(outcome.err.find(part), std::string::npos) << part << "\n" << outcome.err;
  }
};

const char* const kStarter = "[[source]]\nplugin = \"starter\"\n";

Json ask(Process& process, const std::string& method, Json params = Json::object(), int id = 1) {
  process.write(
      Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}}
          .dump() +
      "\n");
  return Json::parse(process.read_line().value_or("null"));
}
Json search(const char* query) { return {{"name", "search"}, {"arguments", {{"query", query}}}}; }

// A named pipe at which a plugin waits until it is opened.
std::string gate_in(const TempDir& folder) {
  const std::string path = folder.path() / "gate";
  EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
  return path;
}
void open_gate(const std::string& gate) { std::ofstream{gate}; }

TEST(Liars, AreRefusedWithASentence) {
  const struct {
    const char* name;
    std::vector<std::string> parts;
  } cases[] = {
      {"liar_newer_major", {"plugin ABI 2.0", "this host has 1.0"}},
      {"liar_older_major", {"plugin ABI 0.0", "this host has 1.0"}},
      {"liar_needs_newer", {"needs plugin ABI 1.7", "this host has 1.0"}},
      {"liar_short_entry", {"liar_short_entry.so"}},
      {"liar_no_components", {"0 components"}},
      {"liar_nameless", {"component 0", "name"}},
      {"liar_bad_schema", {"liar_bad_schema.so", "/properties/x/type"}},
      {"no_entry", {"is not a govhost plugin"}},
      {"missing", {"missing.so", "does not exist"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Scene scene(table("[[source]]", hostile(c.name)) + "name = \"liar\"\n");
    scene.refused({"govhost.toml:"});
    for (const std::string& part : c.parts) scene.refused({part});
  }
}

TEST(Liars, NothingIsLoadedThatIsNoPlugin) {
  const Outcome outcome =
      run(Scene(table("[[source]]", hostile("no_entry")) + "name = \"none\"\n").serve());
  EXPECT_EQ((outcome.out + outcome.err).find("NO_ENTRY WAS LOADED"), std::string::npos);
}

TEST(Loader, ChecksWhoMayWriteAPlugin) {
  const TempDir folder;
  const auto copy = folder.path() / "moody.so";
  std::filesystem::copy_file(hostile("moody"), copy);
  ::chmod(copy.c_str(), 0666);
  Scene(table("[[source]]", copy))
      .refused({"can be written by others", "chmod go-w " + copy.string()});
  ::chmod(copy.c_str(), 0644);
  ::chmod(folder.path().c_str(), 0777);
  Scene(table("[[source]]", copy)).refused({folder.path().string() + " can be written by others"});
}

TEST(Loader, ChecksThePinOfAPlugin) {
  const std::string pin(64, 'a');
  Scene(table("[[source]]", hostile("moody")) + "sha256 = \"" + pin + "\"\n")
      .refused({"moody.so has sha256", pin});
}

TEST(Loader, NamesWhatAPluginHasWhenItLacksTheKind) {
  Scene(kStarter, "[search]\nplugin = \"" + plugin_folder() + "/source-directory.so\"\n")
      .refused({"source-directory.so", "gov.search/1", "gov.source/1"});
  Scene(table("[[source]]", "/etc/hostname")).refused({"/etc/hostname"});
}

TEST(Moods, OfTheStartEndItWithExitCode2) {
  const struct {
    const char *mood, *part;
  } cases[] = {{"throws in create", "create had a bad day"},
               {"throws an int in create", "moody"},
               {"fails in create", "moody does not like its options"},
               {"throws in start", "start had a bad day"},
               {"throws in list", "list had a bad day"},
               {"lists nothing", "no document that can be served"},
               {"throws in fetch", "fetch had a bad day"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.mood);
    Scene(table("[[source]]", hostile("moody"), c.mood)).refused({c.part});
  }
}

TEST(Moods, AHangingStartIsEnded) {
  const TempDir folder;
  Scene(table("[[source]]", hostile("moody"), "hangs in start", gate_in(folder)), "",
        "start_timeout = \"300ms\"")
      .refused({"moody", "start_timeout"});
}

TEST(Moods, AHangingStopIsEnded) {
  const TempDir folder;
  const Scene scene(table("[[source]]", hostile("moody"), "hangs in stop", gate_in(folder)), "",
                    "drain_timeout = \"300ms\"");
  Process process(scene.serve());
  EXPECT_EQ(ask(process, "ping")["id"], 1);
  process.close_input();
  EXPECT_TRUE(process.wait().has_value());
  EXPECT_NE(process.error_text().find("moody"), std::string::npos) << process.error_text();
}

TEST(Moods, BadDocumentsAreSkippedByName) {
  for (const char* mood :
       {"sends without end", "sends no UTF-8", "sends a body without a head", "sends nothing"}) {
    SCOPED_TRACE(mood);
    const Scene scene(kStarter + table("[[source]]", hostile("moody"), mood) +
                      "required = false\n");
    Process process(scene.serve());
    const Json info = ask(process, "tools/call", {{"name", "server_info"}});
    EXPECT_EQ(info["result"]["structuredContent"]["content"]["by_source"].contains("moody"), false)
        << info.dump();
    EXPECT_TRUE(process.wait_error_line("\"document\":\"docs/_risks/ri-1_moody.md\""))
        << process.error_text();
    process.close_input();
    EXPECT_EQ(process.wait(), 0);
  }
}

TEST(Moods, AnEndlessListIsCutAndBadKeysAreSkipped) {
  {
    const Scene scene(table("[[source]]", hostile("moody"), "lists without end"), "",
                      "max_documents = 100");
    const Outcome outcome = run(scene.serve());
    EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 2);
    EXPECT_NE(outcome.err.find("max_documents"), std::string::npos) << outcome.err;
  }
  const Scene scene(table("[[source]]", hostile("moody"), "lists bad keys"));
  Process process(scene.serve());
  EXPECT_EQ(ask(process, "tools/call",
                {{"name", "list_risks"}})["result"]["structuredContent"]["total_count"],
            1);
  EXPECT_TRUE(process.wait_error_line("../../etc/passwd")) << process.error_text();
}

TEST(Moods, AFloodOfLogLinesIsCut) {
  const Outcome outcome =
      run(Scene(table("[[source]]", hostile("moody"), "floods the log")).serve());
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = outcome.err.find("FLOOD", at)) != std::string::npos; ++at) ++lines;
  EXPECT_GE(lines, 1u);
  EXPECT_LE(lines, 200u);
}

TEST(Moods, NothingThatAPluginPrintsReachesTheClient) {
  const Scene scene(table("[[source]]", hostile("moody"), "prints"),
                    table("[search]", hostile("moody"), "prints in query"));
  Process process(scene.serve());
  EXPECT_EQ(ask(process, "ping")["id"], 1);
  EXPECT_EQ(ask(process, "tools/call", search("x"), 2)["id"], 2);
  process.close_input();
  EXPECT_EQ(process.read_all(), "");
  EXPECT_EQ(process.wait(), 0) << process.error_text();
  EXPECT_NE(process.error_text().find("HOSTILE LINE by write"), std::string::npos);
}

TEST(Moods, AThrowingSearchIsAnErrorOfTheToolAndNothingElse) {
  const Scene scene(kStarter, table("[search]", hostile("moody"), "throws in query"));
  Process process(scene.serve());
  const Json answer = ask(process, "tools/call", search("x"));
  EXPECT_EQ(answer["result"]["isError"], true) << answer.dump();
  EXPECT_EQ(answer.dump().find("bad day"), std::string::npos) << "operators' text reached a client";
  EXPECT_TRUE(process.wait_error_line("query had a bad day"));
  EXPECT_EQ(ask(process, "tools/call", {{"name", "list_risks"}})["result"]["isError"], false);
}

TEST(Moods, AFailedIndexLeavesTheOtherToolsWorking) {
  const Scene scene(kStarter, table("[search]", hostile("moody"), "throws in apply"));
  Process process(scene.serve());
  EXPECT_EQ(ask(process, "tools/call", search("x"))["result"]["isError"], true);
  EXPECT_EQ(ask(process, "tools/call", {{"name", "list_risks"}})["result"]["isError"], false);
}

TEST(Moods, ALyingSearchCannotReachOutsideOfTheText) {
  const Scene scene(kStarter, table("[search]", hostile("moody"), "lies"));
  Process process(scene.serve());
  const Json answer = ask(process, "tools/call", search("x"));
  EXPECT_EQ(answer["result"]["isError"], false) << answer.dump();
}

TEST(Moods, ASlowSearchIsAnsweredAtTheDeadlineAndTheConnectionLivesOn) {
  const Scene scene(kStarter, table("[search]", hostile("moody"), "waits until cancelled"),
                    "request_timeout = \"200ms\"");
  Process process(scene.serve());
  // Before, the call would wait for the index, and might end with that.
  ASSERT_TRUE(process.wait_error_line("search.indexed")) << process.error_text();
  const Json late = ask(process, "tools/call", search("x"));
  ASSERT_TRUE(late.contains("error")) << late.dump() << process.error_text();
  EXPECT_EQ(late["error"]["code"], -31002);
  EXPECT_EQ(ask(process, "ping", Json::object(), 2)["id"], 2);
  process.close_input();
  EXPECT_EQ(process.wait(), 0) << process.error_text();
}

TEST(Moods, AnswersDoNotWaitForASlowOne) {
  const TempDir folder;
  const std::string gate = gate_in(folder);
  const Scene scene(kStarter, table("[search]", hostile("moody"), "waits at the gate", gate));
  Process process(scene.serve());
  process.write(
      Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "tools/call"}, {"params", search("x")}}
          .dump() +
      "\n");
  EXPECT_EQ(ask(process, "ping", Json::object(), 2)["id"], 2);  // overtakes
  open_gate(gate);
  EXPECT_EQ(Json::parse(process.read_line().value_or("null"))["id"], 1);
}

}  // namespace
}  // namespace govhost::test
