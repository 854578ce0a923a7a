// What is kept of stores of secrets, and for how long.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugin/secrets.h"
#include "support/files.h"

namespace govhost::plugin {
namespace {

using namespace std::chrono_literals;

struct Store final : SecretStore {
  gov::Status resolve(CallContext&, std::string_view reference, const OnSecret& use) override {
    ++asked;
    last = reference;
    if (!failure.ok()) return failure;
    use(value, expires_ms);
    return {};
  }
  int asked = 0;
  std::string last, value = "first-value";
  std::int64_t expires_ms = 0;
  gov::Status failure;
};

class KeptSecrets : public testing::Test {
 protected:
  Secrets& with(std::chrono::milliseconds refresh) {
    secrets = std::make_unique<Secrets>(log, refresh);
    auto made = std::make_unique<Store>();
    store = made.get();
    secrets->add("vault", std::move(made));
    return *secrets;
  }
  std::string get(const std::string& reference = "vault:kv/gov#token") {
    const auto secret = secrets->resolve(reference);
    return secret ? std::string(secret->reveal()) : "error: " + secret.status().message();
  }

  LineWriter writer{2};
  Log log{writer, Level::kError};
  std::unique_ptr<Secrets> secrets;
  Store* store = nullptr;
};

TEST_F(KeptSecrets, AStoreIsAskedOnceInAWhile) {
  with(1h);
  EXPECT_EQ(get(), "first-value");
  EXPECT_EQ(store->last, "kv/gov#token");
  store->value = "second-value";
  EXPECT_EQ(get(), "first-value");
  EXPECT_EQ(store->asked, 1);
  EXPECT_EQ(get("vault:kv/other#token"), "second-value");
  ASSERT_EQ(secrets->ages().size(), 2u);
  EXPECT_EQ(secrets->ages()[0].reference, "vault:kv/gov#token");
}

TEST_F(KeptSecrets, RotationNeedsNoRestart) {
  with(0ms);
  EXPECT_EQ(get(), "first-value");
  store->value = "second-value";
  EXPECT_EQ(get(), "second-value");
}

TEST_F(KeptSecrets, WhatTheStoreSaysOfItsEndCounts) {
  with(1h);
  store->expires_ms = 1;  // long ago
  EXPECT_EQ(get(), "first-value");
  store->value = "second-value";
  EXPECT_EQ(get(), "second-value");
}

TEST_F(KeptSecrets, AnOutageIsNotNoticedAndTheStoreIsNotPressed) {
  with(0ms);
  EXPECT_EQ(get(), "first-value");
  store->failure = gov::unavailable("sealed");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(get(), "first-value");
  EXPECT_EQ(store->asked, 2);
}

TEST_F(KeptSecrets, WithoutAnOldValueItFails) {
  with(1h);
  store->failure = gov::permission_denied("not for you");
  EXPECT_EQ(get(), "error: secret vault:kv/gov#token: not for you");
  store->failure = {};
  EXPECT_EQ(get(), "first-value");
}

TEST_F(KeptSecrets, LargeOnesAreRefused) {
  with(1h);
  store->value = std::string(65537, 'x');
  EXPECT_EQ(get(), "error: secret vault:kv/gov#token is larger than 64 KiB");
}

TEST_F(KeptSecrets, FilesAreReadAnewAndUnknownStoresRefused) {
  with(1h);
  const test::TempDir folder;
  const std::string reference = "file:" + folder.write("secret", "old-one").string();
  EXPECT_EQ(get(reference), "old-one");
  folder.write("secret", "new-one");
  EXPECT_EQ(get(reference), "new-one");
  EXPECT_NE(get("other:x").find("must be a reference"), std::string::npos);
}

}  // namespace
}  // namespace govhost::plugin
