#include "egress/client.h"

#include <fcntl.h>

#include <algorithm>
#include <future>

#include "fixture.h"

namespace govhost::egress {
namespace {

// A gzip member of a mebibyte of zeros (RFC 1952).
std::string bomb();

TEST_F(EgressClient, GivesTheAnswerWhateverItsCode) {
  make({upstream.url()});
  for (const int code : {200, 404, 429, 500}) {
    upstream.handle_with([code](const auto&) {
      return Upstream::Answer{code, "body", {{"Retry-After", "7"}}};
    });
    const Answer got = get(upstream.url("/x?y=1"));
    ASSERT_TRUE(got.status.ok()) << got.status.message();
    EXPECT_EQ(got.code, static_cast<unsigned>(code));
    EXPECT_EQ(got.headers.at("Retry-After"), "7");
    EXPECT_EQ(got.body, "body");
  }
  EXPECT_EQ(upstream.requests().back().target, "/x?y=1");
}

TEST_F(EgressClient, OneConnectionServesRequestAfterRequest) {
  make({upstream.url()});
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(get(upstream.url()).status.ok());
  for (const Upstream::Request& request : upstream.requests()) EXPECT_EQ(request.connection, 1);
  EXPECT_EQ(counted("ok"), 5u);
  EXPECT_NE(logged().find("\"reused\":true"), std::string::npos);
}

TEST_F(EgressClient, AConditionalRequestPassesThrough) {
  make({upstream.url()});
  upstream.handle_with([](const Upstream::Request& request) {
    return request.header("if-none-match") == "\"v1\"" ? Upstream::Answer{304} : Upstream::Answer{};
  });
  const Answer got = get(upstream.url(), {{gov::to_c("If-None-Match"), gov::to_c("\"v1\"")}});
  EXPECT_TRUE(got.status.ok()) << got.status.message();
  EXPECT_EQ(got.code, 304u);
  EXPECT_EQ(counted("not_modified"), 1u);
}

TEST_F(EgressClient, EachWayToMisbehaveIsAPreciseError) {
  make({upstream.url()});
  settings.timeout = 300ms;
  const struct {
    How how;
    gov_status code;
  } cases[] = {{How::kHang, GOV_DEADLINE_EXCEEDED},
               {How::kTrickle, GOV_DEADLINE_EXCEEDED},
               {How::kReset, GOV_UNAVAILABLE},
               {How::kGarbage, GOV_UNAVAILABLE}};
  for (const auto& each : cases) {
    upstream.handle_with([how = each.how](const auto&) {
      return Upstream::Answer{200, std::string(10'000, 'x'), {}, how};
    });
    const Answer got = get(upstream.url());
    EXPECT_EQ(got.status.code(), each.code) << got.status.message();
    EXPECT_EQ(got.status.message().substr(0, 11), "127.0.0.1: ");
  }
  upstream.handle_with([](const auto&) { return Upstream::Answer{}; });
  EXPECT_TRUE(get(upstream.url()).status.ok()) << "the next one works";
}

TEST_F(EgressClient, ACancelledCallReturnsAtOnce) {
  make({upstream.url()});
  std::promise<void> asked;
  upstream.handle_with([&](const auto&) {
    asked.set_value();
    return Upstream::Answer{200, "", {}, How::kHang};
  });
  plugin::CallContext call(Clock::now() + 1h);
  auto got =
      std::async(std::launch::async, [&] { return get(upstream.url(), {}, {}, 0, &call).status; });
  asked.get_future().wait();
  const auto before = Clock::now();
  call.cancel();
  EXPECT_EQ(got.get().code(), GOV_CANCELLED);
  EXPECT_LT(Clock::now() - before, 900ms) << "it waited for the poll to end";
}

TEST_F(EgressClient, TheDeadlineOfTheCallHolds) {
  make({upstream.url()});
  upstream.handle_with([](const auto&) { return Upstream::Answer{200, "", {}, How::kHang}; });
  plugin::CallContext call(Clock::now() + 50ms);
  EXPECT_EQ(get(upstream.url(), {}, {}, 0, &call).status.code(), GOV_DEADLINE_EXCEEDED);
}

TEST_F(EgressClient, AnAnswerThatIsTooLargeIsCutOffAlsoWhenItWasCompressed) {
  make({upstream.url()});
  upstream.handle_with([](const auto&) { return Upstream::Answer{200, std::string(5000, 'x')}; });
  EXPECT_EQ(get(upstream.url(), {}, {}, 4999).status.code(), GOV_RESOURCE_EXHAUSTED);
  EXPECT_TRUE(get(upstream.url(), {}, {}, 5000).status.ok());
  settings.max_response = 100;
  EXPECT_EQ(get(upstream.url(), {}, {}, 5000).status.code(), GOV_RESOURCE_EXHAUSTED);
  settings.max_response = 100'000;
  upstream.handle_with([](const auto&) {
    return Upstream::Answer{200, bomb(), {{"Content-Encoding", "gzip"}}};
  });
  const Answer got = get(upstream.url());
  EXPECT_EQ(got.status.code(), GOV_RESOURCE_EXHAUSTED) << got.status.message();
  EXPECT_LE(got.body.size(), 100'000u);
}

TEST_F(EgressClient, ARedirectIsFollowedWithinTheGrantsOfOneOriginOnly) {
  make({upstream.url("/a/")});
  Upstream elsewhere([](const auto&) { return Upstream::Answer{}; });
  const auto lead_to = [&](const std::string& location) {
    upstream.handle_with([location](const Upstream::Request& request) {
      return request.target == "/a/new" ? Upstream::Answer{200, "new"}
                                        : Upstream::Answer{302, "gone", {{"Location", location}}};
    });
  };
  for (const std::string& inside : {std::string("/a/new"), upstream.url("/a/new")}) {
    lead_to(inside);
    EXPECT_EQ(get(upstream.url("/a/old")).body, "new") << inside;
  }
  for (const std::string& outside :
       {elsewhere.url("/a/new"), upstream.url("/b"), std::string("//evil/a/new"),
        std::string("/a/../b"), std::string("file:///etc/passwd"), std::string()}) {
    lead_to(outside);
    const std::size_t before = upstream.count();
    const Answer got = get(upstream.url("/a/old"));
    EXPECT_TRUE(got.status.ok());
    EXPECT_EQ(got.code, 302u) << outside;
    EXPECT_EQ(upstream.count(), before + 1) << outside;
  }
  EXPECT_EQ(elsewhere.count(), 0u);
  lead_to("/a/old");
  EXPECT_EQ(get(upstream.url("/a/old")).code, 302u) << "a circle ends";
}

TEST_F(EgressClient, WhatIsNotGrantedIsNotReached) {
  make({upstream.url("/a/")});
  for (const std::string& url :
       {upstream.url("/b"), upstream.url("/"), std::string("https://h/a/")})
    EXPECT_EQ(get(url).status.code(), GOV_PERMISSION_DENIED) << url;
  EXPECT_EQ(get(upstream.url("/a/../b")).status.code(), GOV_INVALID_ARGUMENT);
  EXPECT_EQ(upstream.count(), 0u);
  EXPECT_EQ(counted("refused"), 3u) << "an attempt is known";
  get(upstream.url("/b?key=CANARY"));
  EXPECT_EQ(logged().find("CANARY"), std::string::npos);
}

// A granted name that leads inside: the cloud's metadata service, a neighbour, this machine.
TEST_F(EgressClient, ANameMayLeadToAPublicAddressOnly) {
  const std::string port = std::to_string(upstream.port());
  const std::string url = "http://localhost:" + port + "/";
  make({url, upstream.url()});
  const Answer refused = get(url);
  EXPECT_EQ(refused.status.code(), GOV_PERMISSION_DENIED) << refused.status.message();
  EXPECT_NE(refused.status.message().find("egress.allow_networks"), std::string::npos);
  EXPECT_EQ(upstream.count(), 0u);
  EXPECT_TRUE(get(upstream.url()).status.ok()) << "the operator wrote this address";
  settings.allowed = *Networks::parse({"127.0.0.0/8", "::1"});
  EXPECT_TRUE(get(url).status.ok());
}

TEST_F(EgressClient, HeadersOfAPluginCannotForgeARequestOrACredential) {
  make({upstream.url()});
  const std::pair<const char*, const char*> bad[] = {{"X\r\nEvil", "1"},
                                                     {"X", "1\r\nEvil: 1"},
                                                     {"X", "1\n"},
                                                     {"", "1"},
                                                     {"X:", "1"},
                                                     {"Host", "evil"},
                                                     {"host", "evil"},
                                                     {"Authorization", "Bearer x"},
                                                     {"Cookie", "a=b"},
                                                     {"Transfer-Encoding", "chunked"},
                                                     {"Content-Length", "9"},
                                                     {"Connection", "close"},
                                                     {"Proxy-Authorization", "x"}};
  for (const auto& [name, value] : bad)
    EXPECT_EQ(get(upstream.url(), {{gov::to_c(name), gov::to_c(value)}}).status.code(),
              GOV_INVALID_ARGUMENT)
        << name;
  EXPECT_EQ(upstream.count(), 0u);
  EXPECT_TRUE(get(upstream.url(), {{gov::to_c("X-Good"), gov::to_c("a, b")}}).status.ok());
  EXPECT_EQ(upstream.requests().back().header("x-good"), "a, b");
}

TEST_F(EgressClient, ASecretReachesTheUpstreamAndNobodyElse) {
  make({upstream.url(), "http://localhost:" + std::to_string(upstream.port()) + "/"});
  const std::string canary = "CANARY-4711";
  EXPECT_TRUE(get(upstream.url(), {}, canary).status.ok());
  EXPECT_EQ(upstream.requests().back().header("authorization"), "Bearer " + canary);
  user = "git";
  EXPECT_TRUE(get(upstream.url(), {}, canary).status.ok());
  EXPECT_EQ(upstream.requests().back().header("authorization"), "Basic Z2l0OkNBTkFSWS00NzEx");
  user = "a:b";
  EXPECT_EQ(get(upstream.url(), {}, canary).status.code(), GOV_INVALID_ARGUMENT);
  user.clear();
  settings.allowed = *Networks::parse({"127.0.0.0/8", "::1"});
  const std::string plain = "http://localhost:" + std::to_string(upstream.port()) + "/";
  EXPECT_EQ(get(plain, {}, canary).status.code(), GOV_PERMISSION_DENIED) << "not encrypted";
  upstream.handle_with([](const auto&) { return Upstream::Answer{200, "x", {}, How::kGarbage}; });
  const Answer failed = get(upstream.url("/?q=" + canary), {}, canary);
  EXPECT_EQ(failed.status.message().find(canary), std::string::npos);
  EXPECT_EQ(get(upstream.url(), {}, "a\nb").status.message().find("a\nb"), std::string::npos);
  const std::string text = logged();
  EXPECT_NE(text.find("egress.request"), std::string::npos);
  EXPECT_EQ(text.find(canary), std::string::npos) << "also not in the query of a URL";
}

TEST_F(EgressClient, ManyAtOnceShareABoundedNumberOfConnections) {
  make({upstream.url()});
  std::vector<std::future<bool>> all;
  for (int i = 0; i < 40; ++i)
    all.push_back(std::async(std::launch::async, [&] { return get(upstream.url()).status.ok(); }));
  for (auto& each : all) EXPECT_TRUE(each.get());
  int most = 0;
  for (const Upstream::Request& request : upstream.requests())
    most = std::max(most, request.connection);
  EXPECT_LE(most, static_cast<int>(Client::kConcurrent));
}

std::string bomb() {
  // Stored blocks would not shrink: one literal zero, then copies of 258 from distance 1, in the
  // fixed code of deflate (RFC 1951, 3.2.6).
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  unsigned bits = 0, held = 0;
  const auto put = [&](unsigned value, unsigned count) {  // least significant bit first
    bits |= value << held;
    for (held += count; held >= 8; held -= 8, bits >>= 8u) out += static_cast<char>(bits & 0xffu);
  };
  put(1, 1), put(1, 2);  // the last block, fixed code
  put(0b00001100, 8);    // literal 0: code 00110000, most significant bit first
  for (int i = 0; i < (1 << 20) / 258; ++i) {
    put(0b10100011, 8);  // length 258: code 11000101
    put(0, 5);           // distance 1
  }
  put(0, 7);  // the end
  put(0, 7);
  return out + std::string(8, '\0');  // a wrong checksum comes too late
}

}  // namespace
}  // namespace govhost::egress
