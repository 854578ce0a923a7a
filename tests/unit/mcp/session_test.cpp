#include "mcp/session.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace govhost::mcp {
namespace {

const KeyRing kKeys({"a key of the unit tests"});

plugin::Principal who(const char* subject, const char* issuer = "i") {
  plugin::Principal principal;
  principal.subject = subject;
  principal.issuer = issuer;
  return principal;
}

TEST(Sessions, AnIdSaysWhatWasAgreed) {
  const Sessions sessions(kKeys);
  for (const char* version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
    for (const int bits : {0, 1, 0x2a, 0x3f}) {
      const Capabilities capabilities(static_cast<std::uint8_t>(bits));
      const auto found = sessions.find(sessions.mint(version, capabilities, who("s")), who("s"));
      ASSERT_TRUE(found);
      EXPECT_EQ(found->version, version);
      EXPECT_EQ(found->capabilities.bits(), bits);
    }
}

TEST(Sessions, AnIdIsForItsPrincipalAndKeyOnly) {
  const Sessions sessions(kKeys);
  const KeyRing other_keys({"another key of the unit tests"});
  const std::string id = sessions.mint("2025-11-25", {}, who("s"));
  EXPECT_TRUE(sessions.find(id, who("s")));
  EXPECT_TRUE(Sessions(kKeys).find(id, who("s"))) << "a replica";
  EXPECT_FALSE(Sessions(other_keys).find(id, who("s")));
  EXPECT_FALSE(sessions.find(id, who("S")));
  EXPECT_FALSE(sessions.find(id, who("")));
  EXPECT_FALSE(sessions.find(id, who("s", "other")));
  EXPECT_FALSE(sessions.find(kKeys.seal("cursor", *kKeys.open("session", id)), who("s")));
  EXPECT_FALSE(sessions.find(kKeys.seal("session", "short"), who("s")));
  std::string unknown_version = *kKeys.open("session", id);
  unknown_version[0] = 4;
  EXPECT_FALSE(sessions.find(kKeys.seal("session", unknown_version), who("s")));
}

TEST(Sessions, AnIdExpires) {
  const Sessions sessions(kKeys);
  std::string payload = *kKeys.open("session", sessions.mint("2025-11-25", {}, who("s")));
  const auto moved = [&](std::int64_t seconds) {
    std::string changed = payload;
    std::uint64_t issued = 0;
    for (unsigned i = 0; i < 8; ++i)
      issued |= std::uint64_t{static_cast<unsigned char>(payload[2 + i])} << (8 * i);
    issued += static_cast<std::uint64_t>(seconds);
    for (unsigned i = 0; i < 8; ++i) changed[2 + i] = static_cast<char>(issued >> (8 * i) & 0xffu);
    return kKeys.seal("session", changed);
  };
  const auto life = std::chrono::seconds(Sessions::kLifetime).count();
  EXPECT_TRUE(sessions.find(moved(10 - life), who("s")));
  EXPECT_FALSE(sessions.find(moved(-10 - life), who("s")));
}

TEST(Sessions, IdentitiesKeepIssuerAndSubjectApart) {
  EXPECT_EQ(identity_of(who("s")).size(), 22u);
  EXPECT_NE(identity_of(who("b", "a")), identity_of(who("", "ab")));
  EXPECT_NE(identity_of(who("ab", "")), identity_of(who("b", "a")));
}

TEST(Sessions, TheTableOfTheEndedIsBounded) {
  Sessions sessions(kKeys);
  const std::string first = sessions.mint("2025-11-25", {}, who("s"));
  const Session session = *sessions.find(first, who("s"));
  sessions.terminate(session);
  sessions.terminate(session);
  EXPECT_FALSE(sessions.find(first, who("s")));
  for (std::size_t i = 1; i < Sessions::kMaxTerminated; ++i)
    sessions.terminate({"k" + std::to_string(i), {}, {}});
  EXPECT_FALSE(sessions.find(first, who("s"))) << "twice counts once";
  sessions.terminate({"one more", {}, {}});
  EXPECT_TRUE(sessions.find(first, who("s"))) << "the oldest is forgotten";
}

TEST(Sessions, AConnectionHasOne) {
  Sessions sessions(kKeys);
  EXPECT_FALSE(sessions.find(1, who("s")));
  EXPECT_TRUE(sessions.open(1, "2025-06-18", Capabilities(3), who("s")));
  EXPECT_FALSE(sessions.open(1, "2025-11-25", {}, who("s")));
  const auto found = sessions.find(1, who("s"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->version, "2025-06-18");
  EXPECT_EQ(found->capabilities.bits(), 3);
  EXPECT_FALSE(sessions.find(1, who("other")));
  EXPECT_TRUE(sessions.close(1));
  EXPECT_FALSE(sessions.close(1));
  EXPECT_FALSE(sessions.find(1, who("s")));
}

TEST(Sessions, ConnectionsAreBounded) {
  Sessions sessions(kKeys);
  for (std::uint64_t i = 0; i < Sessions::kMaxConnections; ++i)
    ASSERT_TRUE(sessions.open(i, "2025-11-25", {}, who("s")));
  EXPECT_FALSE(sessions.open(1'000'000, "2025-11-25", {}, who("s")));
  EXPECT_TRUE(sessions.close(7));
  EXPECT_TRUE(sessions.open(1'000'000, "2025-11-25", {}, who("s")));
}

}  // namespace
}  // namespace govhost::mcp
