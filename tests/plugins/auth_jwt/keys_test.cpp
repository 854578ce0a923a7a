// Where the keys come from and how often the issuer is asked for them.
#include <atomic>
#include <fstream>
#include <thread>

#include "fixture.h"

namespace govhost::test {
namespace {

using JwtKeys = JwtFixture;

TEST_F(JwtKeys, AreFoundByTheIssuersMetadata) {
  EXPECT_EQ(ask(key.token(good_claims())).status, GOV_OK);
  const auto requests = http.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].url, kMetadata);
  EXPECT_EQ(requests[1].url, kJwks);
}

// RFC 8414, 3.1: the path of the issuer stands behind.
TEST_F(JwtKeys, AreFoundByOAuthMetadataToo) {
  http.answer(kMetadata, {404, {}, ""});
  http.answer("https://as.example/.well-known/oauth-authorization-server/tenant",
              {200, {}, json{{"issuer", kIssuer}, {"jwks_uri", kJwks}}.dump()});
  EXPECT_EQ(ask(key.token(good_claims())).status, GOV_OK);
}

TEST_F(JwtKeys, OfAnotherIssuerAreNotTaken) {
  http.answer(kMetadata,
              {200, {}, json{{"issuer", "https://evil.example"}, {"jwks_uri", kJwks}}.dump()});
  EXPECT_EQ(ask(key.token(good_claims())).status, GOV_UNAVAILABLE);
  EXPECT_EQ(fetches(), 0U);
}

TEST_F(JwtKeys, ANewOneIsFetchedWhenATokenNamesIt) {
  EXPECT_EQ(ask(key.token(good_claims())).status, GOV_OK);
  const SigningKey next = SigningKey::make("ES256", "k2");
  serve({key, next});
  EXPECT_EQ(ask(next.token(good_claims()), /*at_once=*/true).status, GOV_WOULD_BLOCK)
      << "it would have to wait for the fetch";
  EXPECT_EQ(fetches(), 1U);
  EXPECT_EQ(ask(next.token(good_claims())).status, GOV_OK);
  EXPECT_EQ(fetches(), 2U);
  EXPECT_EQ(ask(next.token(good_claims()), true).status, GOV_OK) << "known from here on";
  EXPECT_EQ(ask(key.token(good_claims()), true).status, GOV_OK) << "both during a rotation";
}

// Everybody can make up names of keys.
TEST_F(JwtKeys, TenThousandNamesAreOneFetch) {
  const std::string good = key.token(good_claims());
  EXPECT_EQ(ask(good).status, GOV_OK);
  const std::string body = good.substr(good.find('.'));
  std::atomic<int> refused{0}, busy{0}, accepted{0};
  std::vector<std::thread> attackers;
  for (int t = 0; t < 4; ++t)
    attackers.emplace_back([&, t] {
      for (int i = 0; i < 2500; ++i) {
        const json header = {{"alg", "RS256"}, {"kid", std::to_string(t * 2500 + i)}};
        const gov_status status = ask(base64url(header.dump()) + body).status;
        refused += status == GOV_UNAUTHENTICATED ? 1 : 0;
        busy += status == GOV_UNAVAILABLE ? 1 : 0;
        if (i % 100 == 0) accepted += ask(good, true).status == GOV_OK ? 1 : 0;
      }
    });
  for (std::thread& each : attackers) each.join();
  EXPECT_EQ(refused + busy, 10'000);
  EXPECT_EQ(accepted, 100) << "whoever has a good token notices nothing";
  EXPECT_LE(fetches(), 2U) << "the one of the start and one more";
}

TEST_F(JwtKeys, ARemovedOneIsNoLongerGood) {
  config.set("jwks_refresh", 20);
  const std::string token = key.token(good_claims());
  EXPECT_EQ(ask(token).status, GOV_OK);
  serve({SigningKey::make("ES256", "k2")});
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (ask(token, true).status == GOV_OK && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(ask(token, false).status, GOV_UNAUTHENTICATED) << "although it was accepted before";
}

TEST_F(JwtKeys, AnOutageOfTheIssuerIsNotNoticed) {
  config.set("jwks_refresh", 10);
  config.set("jwks_cooldown", 10);
  const std::string token = key.token(good_claims());
  EXPECT_EQ(ask(token).status, GOV_OK);
  http.fail(kJwks, GOV_UNAVAILABLE);
  http.fail(kMetadata, GOV_UNAVAILABLE);
  const std::size_t before = http.requests().size();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (http.requests().size() < before + 3 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_GE(http.requests().size(), before + 3);
  EXPECT_EQ(ask(token, true).status, GOV_OK);
  json claims = good_claims();
  claims["sub"] = "bob";
  EXPECT_EQ(ask(key.token(claims), true).status, GOV_OK) << "new tokens of known keys too";
}

TEST_F(JwtKeys, AreGoodForNoLongerThanTheGrace) {
  config.set("jwks_stale_grace", 0);
  const JwtAnswer answer = ask(key.token(good_claims()));
  EXPECT_EQ(answer.status, GOV_UNAVAILABLE) << "not at fault, so not UNAUTHENTICATED";
}

TEST_F(JwtKeys, ACopyServesAStartWhileTheIssuerIsDown) {
  const std::string copy = (folder.path() / "jwks.json").string();
  config.set("cache_file", copy);
  const std::string token = key.token(good_claims());
  EXPECT_EQ(ask(token).status, GOV_OK);
  loaded.reset();
  http.fail(kJwks, GOV_UNAVAILABLE);
  http.fail(kMetadata, GOV_UNAVAILABLE);
  EXPECT_EQ(ask(token).status, GOV_OK);
  loaded.reset();

  // Another issuer's copy, one that is too old, and a broken one are none.
  for (const json& wrong : {json{{"issuer", "https://evil.example"},
                                 {"fetched_at", unix_now()},
                                 {"jwks", jwks_of({key}).dump()}},
                            json{{"issuer", kIssuer},
                                 {"fetched_at", unix_now() - 90'000},
                                 {"jwks", jwks_of({key}).dump()}},
                            json{{"issuer", kIssuer}, {"fetched_at", unix_now()}, {"jwks", "{"}}}) {
    std::ofstream(copy) << wrong.dump();
    EXPECT_EQ(ask(token).status, GOV_UNAVAILABLE) << wrong.dump();
    loaded.reset();
  }
}

TEST_F(JwtKeys, OfAFileAreReadAgainWhenItChanges) {
  const SigningKey old = SigningKey::make("ES256", ""), next = SigningKey::make("EdDSA", "");
  const std::string file = (folder.path() / "keys.pem").string();
  std::ofstream(file) << "# the key of 2026\n" << old.pem();
  config.set("keys_file", file);
  EXPECT_EQ(ask(old.token(good_claims())).status, GOV_OK);
  EXPECT_EQ(ask(next.token(good_claims())).status, GOV_UNAUTHENTICATED);
  EXPECT_TRUE(http.requests().empty());

  std::ofstream(file + ".new") << old.pem() << next.pem();
  std::filesystem::rename(file + ".new", file);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (ask(next.token(good_claims())).status != GOV_OK &&
         std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(ask(next.token(good_claims())).status, GOV_OK);
  EXPECT_EQ(ask(old.token(good_claims())).status, GOV_OK) << "two during a rotation";
}

TEST_F(JwtKeys, ThatAreTooWeakOrOfNoUseAreLeftOut) {
  json set = jwks_of({key});
  set["keys"].push_back({{"kty", "RSA"}, {"kid", "weak"}, {"n", "AQAB"}, {"e", "AQAB"}});
  set["keys"].push_back({{"kty", "oct"}, {"kid", "shared"}, {"k", "c2VjcmV0"}});
  set["keys"].push_back({{"kty", "EC"},
                         {"kid", "off"},
                         {"crv", "P-256"},
                         {"x", std::string(43, 'A')},
                         {"y", std::string(43, 'A')}});
  set["keys"].push_back("no object");
  json encrypts = SigningKey::make("ES256", "enc").jwk();
  encrypts["use"] = "enc";
  set["keys"].push_back(encrypts);
  http.answer(kJwks, {200, {}, set.dump()});
  EXPECT_EQ(ask(key.token(good_claims())).status, GOV_OK);
  for (const char* const kid : {"weak", "shared", "off"})
    EXPECT_EQ(ask(hmac_token({{"alg", "HS256"}, {"kid", kid}}, good_claims(), "secret")).status,
              GOV_UNAUTHENTICATED);
  EXPECT_FALSE(host.logged("c2VjcmV0"));
}

TEST_F(JwtKeys, MustComeOverTls) {
  config.set("jwks_uri", "http://as.example/keys");
  EXPECT_THROW(plugin(), std::runtime_error);
}

TEST_F(JwtKeys, ThatCannotBeFetchedForWantOfAGrantAreAnErrorAtTheStart) {
  http.fail(kMetadata, GOV_PERMISSION_DENIED);
  EXPECT_THROW(plugin(), std::runtime_error);
  loaded.reset();
  host.services.clear();
  try {
    plugin();
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("grants"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace govhost::test
