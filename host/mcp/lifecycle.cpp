// initialize, server/discover, and what a session sets for itself.
#include <algorithm>

#include "mcp/answering.h"

namespace govhost::mcp {

// Exactly what has a method that works: clients take every member at its word.
Json Answering::capabilities() const {
  Json all{{"tools", {{"listChanged", true}}},
           {"prompts", {{"listChanged", true}}},
           {"resources", {{"subscribe", true}, {"listChanged", true}}},
           {"completions", Json::object()},
           {"logging", Json::object()}};
  if (!legacy() && server_.offers_tasks()) all["extensions"] = {{kTasksExtension, Json::object()}};
  return all;
}

Reply Answering::initialize() {
  const std::string* const asked = text_member(params(), "protocolVersion");
  const Json* const client = member(params(), "clientInfo");
  const Json* const declared = member(params(), "capabilities");
  if (!asked || !client || !client->is_object() || !declared || !declared->is_object())
    return bad_params(
        "initialize needs protocolVersion (string), capabilities (object) and clientInfo "
        "(object)");
  const auto known = std::find(kLegacyVersions.begin(), kLegacyVersions.end(), *asked);
  const std::string_view version = known == kLegacyVersions.end() ? kLatestLegacy : *known;
  const Capabilities of_client = Capabilities::of(*declared);
  if (work_.connected &&
      !server_.sessions_.open(work_.connection, version, of_client, caller_.principal))
    return error({kInvalidRequest, 200, "the session is initialized already", nullptr},
                 GOV_INVALID_ARGUMENT);
  Json capable = capabilities();
  if (version == "2024-11-05") capable.erase("completions");
  Reply reply = result(ResultText::of({{"protocolVersion", version},
                                       {"capabilities", std::move(capable)},
                                       {"serverInfo", Json::parse(server_.server_info_)},
                                       {"instructions", kInstructions}}));
  if (work_.over_http)
    reply.headers.emplace_back("Mcp-Session-Id",
                               server_.sessions_.mint(version, of_client, caller_.principal));
  return reply;
}

Reply Answering::discover() {
  return result(ResultText::of({{"supportedVersions", {kModernVersion}},
                                {"capabilities", capabilities()},
                                {"instructions", kInstructions}}),
                {kStaticTtlMs, true});
}

Reply Answering::set_level() {
  const std::string* const name = text_member(params(), "level");
  const auto level = name ? severity_of(*name) : std::nullopt;
  if (!level)
    return bad_params(
        "level: must be debug, info, notice, warning, error, critical, alert or emergency");
  if (!work_.session)
    return error(
        {kInvalidRequest, 200, "a log level belongs to a session; initialize one first", nullptr},
        GOV_INVALID_ARGUMENT);
  if (!server_.subscriptions_.set_level(work_.session.key, *level))
    return error({kOverloaded, 200, "too many sessions have settings; try again later", nullptr},
                 GOV_RESOURCE_EXHAUSTED);
  return result(ResultText::fixed("{"), {}, false);
}

Reply Answering::subscribe(bool wanted) {
  const std::string* const uri = text_member(params(), "uri");
  if (!uri || uri->size() > Subscriptions::kMaxUri)
    return bad_params("uri: must be a string of at most " + std::to_string(Subscriptions::kMaxUri) +
                      " bytes");
  if (!work_.session)
    return error({kInvalidRequest, 200, "a subscription belongs to a session; initialize one first",
                  nullptr},
                 GOV_INVALID_ARGUMENT);
  if (!wanted) {
    server_.subscriptions_.unsubscribe(work_.session.key, *uri);
  } else if (!server_.subscriptions_.subscribe(work_.session.key, *uri)) {
    return error({kOverloaded, 200,
                  "too many subscriptions; unsubscribe from some or try again later", nullptr},
                 GOV_RESOURCE_EXHAUSTED);
  }
  return result(ResultText::fixed("{"), {}, false);
}

}  // namespace govhost::mcp
