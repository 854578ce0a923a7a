#include "plugin/secrets.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "support/files.h"

namespace govhost::plugin {
namespace {

using namespace std::string_literals;
using test::TempDir;

constexpr const char* kCanary = "c4n4ry-V4lue";
constexpr std::size_t kMax = 65536;

// Sets a variable for one test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;

 private:
  const char* name_;
};

std::string value_of(const std::string& reference) {
  const auto secret = resolve_secret(reference);
  return secret ? *secret : "error: " + secret.status().message();
}

void expect_refused(const std::string& reference, gov_status code, const std::string& part) {
  const auto secret = resolve_secret(reference);
  ASSERT_FALSE(secret) << reference;
  EXPECT_EQ(secret.status().code(), code) << reference;
  EXPECT_NE(secret.status().message().find(part), std::string::npos) << secret.status().message();
  EXPECT_EQ(secret.status().message().find(kCanary), std::string::npos) << "the value was told";
}

TEST(Secrets, ComeFromTheEnvironment) {
  const Variable variable("GOVHOST_TEST_SECRET", "value\n");
  EXPECT_EQ(value_of("env:GOVHOST_TEST_SECRET"), "value\n");  // not a file: kept as it is
  ::setenv("GOVHOST_TEST_SECRET", "rotated", 1);
  EXPECT_EQ(value_of("env:GOVHOST_TEST_SECRET"), "rotated");
  ::setenv("GOVHOST_TEST_SECRET", "", 1);
  EXPECT_EQ(value_of("env:GOVHOST_TEST_SECRET"), "");
  expect_refused("env:GOVHOST_TEST_NO_SUCH", GOV_UNAVAILABLE,
                 "env:GOVHOST_TEST_NO_SUCH: the variable is not set");
  expect_refused("env:", GOV_UNAVAILABLE, "the variable is not set");
}

TEST(Secrets, ComeFromFilesWithoutTheirLastLineBreak) {
  const TempDir folder;
  const std::pair<std::string, std::string> cases[] = {{"value", "value"},
                                                       {"value\n", "value"},
                                                       {"value\n\n", "value\n"},
                                                       {"\n", ""},
                                                       {"", ""},
                                                       {" v ", " v "},
                                                       {"a\nb\n", "a\nb"},
                                                       {"nul\0in\n"s, "nul\0in"s},
                                                       {"\xFF\n", "\xFF"}};
  for (const auto& [content, value] : cases)
    EXPECT_EQ(value_of("file:" + folder.write("secret", content).string()), value);
}

TEST(Secrets, AreReadAnewEachTime) {
  const TempDir folder;
  const std::string reference = "file:" + folder.write("secret", "old").string();
  EXPECT_EQ(value_of(reference), "old");
  folder.write("secret", "new");
  EXPECT_EQ(value_of(reference), "new");
}

TEST(Secrets, AFileThatCannotBeReadIsNamed) {
  const TempDir folder;
  const std::string missing = "file:" + (folder.path() / "missing").string();
  expect_refused(missing, GOV_UNAVAILABLE, missing + ": No such file or directory");
  expect_refused("file:" + folder.path().string(), GOV_UNAVAILABLE, ": Is a directory");
  expect_refused("file:", GOV_UNAVAILABLE, "secret file:");
}

TEST(Secrets, HaveAtMost64KiB) {
  const TempDir folder;
  const std::string largest(kMax - 12, 'x'), canary = kCanary + largest;
  EXPECT_EQ(value_of("file:" + folder.write("largest", canary).string()), canary);
  expect_refused("file:" + folder.write("larger", canary + "y").string(), GOV_INVALID_ARGUMENT,
                 "larger than 64 KiB");
  const Variable fits("GOVHOST_TEST_SECRET", canary);
  EXPECT_EQ(value_of("env:GOVHOST_TEST_SECRET"), canary);
  ::setenv("GOVHOST_TEST_SECRET", (canary + "y").c_str(), 1);
  expect_refused("env:GOVHOST_TEST_SECRET", GOV_INVALID_ARGUMENT, "larger than 64 KiB");
}

TEST(Secrets, ComeFromSystemdCredentials) {
  const TempDir folder;
  folder.write("token", "value\n");
  folder.write("below/token", kCanary);
  expect_refused("cred:token", GOV_UNAVAILABLE,
                 "no such systemd credential");  // not started by systemd
  const Variable variable("CREDENTIALS_DIRECTORY", folder.path().string());
  EXPECT_EQ(value_of("cred:token"), "value");
  expect_refused("cred:missing", GOV_UNAVAILABLE, "No such file or directory");
  for (const char* outside : {"cred:", "cred:below/token", "cred:../token", "cred:/etc/passwd"})
    expect_refused(outside, GOV_UNAVAILABLE, "no such systemd credential");
  expect_refused("cred:..", GOV_UNAVAILABLE, "Is a directory");
}

// A secret that was written where its reference belongs must not appear in a log.
TEST(Secrets, ANonReferenceIsNotRepeated) {
  for (const std::string text : {"", "env", "ENV:x", " env:x", "https://x"}) {
    expect_refused(text, GOV_INVALID_ARGUMENT, "must be a reference");
  }
  expect_refused(kCanary, GOV_INVALID_ARGUMENT, "must be a reference");
}

}  // namespace
}  // namespace govhost::plugin
