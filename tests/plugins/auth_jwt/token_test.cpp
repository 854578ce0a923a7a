// Which tokens are accepted (RFC 7519, RFC 8725, RFC 9068), by the plugin as it is built.
#include <functional>

#include "fixture.h"

namespace govhost::test {

const SigningKey JwtFixture::key = SigningKey::make("RS256", "k1");

namespace {

using JwtTokens = JwtFixture;

TEST_F(JwtTokens, AGoodOneSaysWhoAsks) {
  const JwtAnswer answer = ask(key.token(good_claims()));
  ASSERT_EQ(answer.status, GOV_OK) << answer.message;
  EXPECT_EQ(answer.found, 1);
  EXPECT_EQ(answer.subject, "alice");
  EXPECT_EQ(answer.issuer, kIssuer);
  EXPECT_EQ(answer.method, "jwt");
  EXPECT_EQ(answer.credential, "t-1");
  EXPECT_EQ(answer.scopes, (std::vector<std::string>{"governance.read", "other"}));
  EXPECT_NEAR(static_cast<double>(answer.expires_ms),
              static_cast<double>((unix_now() + 660) * 1000), 5000);
}

TEST_F(JwtTokens, EveryAlgorithmOfTheListIsAccepted) {
  std::vector<SigningKey> keys{key};
  for (const char* const alg : {"ES256", "ES384", "ES512", "EdDSA"})
    keys.push_back(SigningKey::make(alg, alg));
  serve(keys);
  for (const SigningKey& each : keys)
    EXPECT_EQ(ask(each.token(good_claims())).status, GOV_OK) << each.kid();
  EXPECT_EQ(ask(key.sign({{"alg", "PS256"}, {"kid", "k1"}}, good_claims(), "PS256")).status,
            GOV_OK);
  EXPECT_EQ(ask(key.sign({{"alg", "RS512"}, {"kid", "k1"}}, good_claims(), "RS512")).status,
            GOV_UNAUTHENTICATED)
      << "not on the list";
}

TEST_F(JwtTokens, SmallDifferencesBetweenIssuersAreTaken) {
  const std::function<void(json&)> changes[] = {
      [](json& c) {
        c["aud"] = json{"urn:other", "urn:mcp"};
      },
      [](json& c) {
        c.erase("scope"), c["scp"] = json{"governance.read", "other"};
      },
      [](json& c) { c.erase("jti"); },
      [](json& c) { c.erase("iat"); },
      [](json& c) { c["exp"] = static_cast<double>(unix_now()) + 60.5; },
      [](json& c) { c["nbf"] = unix_now() + 30; },  // within the skew
      [](json& c) { c["exp"] = unix_now() - 30; },
  };
  int index = 0;
  for (const auto& change : changes) {
    json claims = good_claims();
    change(claims);
    EXPECT_EQ(ask(key.token(claims)).status, GOV_OK) << index;
    ++index;
  }
  EXPECT_EQ(ask(key.sign({{"alg", "RS256"}}, good_claims(), "RS256")).status, GOV_OK)
      << "a token may name no key";
}

TEST_F(JwtTokens, ClaimsThatAreNotForUsAreRefused) {
  const struct {
    const char* what;
    std::function<void(json&)> change;
  } cases[] = {
      {"another issuer", [](json& c) { c["iss"] = "https://as.example/other"; }},
      {"an issuer that begins alike", [](json& c) { c["iss"] = kIssuer + "/"; }},
      {"no issuer", [](json& c) { c.erase("iss"); }},
      {"another audience", [](json& c) { c["aud"] = "https://mcp.example/other"; }},
      {"no audience", [](json& c) { c.erase("aud"); }},
      {"an audience of numbers",
       [](json& c) {
         c["aud"] = json{1, 2};
       }},
      {"expired", [](json& c) { c["exp"] = unix_now() - 61; }},
      {"without expiry", [](json& c) { c.erase("exp"); }},
      {"expiry as text", [](json& c) { c["exp"] = std::to_string(unix_now() + 60); }},
      {"expiry beyond all time", [](json& c) { c["exp"] = 1e300; }},
      {"living too long", [](json& c) { c["exp"] = unix_now() + 90'000; }},
      {"not yet valid", [](json& c) { c["nbf"] = unix_now() + 120; }},
      {"issued in the future", [](json& c) { c["iat"] = unix_now() + 120; }},
      {"without subject", [](json& c) { c.erase("sub"); }},
      {"an empty subject", [](json& c) { c["sub"] = ""; }},
      {"a subject with a line break", [](json& c) { c["sub"] = "a\nb"; }},
      {"a subject as number", [](json& c) { c["sub"] = 7; }},
      {"a jti that is no text", [](json& c) { c["jti"] = 7; }},
      {"a jti too long to be revoked", [](json& c) { c["jti"] = std::string(300, 'x'); }},
  };
  for (const auto& c : cases) {
    json claims = good_claims();
    c.change(claims);
    const JwtAnswer answer = ask(key.token(claims));
    EXPECT_EQ(answer.status, GOV_UNAUTHENTICATED) << c.what;
    EXPECT_EQ(answer.found, 0) << c.what;
  }
}

TEST_F(JwtTokens, OnlyClientsOfTheListMayCallIfThereIsOne) {
  config.set_json("clients", R"(["agent"])");
  EXPECT_EQ(ask(key.token(good_claims())).status, GOV_OK);
  json claims = good_claims();
  claims["client_id"] = "stranger";
  EXPECT_EQ(ask(key.token(claims)).status, GOV_UNAUTHENTICATED);
  claims.erase("client_id");
  EXPECT_EQ(ask(key.token(claims)).status, GOV_UNAUTHENTICATED);
  claims["azp"] = "agent";
  EXPECT_EQ(ask(key.token(claims)).status, GOV_OK);
}

TEST_F(JwtTokens, ForgeriesAreRefused) {
  const SigningKey mallory = SigningKey::make("RS256", "k1");
  const json claims = good_claims();
  const std::string good = key.token(claims);
  const std::string head = good.substr(0, good.find('.'));
  const std::string body = good.substr(head.size() + 1, good.rfind('.') - head.size() - 1);
  const std::string signature = good.substr(good.rfind('.') + 1);
  json admin = claims;
  admin["sub"] = "root";
  const json rs = {{"alg", "RS256"}, {"kid", "k1"}};
  const auto with = [&](const char* name, const json& value) {
    json header = rs;
    header[name] = value;
    return header;
  };
  const struct {
    const char* what;
    std::string token;
  } cases[] = {
      {"another's signature", mallory.token(claims)},
      {"other claims", head + "." + base64url(admin.dump()) + "." + signature},
      {"alg none", base64url(R"({"alg":"none"})") + "." + body + "."},
      {"alg none with a signature",
       base64url(R"({"alg":"none","kid":"k1"})") + "." + body + "." + signature},
      {"alg None", base64url(R"({"alg":"nOnE","kid":"k1"})") + "." + body + "." + signature},
      {"HS256 with the public key as secret",
       hmac_token({{"alg", "HS256"}, {"kid", "k1"}}, claims, key.pem())},
      {"HS256 with an empty secret", hmac_token({{"alg", "HS256"}, {"kid", "k1"}}, claims, "")},
      {"the algorithm of another type of key",
       key.sign({{"alg", "ES256"}, {"kid", "k1"}}, claims, "RS256")},
      {"PS256 that was signed as RS256",
       key.sign({{"alg", "PS256"}, {"kid", "k1"}}, claims, "RS256")},
      {"no algorithm", key.sign({{"kid", "k1"}}, claims, "RS256")},
      {"algorithm as array", key.sign({{"alg", {"RS256"}}, {"kid", "k1"}}, claims, "RS256")},
      {"its own key (jwk)", mallory.sign(with("jwk", mallory.jwk()), claims, "RS256")},
      {"its own key set (jku)",
       mallory.sign(with("jku", "https://evil.example/k"), claims, "RS256")},
      {"its own certificate (x5u)",
       mallory.sign(with("x5u", "https://evil.example/c"), claims, "RS256")},
      {"an extension that must be known (crit)", key.sign(with("crit", {"exp"}), claims, "RS256")},
      {"a logout token", key.sign(with("typ", "logout+jwt"), claims, "RS256")},
      {"an empty signature", head + "." + body + "."},
      {"a signature cut short", good.substr(0, good.size() - 4)},
      {"a signature with a byte more", good + "AAAA"},
      {"padding", good + "="},
      {"another alphabet", head + "." + body + ".+/+/"},
      {"two dots and nothing", ".."},
      {"claims that are no object", key.sign(rs, json::array({1}), "RS256")},
      {"a token of 64 KiB", good + std::string(std::size_t{64} << 10u, 'A')},
  };
  for (const auto& c : cases) {
    const JwtAnswer answer = ask(c.token);
    EXPECT_EQ(answer.status, GOV_UNAUTHENTICATED) << c.what << ": " << answer.message;
    EXPECT_EQ(answer.found, 0) << c.what;
  }
  for (const auto& request : http.requests())
    EXPECT_EQ(request.url.find("evil"), std::string::npos);
  EXPECT_EQ(ask(good).status, GOV_OK);
}

// Two readers of one token would see two subjects.
TEST_F(JwtTokens, AMemberTwiceIsRefused) {
  const json header = {{"alg", "RS256"}, {"kid", "k1"}};
  std::string text = good_claims().dump();
  text.insert(1, R"("sub":"root",)");
  // sign() writes JSON from values, which cannot hold a member twice: the payload is put in by
  // hand.
  const std::string twice = base64url(header.dump()) + "." + base64url(text) + ".AAAA";
  const JwtAnswer answer = ask(twice);
  EXPECT_EQ(answer.status, GOV_UNAUTHENTICATED);
  EXPECT_NE(answer.message.find("claims are no JSON object"), std::string::npos) << answer.message;
}

TEST_F(JwtTokens, WhatIsNoJwtIsLeftToOthers) {
  for (const std::string& value :
       {std::string("Basic YTpi"), std::string("Bearer gh_ci_0123"), std::string("Bearer"),
        std::string("Bearer a.b"), std::string("Bearer a.b.c.d")})
    EXPECT_EQ(ask(std::vector<std::string>{value}).status, GOV_NOT_MINE) << value;
  EXPECT_EQ(ask(std::vector<std::string>{}).status, GOV_NOT_MINE);
  const std::string good = key.token(good_claims());
  EXPECT_EQ(ask(std::vector<std::string>{"bEaReR   " + good}).status, GOV_OK);
  EXPECT_EQ(ask(std::vector<std::string>{"Bearer " + good, "Bearer " + good}).status,
            GOV_UNAUTHENTICATED);
}

TEST_F(JwtTokens, NothingOfATokenIsLogged) {
  json claims = good_claims();
  claims["canary"] = "CANARY-claim";
  const std::string good = key.token(claims);
  const std::string signature = good.substr(good.rfind('.') + 1);
  ask(good);
  ask(good + "x");
  claims["exp"] = 1;
  const std::string expired = key.token(claims);
  EXPECT_EQ(ask(expired).message.find(expired.substr(40, 40)), std::string::npos);
  EXPECT_FALSE(host.logged(signature));
  EXPECT_FALSE(host.logged("CANARY-claim"));
}

}  // namespace
}  // namespace govhost::test
