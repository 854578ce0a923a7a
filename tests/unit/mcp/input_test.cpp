#include "mcp/input.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace govhost::mcp {
namespace {

const KeyRing kKeys({"a key of the unit tests"});

plugin::Principal who(const char* subject, const char* issuer = "i") {
  plugin::Principal principal;
  principal.subject = subject;
  principal.issuer = issuer;
  return principal;
}

Message asking(Json params, const char* method = "tools/call") {
  return read_message(
      {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(params)}});
}

bool opens(const std::string& state, Json params, const plugin::Principal& principal,
           const KeyRing& keys = kKeys, const char* method = "tools/call") {
  params["requestState"] = state;
  std::string fault;
  const auto inputs = read_inputs(keys, asking(std::move(params), method), principal, fault);
  EXPECT_EQ(inputs.has_value(), fault.empty());
  return inputs && inputs->state == Json{{"step", 1}};
}

const Json kParams{{"name", "t"}, {"arguments", {{"a", 1}}}};

TEST(Input, TheStateIsOfItsPrincipalAndRequest) {
  const std::string state = seal_state(kKeys, {{"step", 1}}, asking(kParams), who("s"));
  EXPECT_TRUE(opens(state, kParams, who("s")));
  Json retried = kParams;
  retried["inputResponses"] = {{"k", 1}};
  retried["_meta"] = {{"x", 1}};
  EXPECT_TRUE(opens(state, retried, who("s"))) << "what belongs to the round may differ";
  EXPECT_FALSE(opens(state, kParams, who("other")));
  EXPECT_FALSE(opens(state, kParams, who("s", "other")));
  EXPECT_FALSE(opens(state, kParams, who("")));
  EXPECT_FALSE(opens(state, {{"name", "t"}, {"arguments", {{"a", 2}}}}, who("s")));
  EXPECT_FALSE(opens(state, kParams, who("s"), kKeys, "prompts/get"));
  EXPECT_FALSE(opens(state, kParams, who("s"), KeyRing()));
  EXPECT_FALSE(opens(state + "-TAMPERED", kParams, who("s")));
  EXPECT_FALSE(opens("", kParams, who("s")));
}

TEST(Input, TheStateExpires) {
  const std::string state = seal_state(kKeys, {{"step", 1}}, asking(kParams), who("s"));
  Json payload = Json::parse(*kKeys.open("state", state));
  const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  EXPECT_NEAR(static_cast<double>(payload["e"].get<std::int64_t>() - now),
              static_cast<double>(kStateSeconds), 5);
  payload["e"] = now - 1;
  EXPECT_FALSE(opens(kKeys.seal("state", payload.dump()), kParams, who("s")));
  payload["e"] = now + 100;
  EXPECT_TRUE(opens(kKeys.seal("state", payload.dump()), kParams, who("s")));
  EXPECT_FALSE(opens(kKeys.seal("cursor", payload.dump()), kParams, who("s")))
      << "sealed for something else";
}

TEST(Input, ResponsesMustBeAnObject) {
  for (const Json& bad : {Json(5), Json(nullptr), Json::array(), Json("x")}) {
    std::string fault;
    EXPECT_FALSE(read_inputs(kKeys, asking({{"inputResponses", bad}}), who("s"), fault)) << bad;
    EXPECT_NE(fault, "");
  }
  std::string fault;
  const auto none = read_inputs(kKeys, asking(Json::object()), who("s"), fault);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->state.is_null());
  EXPECT_FALSE(none->find("x"));
}

TEST(Input, OldClientsAreAskedWithoutTheMode) {
  const Json ask{{"method", "elicitation/create"},
                 {"params", {{"mode", "form"}, {"message", "m"}}}};
  EXPECT_TRUE(legacy_request(ask, "2025-11-25")["params"].contains("mode"));
  EXPECT_FALSE(legacy_request(ask, "2025-06-18")["params"].contains("mode"));
  EXPECT_EQ(legacy_request({{"method", "roots/list"}}, "2025-06-18"),
            (Json{{"method", "roots/list"}}));
}

}  // namespace
}  // namespace govhost::mcp
