#include "core/key_ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace govhost {
namespace {

const KeyRing kRing({"the first key of the tests"});

TEST(KeyRing, OpensWhatItSealed) {
  for (const std::string& payload :
       {std::string(), std::string("x"), std::string("a\0b.c", 5), std::string(100'000, '\xff')}) {
    const std::string sealed = kRing.seal("purpose", payload);
    EXPECT_EQ(kRing.open("purpose", sealed), payload);
    EXPECT_TRUE(std::all_of(sealed.begin(), sealed.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_' || c == '.';
    }));
  }
}

TEST(KeyRing, NotForAnotherPurpose) {
  const std::string sealed = kRing.seal("ab", "c");
  EXPECT_FALSE(kRing.open("a", sealed));
  EXPECT_FALSE(kRing.open("", sealed));
  // "ab" + "c" and "a" + "bc" are the same bytes in a row.
  EXPECT_NE(kRing.seal("a", "bc").substr(5), sealed.substr(3));
}

TEST(KeyRing, NothingThatWasChanged) {
  const std::string sealed = kRing.seal("purpose", "the payload");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(kRing.open("purpose", changed)) << i;
    EXPECT_FALSE(kRing.open("purpose", sealed.substr(0, i)));
    EXPECT_FALSE(kRing.open("purpose", sealed.substr(0, i) + sealed.substr(i + 1)));
  }
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), sealed + ".", sealed + "=",
        sealed + '\0', "." + sealed, std::string(1'000'000, 'A')})
    EXPECT_FALSE(kRing.open("purpose", bad));
}

TEST(KeyRing, KeysAreReplacedOneAfterTheOther) {
  const KeyRing both({"the second key of the tests", "the first key of the tests"});
  const KeyRing second({"the second key of the tests"});
  EXPECT_EQ(both.open("p", kRing.seal("p", "x")), "x");
  EXPECT_EQ(second.open("p", both.seal("p", "x")), "x") << "the first key of a ring seals";
  EXPECT_FALSE(kRing.open("p", both.seal("p", "x")));
  EXPECT_FALSE(second.open("p", kRing.seal("p", "x")));
}

TEST(KeyRing, WithoutKeysEveryRingIsAlone) {
  const KeyRing one, two;
  EXPECT_EQ(one.open("p", one.seal("p", "x")), "x");
  EXPECT_FALSE(two.open("p", one.seal("p", "x")));
}

}  // namespace
}  // namespace govhost
