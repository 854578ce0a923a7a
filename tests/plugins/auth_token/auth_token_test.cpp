// What auth-token answers to requests.
#include <atomic>
#include <thread>

#include "fixture.h"

namespace {

constexpr const char* kCanary = "canary-2f6c1d0b9e7a4835";

class TokenAuthTest : public TokenTest {
 protected:
  void SetUp() override {
    config_.set_json("tokens",
                     "[" + entry("ci", kCanary, R"("scopes": ["catalogue.read", "audit.read"])") +
                         "," + entry("old", "stale-token", R"("expires": "2020-01-01T00:00:00Z")") +
                         "," + entry("new", "fresh-token", R"("expires": "2999-01-01T00:00:00Z")") +
                         "]");
  }
};

TEST_F(TokenAuthTest, AKnownTokenGivesExactlyOnePrincipal) {
  const Answer a = bearer(kCanary);
  ASSERT_EQ(a.status, GOV_OK) << a.message;
  EXPECT_EQ(a.found, 1);
  EXPECT_EQ(a.subject, "ci");
  EXPECT_EQ(a.issuer, "govhost");
  EXPECT_EQ(a.method, "token");
  EXPECT_EQ(a.scopes, (std::vector<std::string>{"catalogue.read", "audit.read"}));
  EXPECT_EQ(a.expires_ms, 0);
}

TEST_F(TokenAuthTest, TheExpiryIsPassedOn) {
  const Answer a = bearer("fresh-token");
  ASSERT_EQ(a.status, GOV_OK);
  EXPECT_EQ(a.expires_ms, 32'472'144'000'000);
}

TEST_F(TokenAuthTest, AnExpiredTokenIsRefused) {
  const Answer a = bearer("stale-token");
  EXPECT_EQ(a.status, GOV_UNAUTHENTICATED);
  EXPECT_NE(a.message.find("the token expired"), std::string::npos) << a.message;
  EXPECT_EQ(a.found, 0);
}

TEST_F(TokenAuthTest, AnswersAsTheTableSays) {
  const std::string t = kCanary;
  const struct {
    Headers headers;
    gov_status status;
  } cases[] = {
      {{}, GOV_NOT_MINE},
      {{{"cookie", "Bearer " + t}}, GOV_NOT_MINE},
      {{{"authorization", ""}}, GOV_NOT_MINE},
      {{{"authorization", " "}}, GOV_NOT_MINE},
      {{{"authorization", "Basic dXNlcjpwYXNz"}}, GOV_NOT_MINE},
      {{{"authorization", "Bearer2 " + t}}, GOV_NOT_MINE},
      {{{"authorization", "Bearer" + t}}, GOV_NOT_MINE},
      {{{"authorization", t}}, GOV_NOT_MINE},
      {{{"authorization", "Bearer " + t}}, GOV_OK},
      {{{"authorization", "bearer " + t}}, GOV_OK},
      {{{"authorization", "BEARER  \t" + t + " "}}, GOV_OK},
      {{{"x-other", "1"}, {"authorization", "Bearer " + t}}, GOV_OK},
      {{{"authorization", "Bearer"}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Bearer "}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Bearer " + t + "x"}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Bearer " + t.substr(1)}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Bearer " + t + ", Bearer " + t}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Bearer " + t + std::string(1, '\0')}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Bearer " + sha256_hex(t)}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Bearer \xff\xfe"}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Bearer " + std::string(4096, 'a')}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Bearer " + std::string(1 << 20, 'a')}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Bearer " + t}, {"authorization", "Bearer " + t}}, GOV_UNAUTHENTICATED},
      {{{"authorization", "Basic eA=="}, {"authorization", "Bearer " + t}}, GOV_UNAUTHENTICATED},
  };
  for (const auto& c : cases) {
    const Answer a = ask(c.headers);
    const std::string shown = c.headers.empty() ? "(none)" : c.headers[0].second.substr(0, 60);
    EXPECT_EQ(a.status, c.status) << shown << ": " << a.message;
    EXPECT_EQ(a.found, c.status == GOV_OK ? 1 : 0) << shown;
    EXPECT_EQ(a.message.empty(), c.status != GOV_UNAUTHENTICATED) << shown;
  }
}

TEST_F(TokenAuthTest, ATokenOf4096BytesIsTheLongest) {
  const std::string longest(4096, 'a');
  config_.set_json("tokens",
                   "[" + entry("long", longest) + "," + entry("longer", longest + "a") + "]");
  EXPECT_EQ(bearer(longest).status, GOV_OK);
  EXPECT_EQ(bearer(longest + "a").status, GOV_UNAUTHENTICATED);
}

TEST_F(TokenAuthTest, AStdioPeerWithoutHeadersIsNotMine) {
  EXPECT_EQ(ask({}, "stdio").status, GOV_NOT_MINE);
}

TEST_F(TokenAuthTest, ChallengesForBearer) {
  std::string scheme;
  gov_error error{sizeof error, 0, {}};
  ASSERT_EQ(
      plugin().auth().challenge(
          plugin().instance(), &scheme,
          [](void* ctx, gov_str s) { static_cast<std::string*>(ctx)->assign(gov::to_cpp(s)); },
          &error),
      GOV_OK);
  EXPECT_EQ(scheme, "Bearer");
}

TEST_F(TokenAuthTest, NoTokenAppearsInAnyMessageOrLog) {
  const std::string t = kCanary;
  std::string said;
  for (const std::string& value : {"Bearer " + t, "Bearer " + t + "x", "Bearer x" + t, t,
                                   "Basic " + t, "Bearer " + t + " " + t})
    said += ask({{"authorization", value}}).message;
  said += ask({{"authorization", "Bearer " + t}, {"authorization", "Bearer " + t}}).message;
  EXPECT_EQ(said.find("canary"), std::string::npos) << said;
  EXPECT_EQ(said.find(sha256_hex(t)), std::string::npos) << said;
  EXPECT_FALSE(host_.logged("canary"));
  EXPECT_FALSE(host_.logged(sha256_hex(t)));
  EXPECT_FALSE(host_.records().empty());
}

TEST_F(TokenAuthTest, PromisesNeverToBlockAndAnswersOnACancelledCall) {
  EXPECT_EQ(gov::testing::Loaded::component(AUTH_TOKEN_SO, "token").flags, GOV_NEVER_BLOCKS);
  gov::testing::Call call;
  call.cancel();
  gov_peer peer{};
  peer.struct_size = sizeof peer;
  gov_error error{sizeof error, 0, {}};
  EXPECT_EQ(plugin().auth().authenticate(
                plugin().instance(), call.raw(), &peer, nullptr,
                [](void*, const gov_principal*) { FAIL(); }, &error),
            GOV_NOT_MINE);
}

TEST_F(TokenAuthTest, EightThreadsMayAskAtOnce) {
  const auto& loaded = plugin();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const bool good = i % 2 == 0;
        const Answer a =
            ask_of(loaded, {{"authorization", std::string("Bearer ") + (good ? kCanary : "no")}});
        if (a.status != (good ? GOV_OK : GOV_UNAUTHENTICATED)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
