#include "access/chain.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace govhost::access {
namespace {

using plugin::CallContext;
using plugin::Principal;

struct FakeAuthenticator : plugin::Authenticator {
  using Answer = std::function<gov::Status(Principal&)>;

  explicit FakeAuthenticator(Answer a, std::string scheme_text = "Bearer", bool quick = true)
      : answer(std::move(a)), scheme(std::move(scheme_text)), quick_(quick) {}

  gov::Status authenticate(CallContext&, const gov_peer&, Principal& out) override {
    ++asked;
    return answer(out);
  }
  std::string challenge() override { return scheme; }
  bool answers_at_once() const override { return quick_; }

  Answer answer;
  std::string scheme;
  bool quick_;
  int asked = 0;
};

FakeAuthenticator::Answer says(gov::Status status) {
  return [status](Principal&) { return status; };
}

FakeAuthenticator::Answer finds(std::string subject, std::vector<std::string> scopes = {},
                                std::int64_t expires_ms = 0) {
  return [=](Principal& out) {
    out = {subject, "issuer", "token", scopes, expires_ms};
    return gov::Status();
  };
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Decision decide(std::vector<plugin::Authenticator*> authenticators,
                std::vector<std::string> scopes = {}, std::string_view transport = "http") {
  const Chain chain(std::move(authenticators), {.required_scopes = std::move(scopes)});
  CallContext call(std::chrono::steady_clock::now() + std::chrono::hours(1));
  gov_peer peer{};
  peer.struct_size = sizeof peer;
  peer.uid = GOV_NO_UID;
  peer.transport = gov::to_c(transport);
  return chain.decide(call, peer, "/mcp");
}

void expect_denied(const Decision& decision, int http_status, const std::string& error) {
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.principal.subject, "");
  EXPECT_EQ(decision.denial.http_status, http_status);
  EXPECT_EQ(decision.denial.error, error);
  EXPECT_FALSE(decision.denial.challenge.empty());
}

TEST(Chain, WithoutAuthenticatorsEverybodyIsAnonymous) {
  EXPECT_FALSE(Chain({}, {.required_scopes = {"read"}}).configured());
  EXPECT_TRUE(Chain({}, {}).answers_at_once());
  const Decision decision = decide({}, {"read"});
  EXPECT_TRUE(decision.allowed);
  EXPECT_EQ(decision.principal.subject, "");
}

TEST(Chain, LetsInWhomAnAuthenticatorKnows) {
  FakeAuthenticator known(finds("alice", {"read", "write"}));
  const Decision decision = decide({&known}, {"read"});
  EXPECT_TRUE(decision.allowed);
  EXPECT_EQ(decision.principal.subject, "alice");
  EXPECT_EQ(decision.principal.issuer, "issuer");
  EXPECT_EQ(decision.principal.scopes, (std::vector<std::string>{"read", "write"}));
}

TEST(Chain, NotMinePassesOnToTheNext) {
  FakeAuthenticator first(says(gov::not_mine())), second(finds("bob")), third(finds("carol"));
  const Decision decision = decide({&first, &second, &third});
  EXPECT_EQ(decision.principal.subject, "bob");
  EXPECT_EQ(first.asked, 1);
  EXPECT_EQ(third.asked, 0) << "the first that recognises a credential decides";
}

// What one authenticator has left behind must not become the next one's word.
TEST(Chain, EveryAuthenticatorStartsWithNobody) {
  FakeAuthenticator first([](Principal& out) {
    out = {"root", "other", "token", {"admin"}, 0};
    return gov::not_mine();
  });
  FakeAuthenticator second([](Principal& out) {
    out.subject = "bob";
    return gov::Status();
  });
  expect_denied(decide({&first, &second}, {"admin"}), 403, "insufficient_scope");
  EXPECT_EQ(decide({&first, &second}).principal.issuer, "");
}

TEST(Chain, WithoutACredentialAsksForOne) {
  FakeAuthenticator first(says(gov::not_mine())), second(says(gov::not_mine()), "Other");
  const Decision decision = decide({&first, &second}, {"read", "write"});
  expect_denied(decision, 401, "");
  // RFC 6750, 3.1: no error code for a request that brought no credential.
  EXPECT_EQ(decision.denial.challenge, R"(Bearer scope="read write")");
  EXPECT_EQ(decide({&first}).denial.challenge, "Bearer");
}

TEST(Chain, ABadCredentialIsRefusedWithoutAskingFurther) {
  FakeAuthenticator first(says(gov::unauthenticated("token of mallory is revoked"))),
      second(finds("bob"));
  const Decision decision = decide({&first, &second});
  expect_denied(decision, 401, "invalid_token");
  EXPECT_EQ(second.asked, 0);
  EXPECT_EQ(decision.denial.challenge,
            R"(Bearer error="invalid_token", error_description="the credential is not accepted")");
  EXPECT_EQ(decision.denial.description.find("mallory"), std::string::npos)
      << "the plugin's words are for operators";
}

TEST(Chain, AnyFailureRefuses) {
  for (const gov_status code : std::initializer_list<gov_status>{
           GOV_INTERNAL, GOV_CANCELLED, GOV_NOT_FOUND, GOV_PERMISSION_DENIED, GOV_UNIMPLEMENTED,
           GOV_NOT_MODIFIED, GOV_WOULD_BLOCK, 4711, -1}) {
    // It found somebody and failed all the same: nobody is let in.
    FakeAuthenticator broken([code](Principal& out) {
      out.subject = "half";
      return gov::Status(code, "ldap://secret-host is down");
    });
    FakeAuthenticator next(finds("bob"));
    const Decision decision = decide({&broken, &next});
    expect_denied(decision, 401, "invalid_token");
    EXPECT_EQ(next.asked, 0) << code;
    EXPECT_EQ(decision.denial.challenge.find("secret-host"), std::string::npos);
  }
}

// The credential may be good: a client that hears 401 throws it away.
TEST(Chain, WhoCannotBeCheckedNowIsToldToComeBack) {
  for (const gov_status code : {GOV_UNAVAILABLE, GOV_DEADLINE_EXCEEDED}) {
    FakeAuthenticator down(says(gov::Status(code, "ldap://secret-host is down")));
    FakeAuthenticator next(finds("bob"));
    const Decision decision = decide({&down, &next});
    EXPECT_FALSE(decision.allowed);
    EXPECT_EQ(decision.denial.http_status, 503);
    EXPECT_EQ(decision.denial.challenge, "");
    EXPECT_EQ(decision.denial.description.find("secret-host"), std::string::npos);
    EXPECT_EQ(next.asked, 0);
  }
}

TEST(Chain, OnlyACallThatMayNotWaitIsMadeAgain) {
  FakeAuthenticator slow(says(gov::would_block()));
  const Chain chain({&slow});
  CallContext call(std::chrono::steady_clock::now() + std::chrono::hours(1));
  call.set_at_once();
  gov_peer peer{};
  peer.struct_size = sizeof peer;
  const Decision decision = chain.decide(call, peer, "/mcp");
  EXPECT_FALSE(decision.allowed);
  EXPECT_TRUE(decision.would_block);
}

// RFC 6750, 3.1.
TEST(Chain, TwoCredentialsAreABadRequest) {
  FakeAuthenticator known(finds("alice"));
  const gov_pair headers[] = {{gov::to_c("authorization"), gov::to_c("Bearer a")},
                              {gov::to_c("authorization"), gov::to_c("Bearer a")}};
  gov_peer peer{};
  peer.struct_size = sizeof peer;
  peer.headers = headers;
  peer.header_count = 2;
  CallContext call(std::chrono::steady_clock::now() + std::chrono::hours(1));
  expect_denied(Chain({&known}).decide(call, peer, "/mcp"), 400, "invalid_request");
  EXPECT_EQ(known.asked, 0);
}

TEST(Chain, AnExpiredCredentialIsRefused) {
  FakeAuthenticator old(finds("alice", {}, now_ms() - 1)), ancient(finds("alice", {}, -1));
  FakeAuthenticator fresh(finds("alice", {}, now_ms() + 3'600'000));
  for (FakeAuthenticator* each : {&old, &ancient}) {
    const Decision decision = decide({each});
    expect_denied(decision, 401, "invalid_token");
    EXPECT_EQ(decision.denial.description, "the credential has expired");
  }
  EXPECT_TRUE(decide({&fresh}).allowed);
}

TEST(Chain, AMissingScopeIsForbidden) {
  FakeAuthenticator some(finds("alice", {"read", "reader", "WRITE"}));
  const Decision decision = decide({&some}, {"read", "write"});
  expect_denied(decision, 403, "insufficient_scope");
  EXPECT_EQ(decision.denial.challenge,
            "Bearer error=\"insufficient_scope\", error_description=\"the credential "
            "lacks a required scope\", scope=\"read write\"");
  FakeAuthenticator none(finds("alice"));
  expect_denied(decide({&none}, {"read"}), 403, "insufficient_scope");
}

// RFC 9110, 11.6.1: the scheme, a blank, then parameters separated by commas.
TEST(Chain, AddsToTheParametersOfTheScheme) {
  FakeAuthenticator realm(says(gov::not_mine()), R"(Bearer realm="docs")"),
      silent(says(gov::not_mine()), "");
  EXPECT_EQ(decide({&realm}, {"read"}).denial.challenge, R"(Bearer realm="docs", scope="read")");
  EXPECT_EQ(decide({&silent}).denial.challenge, "Bearer");
}

TEST(Chain, QuotesCannotEndAParameter) {
  FakeAuthenticator none(says(gov::not_mine()));
  EXPECT_EQ(decide({&none}, {"a\", error=\"x"}).denial.challenge, R"(Bearer scope="a', error='x")");
}

TEST(Chain, LocalStdioNeedsNoCredential) {
  FakeAuthenticator strict(says(gov::unauthenticated("no")));
  EXPECT_TRUE(decide({&strict}, {"read"}, "stdio").allowed);
  EXPECT_EQ(strict.asked, 0);
  for (const char* other : {"", "http", "STDIO", "stdio "})
    EXPECT_FALSE(decide({&strict}, {}, other).allowed) << other;
}

TEST(Chain, LocalScopesAreForLocalClientsAlone) {
  FakeAuthenticator none(says(gov::not_mine()));
  CallContext call(std::chrono::steady_clock::now() + std::chrono::hours(1));
  gov_peer peer{};
  peer.struct_size = sizeof peer;
  for (const bool configured : {true, false}) {
    const Chain chain(configured ? std::vector<plugin::Authenticator*>{&none}
                                 : std::vector<plugin::Authenticator*>(),
                      {.local_scopes = {"all"}});
    peer.transport = gov::to_c("stdio");
    EXPECT_EQ(chain.decide(call, peer, "").principal.scopes, std::vector<std::string>{"all"});
    peer.transport = gov::to_c("http");
    EXPECT_TRUE(chain.decide(call, peer, "/mcp").principal.scopes.empty());
  }
}

TEST(Chain, BlocksWhenOneOfItsAuthenticatorsDoes) {
  FakeAuthenticator quick(finds("a")), slow(finds("b"), "Bearer", false);
  EXPECT_TRUE(Chain({&quick, &quick}, {}).answers_at_once());
  EXPECT_FALSE(Chain({&quick, &slow}, {}).answers_at_once());
  EXPECT_TRUE(Chain({&slow}, {}).configured());
}

}  // namespace
}  // namespace govhost::access
