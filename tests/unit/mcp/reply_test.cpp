#include "mcp/reply.h"

#include <gtest/gtest.h>

#include <string>

#include "fixtures.h"

namespace govhost::mcp {
namespace {

using fixtures::json_of;
using fixtures::text_of;

constexpr std::string_view kServer = R"({"name":"govhost"})";

Message plain_request() {
  return read_message({{"jsonrpc", "2.0"}, {"id", "a\"b"}, {"method", "m"}});
}

TEST(Reply, OfTheLegacyEraIsThePlainResult) {
  const Message message = plain_request();
  const Frame frame{&message, Era::kLegacy, "cid", nullptr, {60, true}, kServer};
  const Json json = json_of(Reply::result(ResultText::fixed(R"({"x":1)"), frame));
  EXPECT_EQ(json, (Json{{"jsonrpc", "2.0"},
                        {"id", "a\"b"},
                        {"result", {{"x", 1}, {"_meta", {{"govhost/correlation_id", "cid"}}}}}}));
  EXPECT_EQ(json_of(Reply::result(ResultText::fixed("{"), frame))["result"], Json::object())
      << "EmptyResult is empty: clients compare it";
}

TEST(Reply, OfTheModernEraSaysWhatItIsAndHowLongItKeeps) {
  const Message message = plain_request();
  Frame frame{&message, Era::kModern, "cid", nullptr, {60, true}, kServer};
  Json result = json_of(Reply::result(ResultText::of({{"x", 1}}), frame))["result"];
  EXPECT_EQ(result["resultType"], "complete");
  EXPECT_EQ(result["ttlMs"], 60);
  EXPECT_EQ(result["cacheScope"], "public");
  EXPECT_EQ(result["_meta"][std::string(kMetaServerInfo)]["name"], "govhost");
  frame.cache = {0, false};
  EXPECT_EQ(json_of(Reply::result(ResultText::of({{"x", 1}}), frame))["result"]["cacheScope"],
            "private");
  frame.cache = {};
  result = json_of(Reply::result(ResultText::of(Json::object()), frame))["result"];
  EXPECT_FALSE(result.contains("ttlMs") || result.contains("cacheScope"));
}

TEST(Reply, AboutContentNamesItsSnapshot) {
  const Message message = plain_request();
  content::Freshness::Seen freshness{std::chrono::seconds(7), false};
  const Frame frame{&message, Era::kLegacy, "cid", &freshness, {}, kServer, "complete", "digest"};
  const auto meta = [&] {
    return json_of(Reply::result(ResultText::fixed(R"({"x":1)"), frame))["result"]["_meta"];
  };
  EXPECT_EQ(meta()["govhost/snapshot"], "digest");
  EXPECT_EQ(meta()["govhost/age_s"], 7);
  EXPECT_FALSE(meta().contains("govhost/stale"));
  freshness.stale = true;
  EXPECT_EQ(meta()["govhost/stale"], true);
}

TEST(Reply, OfAnErrorEscapesItsMessage) {
  const Fault fault{kInvalidParams, 400, "a\"b\n\xE2\x80\xA8", {{"uri", "\xC3\xA9"}}};
  const Reply reply = Reply::error(fault, "7", "cid", GOV_INVALID_ARGUMENT);
  EXPECT_EQ(reply.http_status, 400);
  EXPECT_EQ(reply.outcome, GOV_INVALID_ARGUMENT);
  EXPECT_EQ(reply.error_type, "-32602");
  EXPECT_EQ(text_of(reply).find('\n'), std::string::npos);
  EXPECT_EQ(json_of(reply), (Json{{"jsonrpc", "2.0"},
                                  {"id", 7},
                                  {"error",
                                   {{"code", -32602},
                                    {"message", "a\"b\n\xE2\x80\xA8"},
                                    {"data", {{"uri", "\xC3\xA9"}, {"correlation_id", "cid"}}}}}}));
}

TEST(Reply, WithoutAnIdHasNone) {
  EXPECT_FALSE(
      json_of(Reply::error({kParseError, 400, "m", nullptr}, "", "cid", GOV_INVALID_ARGUMENT))
          .contains("id"));
}

TEST(Reply, SizeIsThatOfItsParts) {
  const Message message = plain_request();
  const Frame frame{&message, Era::kModern, "cid", nullptr, {}, kServer};
  const Reply reply = Reply::result(ResultText::built(R"({"x":1)"), frame);
  EXPECT_EQ(reply.size(), text_of(reply).size());
  EXPECT_TRUE(reply.has_body());
  EXPECT_FALSE(Reply::empty(202).has_body());
  EXPECT_EQ(Reply::empty(202).size(), 0u);
  EXPECT_EQ(text_of(Reply::body(403, "{}", GOV_OK)), "{}");
}

}  // namespace
}  // namespace govhost::mcp
