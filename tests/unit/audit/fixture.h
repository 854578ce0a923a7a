// A trail in a folder of its own, and what can be done to its files.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/segments.h"
#include "audit/trail.h"
#include "audit/verify.h"
#include "support/files.h"
#include "support/process.h"

namespace govhost::audit {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class AuditTrail : public testing::Test {
 protected:
  static SigningKey new_key() {
    const test::Outcome made = test::run({"openssl", "genpkey", "-algorithm", "ed25519"});
    return *SigningKey::from_pem(made.out);
  }
  Settings settings() const {
    Settings out;
    out.folder = folder.path() / "audit";
    out.key = key;
    out.checkpoint_records = 10;
    out.checkpoint_interval = 1h;
    return out;
  }
  void open(const Settings& with) {
    auto opened = Trail::open(with, log);
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    trail = std::move(*opened);
  }
  // So many records, by a process of their own.
  void write(int count, const Settings& with) {
    open(with);
    for (int i = 0; i < count; ++i) {
      const std::string name = "tool-" + std::to_string(i);
      ASSERT_TRUE(trail->append({.action = "tools/call", .target = name, .outcome = "ok"}));
    }
    trail.reset();
  }
  void write(int count) { write(count, settings()); }

  std::vector<fs::path> files() const { return *segments_of(settings().folder); }
  static std::vector<std::string> lines_of(const fs::path& file) {
    std::ifstream stream(file);
    std::vector<std::string> out;
    for (std::string line; std::getline(stream, line);) out.push_back(line);
    return out;
  }
  static void put(const fs::path& file, const std::vector<std::string>& lines) {
    std::ofstream stream(file);
    for (const std::string& line : lines) stream << line << "\n";
  }
  Verdict check(const std::optional<VerifyKey>& with, const fs::path& checkpoints = {}) const {
    const auto verdict = verify(settings().folder, with, checkpoints);
    EXPECT_TRUE(verdict.ok()) << verdict.status().message();
    return verdict ? *verdict : Verdict{};
  }
  Verdict check() const { return check(key.verify_key()); }

  const test::TempDir folder;
  const SigningKey key = new_key();
  const UniqueFd nowhere{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  LineWriter lines{nowhere.get()};
  Log log{lines, Level::kDebug};
  std::unique_ptr<Trail> trail;
};

}  // namespace govhost::audit
