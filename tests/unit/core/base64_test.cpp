#include "core/base64.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace govhost {
namespace {

TEST(Base64, TheVectorsOfTheRfc) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64(plain), encoded);
    EXPECT_EQ(from_base64(encoded), plain);
    std::string bare = encoded;
    bare.erase(std::min(bare.find('='), bare.size()));
    EXPECT_EQ(to_base64url(plain), bare);
    EXPECT_EQ(from_base64url(bare), plain);
  }
}

TEST(Base64, EveryByteComesBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const std::string part = bytes.substr(bytes.size() - length);
    EXPECT_EQ(from_base64(to_base64(part)), part);
    EXPECT_EQ(from_base64url(to_base64url(part)), part);
  }
  EXPECT_EQ(to_base64("\xfb\xff"), "+/8=");
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
}

TEST(Base64, ThereIsOneSpellingOfEachText) {
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Z g=", "Zg==\n", "=",
                          "====", "Zm-_", "Zg==Zg==", "é==="})
    EXPECT_FALSE(from_base64(bad)) << bad;
  for (const char* bad : {"Z", "Zh", "Zm9", "Zg==", "Zm+/", "Zm 8", "Zm8\n", "Zm8="})
    EXPECT_FALSE(from_base64url(bad)) << bad;
  EXPECT_FALSE(from_base64url(std::string("Zm8\0", 4)));
}

}  // namespace
}  // namespace govhost
