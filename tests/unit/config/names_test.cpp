#include "config/names.h"
#include "config/secret_reference.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::config {
namespace {

TEST(Names, PointersEscapeAndDottedKeysUndoIt) {
  EXPECT_EQ(child_pointer("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(child_pointer("", std::size_t{3}), "/3");
  EXPECT_EQ(dotted("/a/b~1c~0d/0"), "a.b/c~d.0");
  EXPECT_EQ(dotted(""), "");
}

TEST(Names, PrintableTextHasNoControlCharactersAndAnEnd) {
  EXPECT_EQ(printable("a\x1b[31m\nb\x7f"), "a?[31m?b?");
  EXPECT_EQ(printable(std::string(64, 'x')), std::string(64, 'x'));
  EXPECT_EQ(printable(std::string(65, 'x')), std::string(61, 'x') + "...");
  EXPECT_EQ(printable(std::string(60, 'x') + "\xe2\x82\xac\xe2\x82\xac"),
            std::string(60, 'x') + "...");
}

TEST(Names, AreLowerCaseAndShort) {
  for (const char* good : {"a", "http", "s3-mirror-2", "abcdefghijklmnopqrstuvwxyz-12345"})
    EXPECT_TRUE(is_name(good)) << good;
  for (const char* bad :
       {"", "A", "2nd", "-a", "a_b", "a.b", "a b", "\xc3\xa9", "abcdefghijklmnopqrstuvwxyz-123456"})
    EXPECT_FALSE(is_name(bad)) << bad;
}

TEST(SecretReference, IsRecognisedByItsScheme) {
  for (const char* good : {"env:TOKEN", "env:_x9", "file:/run/secrets/a b", "cred:github",
                           "cred:github.token-2", "exec:/usr/bin/pass show x"})
    EXPECT_TRUE(is_secret_reference(good)) << good;
  for (const char* bad : {"", "env:", "env:9A", "env:A-B", "env:A B", "env", "file:", "file:/",
                          "file:relative", "cred:", "cred:..", "cred:../x", "cred:a/b", "vault:x",
                          "hunter2", "ENV:TOKEN", "file:/a\nb", "exec:pass", "exec:"})
    EXPECT_FALSE(is_secret_reference(bad)) << bad;
  const std::vector<std::string> stores{"vault"};
  EXPECT_TRUE(is_secret_reference("vault:kv/gov#token", stores));
  for (const char* bad : {"vault:", "vault", "other:x", "vault:a\nb"})
    EXPECT_FALSE(is_secret_reference(bad, stores)) << bad;
}

}  // namespace
}  // namespace govhost::config
