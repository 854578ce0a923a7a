#include "backup/seal.h"

#include <gtest/gtest.h>

#include "backup/unpack.h"

namespace govhost::backup {
namespace {

// Cheap: what is looked at does not depend on it.
Sealing cheap() { return {16, {}, {}}; }

TEST(Seal, OpensWithThePassphraseAlone) {
  const std::string text("a secret\0with all bytes\xff", 24);
  Sealing how = cheap();
  const auto sealed = seal(text, "correct horse", how);
  ASSERT_TRUE(sealed.ok()) << sealed.status().message();
  EXPECT_EQ(sealed->size(), text.size() + 16);
  EXPECT_EQ(sealed->find("secret"), std::string::npos);
  EXPECT_EQ(*unseal(*sealed, "correct horse", how), text);
  EXPECT_EQ(unseal(*sealed, "correct horsf", how).status().code(), GOV_UNAUTHENTICATED);
  Sealing other = how;
  other.n = 32;
  EXPECT_FALSE(unseal(*sealed, "correct horse", other).ok());
  for (std::size_t i = 0; i < sealed->size(); ++i) {
    std::string changed = *sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(unseal(changed, "correct horse", how).status().code(), GOV_UNAUTHENTICATED) << i;
  }
  EXPECT_FALSE(unseal("short", "correct horse", how).ok());
}

TEST(Seal, IsNeverTheSameTwice) {
  Sealing one = cheap(), two = cheap();
  const auto a = seal("text", "correct horse", one), b = seal("text", "correct horse", two);
  EXPECT_NE(one.salt, two.salt);
  EXPECT_NE(one.nonce, two.nonce);
  EXPECT_NE(*a, *b);
}

TEST(Secrets, ArePackedAndFoundOutsideOfNoFolder) {
  const auto read = unpack_secrets(pack_secrets({{"secrets/a", "x"}, {"secrets/b", ""}}));
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].text, "x");
  for (const char* path :
       {"secrets/../a", "/etc/passwd", "files/a", "secrets", "secrets/", "secrets/a/b"})
    EXPECT_FALSE(unpack_secrets(pack_secrets({{path, "x"}})).ok()) << path;
  for (const char* text :
       {"", "{}", "[1]", R"([{"path":"secrets/a"}])", R"([{"path":"secrets/a","base64":"?"}])"})
    EXPECT_FALSE(unpack_secrets(text).ok()) << text;
}

}  // namespace
}  // namespace govhost::backup
