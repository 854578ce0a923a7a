// tools/call and prompts/get, with what goes back and forth before their answer.
#include <algorithm>

#include "core/utf8.h"
#include "mcp/answering.h"

namespace govhost::mcp {
namespace {

std::string violations_text(const std::vector<config::Violation>& violations) {
  std::string text;
  for (const config::Violation& v : violations) {
    if (!text.empty()) text += "; ";
    text += v.message;
  }
  return text;
}

const Json kNone = Json::object();

// Missing and null are the same as empty.
const Json& arguments_of(const Json& params) {
  const Json* const arguments = member(params, "arguments");
  return arguments && !arguments->is_null() ? *arguments : kNone;
}

}  // namespace

ToolContext Answering::context(const Inputs& given) {
  const bool may_defer = !legacy() && work_.tool && work_.tool->can_defer() &&
                         server_.background_ && work_.capabilities.has(Capabilities::kTasks);
  return {generation_,
          *work_.wiring->search,
          work_.wiring->status,
          server_.counters_,
          caller_.call,
          caller_.principal,
          work_.correlation_id,
          visible_,
          work_.capabilities,
          given,
          notes_,
          server_.subscriptions_,
          may_defer};
}

std::optional<Inputs> Answering::inputs(std::string& fault) const {
  if (work_.inputs) return work_.inputs;
  if (legacy()) return Inputs{};
  return read_inputs(server_.keys_, work_.message, caller_.principal, fault);
}

Outcome Answering::ask(InputNeeded needed) {
  Json missing = Json::object();
  for (const auto& [key, request] : needed.requests.items())
    if (const Json m = work_.capabilities.missing(Capabilities::needed_for(request)); !m.is_null())
      missing.update(m);
  if (!missing.empty() && !legacy())
    return error({kMissingClientCapability,
                  400,
                  "this call needs a capability of the client",
                  {{"requiredCapabilities", std::move(missing)}}},
                 GOV_INVALID_ARGUMENT);
  if (legacy()) {
    if (!missing.empty() || !work_.session || !caller_.stream)
      return tool_reply(ToolResult::error(
          "client_cannot_answer",
          "this call has to ask the client, which did not declare the capability or has no session",
          missing.empty() ? Json::object() : Json{{"required_capabilities", missing}}));
    return needed;
  }
  Json out = Json::object();
  if (!needed.requests.empty()) out["inputRequests"] = std::move(needed.requests);
  if (!needed.state.is_null())
    out["requestState"] = seal_state(server_.keys_, needed.state, work_.message, caller_.principal);
  return result(ResultText::of(out), {}, true, "input_required");
}

Reply Answering::tool_reply(ToolResult answer) {
  if (answer.fault) return error(*answer.fault, GOV_INTERNAL);
  Reply reply = result(std::move(answer.text));
  if (answer.is_error) {
    reply.outcome = GOV_INVALID_ARGUMENT;
    reply.error_type = "tool_error";
    reply.detail = std::move(answer.detail);
  }
  return reply;
}

ToolResult Answering::answer_of_tool(const Json& arguments, ToolContext& context) {
  const Tool& tool = *work_.tool;
  if (!tool.cacheable) return tool.handler(arguments, context);
  std::string key = AnswerCache::key(tool.name, arguments, visible_);
  if (auto known = generation_->answers().find(key)) {
    server_.counters_.hit();
    return {ResultText::shared(std::move(known)), false, {}};
  }
  server_.counters_.miss();
  // While the index is still that of other content the same question has another answer soon.
  const auto is_current = [&] {
    return !tool.searches || work_.wiring->search->is_of(generation_->snapshot());
  };
  const bool current = is_current();
  ToolResult answer = tool.handler(arguments, context);
  const bool whole = !answer.is_error && !answer.input && !answer.deferred && !answer.fault;
  if (whole && current && is_current())
    generation_->answers().put(std::move(key), answer.text.share());
  return answer;
}

Outcome Answering::call_tool() {
  const std::string* const name = text_member(params(), "name");
  if (!name) return bad_params("name: must be a string");
  if (!work_.tool) return bad_params("Unknown tool: " + std::string(utf8_prefix(*name, 128)));
  const Json& arguments = arguments_of(params());
  if (!arguments.is_object()) return bad_params("arguments: must be an object");
  std::string fault;
  const std::optional<Inputs> given = inputs(fault);
  if (!given) return bad_params(std::move(fault));

  // Since 2025-11-25 a result rather than an error, so that a model can correct itself.
  const auto violations = config::validate(work_.tool->arguments, arguments);
  if (!violations.empty())
    return tool_reply(ToolResult::error("invalid_argument", violations_text(violations)));
  if (legacy())
    if (const Json missing = work_.capabilities.missing(work_.tool->needs); !missing.is_null())
      return tool_reply(ToolResult::error("client_cannot_answer",
                                          "this tool needs a capability of the client",
                                          {{"required_capabilities", missing}}));
  ToolContext used = context(*given);
  // The index of a large corpus can take longer than a client waits.
  if (work_.tool->searches && used.may_defer && !used.search.ready() &&
      used.search.failure().empty())
    return deferred(arguments);
  ToolResult answer = answer_of_tool(arguments, used);
  if (answer.input) return ask(std::move(*answer.input));
  if (answer.deferred) return deferred(arguments);
  return tool_reply(std::move(answer));
}

Outcome Answering::get_prompt() {
  const std::string* const name = text_member(params(), "name");
  if (!name) return bad_params("name: must be a string");
  if (!work_.prompt) return bad_params("Unknown prompt: " + std::string(utf8_prefix(*name, 128)));
  const Json& arguments = arguments_of(params());
  if (std::string wrong = work_.prompt->check(arguments); !wrong.empty())
    return bad_params(std::move(wrong));
  std::string fault;
  const std::optional<Inputs> given = inputs(fault);
  if (!given) return bad_params(std::move(fault));
  ToolContext used = context(*given);
  gov::Result<PromptAnswer> answer = work_.prompt->write(arguments, used);
  if (!answer && answer.status().code() == GOV_INVALID_ARGUMENT)
    return bad_params(std::string(answer.status().message()));
  if (!answer) {
    Reply reply = error({kInternalError, 200,
                         "the prompt could not be written because search is unavailable", nullptr},
                        answer.status().code());
    reply.detail = answer.status().message();
    return reply;
  }
  if (answer->input) return ask(std::move(*answer->input));
  return result(ResultText::of(
      {{"description", work_.prompt->description}, {"messages", std::move(answer->messages)}}));
}

}  // namespace govhost::mcp
