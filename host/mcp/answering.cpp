#include "mcp/answering.h"

namespace govhost::mcp {

Outcome Answering::run() {
  const std::string& method = work_.message.method;
  if (method == "tools/call") return call_tool();
  if (method == "tools/list")
    return list_offered("tools", access::Policy::Thing::kTool, server_.offer().features().tools,
                        server_.offer().tool_texts());
  if (method == "resources/list") return list_resources();
  if (method == "resources/read") return read_resource();
  if (method == "resources/templates/list") return list_templates();
  if (method == "prompts/list")
    return list_offered("prompts", access::Policy::Thing::kPrompt,
                        server_.offer().features().prompts, server_.offer().prompt_texts());
  if (method == "prompts/get") return get_prompt();
  if (method == "completion/complete") return complete_argument();
  if (!legacy()) {
    if (method == "server/discover") return discover();
    if (method.starts_with("tasks/") && server_.offers_tasks())
      return task_method(std::string_view(method).substr(6));
    return unknown_method();
  }
  if (method == "initialize") return initialize();
  if (method == "ping") return result(ResultText::fixed("{"), {}, false);
  if (method == "logging/setLevel") return set_level();
  if (method == "resources/subscribe") return subscribe(true);
  if (method == "resources/unsubscribe") return subscribe(false);
  return unknown_method();
}

// The era decides who says which messages are wanted: the request, or the session before it.
std::optional<Severity> Answering::least_severity() const {
  if (!caller_.stream) return std::nullopt;
  if (legacy()) return server_.subscriptions_.level_of(work_.session.key);
  const std::string* const level = text_member(work_.message.meta(), kMetaLogLevel);
  return level ? severity_of(*level) : std::nullopt;
}

Reply Answering::result(ResultText text, CacheHint cache, bool about_content,
                        std::string_view result_type) {
  const auto freshness = generation_->freshness(visible_);
  if (about_content && freshness.stale) generation_->count_stale_answer(visible_);
  Frame frame{&work_.message,
              work_.era,
              work_.correlation_id,
              about_content ? &freshness : nullptr,
              cache,
              server_.server_info_,
              result_type,
              digest()};
  Reply reply = Reply::result(std::move(text), frame);
  reply.pin(generation_);
  return reply;
}

Reply Answering::error(const Fault& fault, gov_status outcome) const {
  return Reply::error(fault, work_.message.id, work_.correlation_id, outcome);
}

Reply Answering::bad_params(std::string message, Json data) const {
  return error({kInvalidParams, 200, std::move(message), std::move(data)}, GOV_INVALID_ARGUMENT);
}

// A client of the legacy era takes any status but 200 for a broken transport.
Reply Answering::unknown_method() const {
  return error({kMethodNotFound, legacy() ? 200 : 404, "method not found", nullptr},
               GOV_UNIMPLEMENTED);
}

Outcome Server::answer(const Work& work, const Caller& caller) {
  return Answering(*this, work, caller).run();
}

}  // namespace govhost::mcp
