#include "plugin/secrets.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
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
  return secret ? std::string(secret->reveal()) : "error: " + secret.status().message();
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

// What such a program prints is for us alone: the file must be ours.
class Program {
 public:
  std::string reference(const std::string& script, const std::string& arguments = "") {
    const auto path = folder_.write("give", "#!/bin/sh\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms(0755));
    return "exec:" + path.string() + arguments;
  }

 private:
  const TempDir folder_;
};

TEST(Secrets, ComeFromPrograms) {
  Program program;
  EXPECT_EQ(value_of(program.reference("printf 'value\\n'")), "value");
  EXPECT_EQ(value_of(program.reference("echo \"$#:$1:$2\"", "  a  b;echo ")), "2:a:b;echo");
  const Variable variable("GOVHOST_TEST_SECRET", kCanary);
  EXPECT_EQ(value_of(program.reference("echo \"${GOVHOST_TEST_SECRET-none}\"")), "none");
  EXPECT_EQ(value_of(program.reference("cat; echo end")), "end") << "nothing on standard input";
}

TEST(Secrets, AProgramThatFailsIsNamedAndWhatItSaysIsNot) {
  Program program;
  const std::string canary = kCanary;
  expect_refused(program.reference("echo " + canary + "; echo " + canary + " >&2; exit 3"),
                 GOV_UNAVAILABLE, "exit code 3");
  expect_refused(program.reference("echo " + canary + "; kill -9 $$"), GOV_UNAVAILABLE,
                 "ended by signal 9");
  expect_refused(program.reference("exit 0"), GOV_UNAVAILABLE, "it printed nothing");
  expect_refused(program.reference("head -c 70000 /dev/zero | tr '\\0' x"), GOV_INVALID_ARGUMENT,
                 "larger than 64 KiB");
  expect_refused("exec:/no/such/program", GOV_UNAVAILABLE, "/no/such/program");
  expect_refused("exec:relative", GOV_INVALID_ARGUMENT, "absolute path");
  expect_refused("exec:", GOV_INVALID_ARGUMENT, "absolute path");
}

TEST(Secrets, AProgramThatOthersMayWriteIsNotRun) {
  const TempDir folder;
  const auto path = folder.write("give", "#!/bin/sh\necho value\n");
  std::filesystem::permissions(path, std::filesystem::perms(0777));
  expect_refused("exec:" + path.string(), GOV_UNAVAILABLE, "give");
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
