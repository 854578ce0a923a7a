// A folder of risks that changes, goes away and comes back under a server with bundles.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "support/client.h"
#include "support/events.h"
#include "support/files.h"

namespace govhost::test {

namespace fs = std::filesystem;

class LivingSource : public testing::Test {
 protected:
  // `source`: keys of the source beside plugin and options.
  LivingSource(int risks, const std::string& source) {
    config = folder
                 .write("govhost.toml",
                        "[[transport]]\nplugin = \"http\"\n"
                        "[search]\nplugin = \"memory\"\n"
                        "[content]\nbundle_dir = \"content\"\n"
                        "[[source]]\nplugin = \"directory\"\n"
                        "options = {path = \"docs\"}\n" +
                            source)
                 .string();
    for (int i = 1; i <= risks; ++i) risk(i, "apples");
  }

  static std::string text_of(int number, const std::string& of) {
    const std::string n = std::to_string(number);
    return "---\nsequence: " + n + "\ntitle: Risk " + n + "\n---\n\n## Summary\n\nOf " + of + ".\n";
  }
  fs::path file_of(int number) const {
    return folder.path() / ("docs/_risks/ri-" + std::to_string(number) + "_risk.md");
  }
  // Written aside and renamed, as a careful deployment does.
  void risk(int number, const std::string& of) const {
    const fs::path written = folder.write("new.md", text_of(number, of));
    fs::create_directories(folder.path() / "docs/_risks");
    fs::rename(written, file_of(number));
  }
  void go_down() const { fs::rename(folder.path() / "docs", folder.path() / "away"); }
  void come_back() const { fs::rename(folder.path() / "away", folder.path() / "docs"); }

  void start(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"--config", config};
    arguments.insert(arguments.end(), more.begin(), more.end());
    client = std::make_unique<Client>(Wire::kHttp, Era::kLegacy, arguments);
  }
  std::string wait_for(const std::string& text) {
    const auto line = client->process().wait_error_line(text);
    EXPECT_TRUE(line) << client->process().error_text();
    return line.value_or("");
  }
  void kill() {
    client->process().signal(SIGKILL);
    EXPECT_EQ(client->process().wait(), 128 + SIGKILL);
  }
  Json get_risk() { return client->call("get_risk", {{"risk_id", "ri-3"}}); }
  std::string served() { return get_risk()["structuredContent"]["content"].get<std::string>(); }

  std::vector<fs::path> bundles() const {
    std::vector<fs::path> out;
    for (const auto& file : fs::directory_iterator(folder.path() / "content"))
      if (file.path().extension() == ".tar") out.push_back(file.path());
    std::sort(out.begin(), out.end());
    return out;
  }
  // A byte of the last document.
  static void damage(const fs::path& file) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(-1500, std::ios::end) << '~';
  }

  const TempDir folder;
  std::string config;
  std::unique_ptr<Client> client;
};

}  // namespace govhost::test
