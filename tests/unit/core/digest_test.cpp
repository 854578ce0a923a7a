#include "core/digest.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost {
namespace {

// FIPS 180-4 and its examples.
constexpr const char* kOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kOfMillionAs =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, HasTheKnownDigests) {
  EXPECT_EQ(to_hex(sha256("")), kOfNothing);
  EXPECT_EQ(to_hex(sha256("abc")), kOfAbc);
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))), kOfMillionAs);
}

TEST(Sha256, IsTheSameInPieces) {
  Sha256 hash;
  hash.update("");
  hash.update("a");
  hash.update({});
  hash.update("bc");
  EXPECT_EQ(to_hex(hash.finish()), kOfAbc);
  EXPECT_EQ(to_hex(Sha256().finish()), kOfNothing);
}

TEST(Sha256, ReadsPastNul) {
  EXPECT_NE(sha256(std::string_view("a\0b", 3)), sha256(std::string_view("a\0c", 3)));
}

TEST(Hex, IsLowerCaseWithLeadingZeros) {
  const std::uint8_t bytes[] = {0x00, 0x0F, 0xA0, 0xFF};
  EXPECT_EQ(to_hex(bytes), "000fa0ff");
  EXPECT_EQ(to_hex({}), "");
}

}  // namespace
}  // namespace govhost
