#include "mcp/session.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace govhost::mcp {
namespace {

const KeyRing kSessionKeys({"a key of the unit tests"});

plugin::Principal caller(const char* subject, const char* issuer = "i") {
  plugin::Principal principal;
  principal.subject = subject;
  principal.issuer = issuer;
  return principal;
}

TEST(Sessions, AnIdSaysWhatWasAgreed) {
  const Sessions sessions(kSessionKeys);
  for (const char* version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
    for (const int bits : {0, 1, 0x2a, 0x3f}) {
      const Capabilities capabilities(static_cast<std::uint8_t>(bits));
      const auto found =
          sessions.find(sessions.mint(version, capabilities, caller("s")), caller("s"));
      ASSERT_TRUE(found);
      EXPECT_EQ(found->version, version);
      EXPECT_EQ(found->capabilities.bits(), bits);
    }
}

TEST(Sessions, AnIdIsForItsPrincipalAndKeyOnly) {
  const Sessions sessions(kSessionKeys);
  const KeyRing other_keys({"another key of the unit tests"});
  const std::string id = sessions.mint("2025-11-25", {}, caller("s"));
  EXPECT_TRUE(sessions.find(id, caller("s")));
  EXPECT_TRUE(Sessions(kSessionKeys).find(id, caller("s"))) << "a replica";
  EXPECT_FALSE(Sessions(other_keys).find(id, caller("s")));
  EXPECT_FALSE(sessions.find(id, caller("S")));
  EXPECT_FALSE(sessions.find(id, caller("")));
  EXPECT_FALSE(sessions.find(id, caller("s", "other")));
  EXPECT_FALSE(
      sessions.find(kSessionKeys.seal("cursor", *kSessionKeys.open("session", id)), caller("s")));
  EXPECT_FALSE(sessions.find(kSessionKeys.seal("session", "short"), caller("s")));
  std::string unknown_version = *kSessionKeys.open("session", id);
  unknown_version[0] = 4;
  EXPECT_FALSE(sessions.find(kSessionKeys.seal("session", unknown_version), caller("s")));
}

TEST(Sessions, AnIdExpires) {
  const Sessions sessions(kSessionKeys);
  std::string payload = *kSessionKeys.open("session", sessions.mint("2025-11-25", {}, caller("s")));
  const auto moved = [&](std::int64_t seconds) {
    std::string changed = payload;
    std::uint64_t issued = 0;
    for (unsigned i = 0; i < 8; ++i)
      issued |= std::uint64_t{static_cast<unsigned char>(payload[2 + i])} << (8 * i);
    issued += static_cast<std::uint64_t>(seconds);
    for (unsigned i = 0; i < 8; ++i) changed[2 + i] = static_cast<char>(issued >> (8 * i) & 0xffu);
    return kSessionKeys.seal("session", changed);
  };
  const auto life = std::chrono::seconds(Sessions::kLifetime).count();
  EXPECT_TRUE(sessions.find(moved(10 - life), caller("s")));
  EXPECT_FALSE(sessions.find(moved(-10 - life), caller("s")));
}

TEST(Sessions, IdentitiesKeepIssuerAndSubjectApart) {
  EXPECT_EQ(identity_of(caller("s")).size(), 22u);
  EXPECT_NE(identity_of(caller("b", "a")), identity_of(caller("", "ab")));
  EXPECT_NE(identity_of(caller("ab", "")), identity_of(caller("b", "a")));
}

TEST(Sessions, TheTableOfTheEndedIsBounded) {
  Sessions sessions(kSessionKeys);
  const std::string first = sessions.mint("2025-11-25", {}, caller("s"));
  const Session session = *sessions.find(first, caller("s"));
  sessions.terminate(session);
  sessions.terminate(session);
  EXPECT_FALSE(sessions.find(first, caller("s")));
  for (std::size_t i = 1; i < Sessions::kMaxTerminated; ++i)
    sessions.terminate({"k" + std::to_string(i), {}, {}});
  EXPECT_FALSE(sessions.find(first, caller("s"))) << "twice counts once";
  sessions.terminate({"one more", {}, {}});
  EXPECT_TRUE(sessions.find(first, caller("s"))) << "the oldest is forgotten";
}

TEST(Sessions, AConnectionHasOne) {
  Sessions sessions(kSessionKeys);
  EXPECT_FALSE(sessions.find(1, caller("s")));
  EXPECT_TRUE(sessions.open(1, "2025-06-18", Capabilities(3), caller("s")));
  EXPECT_FALSE(sessions.open(1, "2025-11-25", {}, caller("s")));
  const auto found = sessions.find(1, caller("s"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->version, "2025-06-18");
  EXPECT_EQ(found->capabilities.bits(), 3);
  EXPECT_FALSE(sessions.find(1, caller("other")));
  EXPECT_TRUE(sessions.close(1));
  EXPECT_FALSE(sessions.close(1));
  EXPECT_FALSE(sessions.find(1, caller("s")));
}

TEST(Sessions, ConnectionsAreBounded) {
  Sessions sessions(kSessionKeys);
  for (std::uint64_t i = 0; i < Sessions::kMaxConnections; ++i)
    ASSERT_TRUE(sessions.open(i, "2025-11-25", {}, caller("s")));
  EXPECT_FALSE(sessions.open(1'000'000, "2025-11-25", {}, caller("s")));
  EXPECT_TRUE(sessions.close(7));
  EXPECT_TRUE(sessions.open(1'000'000, "2025-11-25", {}, caller("s")));
}

}  // namespace
}  // namespace govhost::mcp
