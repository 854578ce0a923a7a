// Multi-round-trip requests (SEP-2322).
#include "fixtures.h"

namespace govhost::conformance {
namespace {

Json question(const char* property, const char* type, const char* message) {
  return form(message, {{property, {{"type", type}}}}, {property});
}

Json capital_question() {
  return {{"method", "sampling/createMessage"},
          {"params",
           {{"messages",
             {{{"role", "user"}, {"content", text_block("What is the capital of France?")}}}},
            {"maxTokens", 100}}}};
}

Json roots() { return {{"method", "roots/list"}, {"params", Json::object()}}; }

// The text that was given for a property of an accepted form; empty: not answered yet.
std::string accepted(ToolContext& context, const char* key, const char* property) {
  return content_of(context, key).value(property, "");
}

ToolResult elicitation(const Json&, ToolContext& context) {
  const std::string name = accepted(context, "user_name", "name");
  if (!name.empty()) return text_result("Hello, " + name + "!");
  return ToolResult::ask({{"user_name", question("name", "string", "What is your name?")}});
}

ToolResult sampling(const Json&, ToolContext& context) {
  const Json* const response = context.inputs.find("capital_question");
  if (!response || !response->is_object())
    return ToolResult::ask({{"capital_question", capital_question()}});
  return text_result(response->value("content", Json::object()).value("text", "no text"));
}

ToolResult list_roots(const Json&, ToolContext& context) {
  const Json* const response = context.inputs.find("client_roots");
  if (!response || !response->is_object()) return ToolResult::ask({{"client_roots", roots()}});
  return text_result("Roots: " + response->value("roots", Json::array()).dump());
}

ToolResult request_state(const Json&, ToolContext& context) {
  if (context.inputs.state.is_null() || content_of(context, "confirm").empty())
    return ToolResult::ask({{"confirm", question("ok", "boolean", "Please confirm")}},
                           {{"step", "confirm"}});
  return text_result("state-ok");
}

ToolResult multiple(const Json&, ToolContext& context) {
  if (!context.inputs.state.is_null() && !content_of(context, "user_name").empty())
    return text_result("all inputs came");
  return ToolResult::ask({{"user_name", question("name", "string", "What is your name?")},
                          {"capital_question", capital_question()},
                          {"client_roots", roots()}},
                         {{"step", "all"}});
}

ToolResult multi_round(const Json&, ToolContext& context) {
  const std::string step =
      context.inputs.state.is_object() ? context.inputs.state.value("step", "") : std::string();
  if (step == "two" && !content_of(context, "step2").empty()) return text_result("three rounds");
  if (step == "one" && !content_of(context, "step1").empty())
    return ToolResult::ask({{"step2", question("color", "string", "What is your color?")}},
                           {{"step", "two"}});
  return ToolResult::ask({{"step1", question("name", "string", "What is your name?")}},
                         {{"step", "one"}});
}

// Asks for no more than the client can answer.
ToolResult capabilities(const Json&, ToolContext& context) {
  using mcp::Capabilities;
  if (!context.inputs.responses.empty()) return text_result("thank you");
  Json requests = Json::object();
  if (context.client.has(Capabilities::kElicitationForm))
    requests["user_name"] = question("name", "string", "What is your name?");
  if (context.client.has(Capabilities::kSampling))
    requests["capital_question"] = capital_question();
  if (context.client.has(Capabilities::kRoots)) requests["client_roots"] = roots();
  if (requests.empty()) return text_result("nobody to ask");
  return ToolResult::ask(std::move(requests));
}

}  // namespace

std::vector<mcp::Tool> round_trip_tools() {
  std::vector<mcp::Tool> tools;
  const auto add = [&](const char* name, mcp::Tool::Handler handler) {
    tools.push_back(tool(name, "Asks in the middle of a call", kNoArguments, handler));
    tools.back().interactive = true;
  };
  add("test_input_required_result_elicitation", elicitation);
  add("test_input_required_result_sampling", sampling);
  add("test_input_required_result_list_roots", list_roots);
  add("test_input_required_result_request_state", request_state);
  add("test_input_required_result_multiple_inputs", multiple);
  add("test_input_required_result_multi_round", multi_round);
  add("test_input_required_result_tampered_state", request_state);
  add("test_input_required_result_capabilities", capabilities);
  return tools;
}

}  // namespace govhost::conformance
