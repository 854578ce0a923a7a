#include "core/ed25519.h"

#include "core/digest.h"

#include <gtest/gtest.h>

namespace govhost {
namespace {

// The second key of RFC 8032, 7.1, in the form of RFC 8410.
constexpr const char* kPrivate =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kPublic =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
    "-----END PUBLIC KEY-----\n";

std::string hex(std::string_view bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST(Ed25519, SignsAsRfc8032Says) {
  const auto key = SigningKey::from_pem(kPrivate);
  ASSERT_TRUE(key.ok()) << key.status().message();
  EXPECT_EQ(hex(key->sign("\x72")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Ed25519, AcceptsItsOwnSignatureAndNoOther) {
  const auto key = SigningKey::from_pem(kPrivate);
  const auto open = VerifyKey::from_pem(kPublic);
  ASSERT_TRUE(key.ok() && open.ok());
  std::string signature = key->sign("content");
  EXPECT_TRUE(open->verify("content", signature));
  EXPECT_TRUE(key->verify_key().verify("content", signature));
  EXPECT_EQ(key->verify_key().id(), open->id());
  EXPECT_EQ(open->id().size(), 16u);
  EXPECT_FALSE(open->verify("Content", signature));
  EXPECT_FALSE(open->verify("content", signature.substr(1)));
  signature[5] = static_cast<char>(signature[5] ^ 1);
  EXPECT_FALSE(open->verify("content", signature));
}

TEST(Ed25519, OtherTextsAndOtherKeysAreRefusedWithTheCommandThatMakesOne) {
  constexpr const char* kRsaLike =
      "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMA=\n-----END PUBLIC KEY-----\n";
  for (const std::string text : {"", "a", kRsaLike, kPrivate}) {
    const auto key = VerifyKey::from_pem(text);
    ASSERT_FALSE(key.ok()) << text;
    EXPECT_NE(key.status().message().find("openssl pkey"), std::string::npos);
  }
  const auto key = SigningKey::from_pem(kPublic);
  ASSERT_FALSE(key.ok());
  EXPECT_NE(key.status().message().find("openssl genpkey"), std::string::npos);
}

}  // namespace
}  // namespace govhost
