// <gov/http.hpp> against <gov/testing_http.hpp>: the two sides of gov.http/1 in the SDK.
#include <gov/http.hpp>
#include <gov/testing_http.hpp>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;

constexpr const char* kUrl = "https://api.example.org/risks";

class SdkHttp : public testing::Test {
 protected:
  gov::Result<gov::HttpAnswer> send(const gov::HttpRequest& request) {
    return gov::Http::of(gov::Host(host.raw()))->send(gov::Call(*call.raw()), request);
  }
  gov::testing::Host host;
  gov::testing::Call call;
};

TEST_F(SdkHttp, IsThereOnlyWhereSomethingIsGranted) {
  EXPECT_FALSE(gov::Http::of(gov::Host(host.raw())));
  const gov::testing::FakeHttp http(host);
  EXPECT_TRUE(gov::Http::of(gov::Host(host.raw())));
}

TEST_F(SdkHttp, CarriesTheRequestAndTheWholeAnswer) {
  gov::testing::FakeHttp http(host);
  http.answer(kUrl, {200, {{"ETag", "\"1\""}}, "[]"});
  gov::HttpRequest request{kUrl};
  request.headers = {{"Accept", "application/json"}};
  request.bearer_secret = "token";
  const auto answer = send(request);
  ASSERT_TRUE(answer.ok()) << answer.status().message();
  EXPECT_EQ(answer->code, 200u);
  EXPECT_EQ(answer->header("etag"), "\"1\"");
  EXPECT_EQ(answer->header("none"), "");
  EXPECT_EQ(answer->body, "[]");
  ASSERT_EQ(http.requests().size(), 1u);
  EXPECT_EQ(http.requests()[0].headers.at("Accept"), "application/json");
  EXPECT_EQ(http.requests()[0].bearer_secret, "token");
  EXPECT_EQ(send({"https://elsewhere/"}).status().code(), GOV_PERMISSION_DENIED);
}

TEST_F(SdkHttp, WhatTheReceiverRefusesEndsTheCallWithItsOwnSentence) {
  gov::testing::FakeHttp http(host);
  http.answer(kUrl, {200, {}, "text"});
  const auto stream = [&](const gov::Status& head, const gov::Status& body) {
    return gov::Http::of(gov::Host(host.raw()))
        ->stream(
            gov::Call(*call.raw()), {kUrl}, [&](gov::HttpAnswer&) { return head; },
            [&](std::string_view) { return body; });
  };
  EXPECT_EQ(stream({}, gov::invalid("no text of ours")).message(), "no text of ours");
  EXPECT_EQ(stream(gov::not_found("no such thing"), {}).message(), "no such thing");
  EXPECT_TRUE(stream({}, {}).ok());
}

TEST(SdkHttpStatus, SaysWhatAnAnswerMeansForTheHost) {
  const auto of = [](std::uint32_t code, const char* after = nullptr) {
    gov::HttpAnswer answer;
    answer.code = code;
    if (after) answer.headers.emplace_back("retry-after", after);
    return gov::status_of(answer, "the list");
  };
  EXPECT_TRUE(of(200).ok());
  EXPECT_EQ(of(304).code(), GOV_NOT_MODIFIED);
  EXPECT_EQ(of(404).code(), GOV_NOT_FOUND);
  EXPECT_EQ(of(401).code(), GOV_PERMISSION_DENIED);
  EXPECT_EQ(of(400).code(), GOV_INVALID_ARGUMENT);
  EXPECT_EQ(of(500).code(), GOV_UNAVAILABLE);
  EXPECT_EQ(of(500).message(), "the list answered HTTP 500");
  EXPECT_EQ(of(429, "7").retry_after(), 7s);
  EXPECT_EQ(of(503, "99999999999").retry_after(), 24h);
  for (const char* const bad : {"", "soon", "-5", "7s"}) EXPECT_LE(of(429, bad).retry_after(), 0s);
}

}  // namespace
