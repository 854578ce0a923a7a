// Tools that ask the client: written once, in the style of the modern era.
#include "fixtures.h"

namespace govhost::conformance {
namespace {

constexpr const char* kMessage =
    R"({"type":"object","properties":{"message":{"type":"string"}},"required":["message"]})";
constexpr const char* kPrompt =
    R"({"type":"object","properties":{"prompt":{"type":"string"}},"required":["prompt"]})";

Json one(const char* key, Json request) {
  Json requests = Json::object();
  requests[key] = std::move(request);
  return requests;
}

std::string action_text(const char* before, const Json& response) {
  return std::string(before) + ": action=" + response.value("action", "") +
         ", content=" + response.value("content", Json::object()).dump();
}

Json sampling(const std::string& prompt) {
  return {
      {"method", "sampling/createMessage"},
      {"params",
       {{"messages", {{{"role", "user"}, {"content", text_block(prompt)}}}}, {"maxTokens", 100}}}};
}

ToolResult test_sampling(const Json& arguments, ToolContext& context) {
  const Json* const response = context.inputs.find("answer");
  if (!response) return ToolResult::ask(one("answer", sampling(arguments["prompt"])));
  const Json content = response->value("content", Json::object());
  return text_result("LLM response: " + content.value("text", ""));
}

ToolResult test_elicitation(const Json& arguments, ToolContext& context) {
  const Json* const response = context.inputs.find("user");
  if (response) return text_result(action_text("User response", *response));
  return ToolResult::ask(
      one("user", form(arguments["message"],
                       {{"username", {{"type", "string"}, {"description", "User's response"}}},
                        {"email", {{"type", "string"}, {"description", "User's email address"}}}},
                       {"username", "email"})));
}

ToolResult defaults(const Json&, ToolContext& context) {
  const Json* const response = context.inputs.find("form");
  if (response) return text_result(action_text("Elicitation completed", *response));
  return ToolResult::ask(
      one("form", form("Please review and update the form fields with defaults",
                       {{"name", {{"type", "string"}, {"default", "John Doe"}}},
                        {"age", {{"type", "integer"}, {"default", 30}}},
                        {"score", {{"type", "number"}, {"default", 95.5}}},
                        {"status",
                         {{"type", "string"},
                          {"enum", {"active", "inactive", "pending"}},
                          {"default", "active"}}},
                        {"verified", {{"type", "boolean"}, {"default", true}}}})));
}

Json titled(const char* first, const char* second, const char* third, const char* word) {
  Json options = Json::array();
  const char* const ordinals[] = {"First ", "Second ", "Third "};
  const char* const values[] = {first, second, third};
  for (int i = 0; i < 3; ++i)
    options.push_back({{"const", values[i]}, {"title", std::string(ordinals[i]) + word}});
  return options;
}

ToolResult enums(const Json&, ToolContext& context) {
  const Json* const response = context.inputs.find("form");
  if (response) return text_result(action_text("Elicitation completed", *response));
  const Json plain = {"option1", "option2", "option3"};
  return ToolResult::ask(one(
      "form",
      form(
          "Please select options from the enum fields",
          {{"untitledSingle", {{"type", "string"}, {"enum", plain}}},
           {"titledSingle",
            {{"type", "string"}, {"oneOf", titled("value1", "value2", "value3", "Option")}}},
           {"legacyEnum",
            {{"type", "string"},
             {"enum", {"opt1", "opt2", "opt3"}},
             {"enumNames", {"Option One", "Option Two", "Option Three"}}}},
           {"untitledMulti", {{"type", "array"}, {"items", {{"type", "string"}, {"enum", plain}}}}},
           {"titledMulti",
            {{"type", "array"},
             {"items", {{"anyOf", titled("value1", "value2", "value3", "Choice")}}}}}})));
}

ToolResult streaming_elicitation(const Json&, ToolContext& context) {
  context.notes.progress(50, 100);
  if (context.inputs.find("user_name")) return text_result("thank you");
  if (!context.client.has(mcp::Capabilities::kElicitationForm)) return text_result("nobody to ask");
  return ToolResult::ask(
      one("user_name", form("What is your name?", {{"name", {{"type", "string"}}}}, {"name"})));
}

}  // namespace

std::vector<mcp::Tool> asking_tools() {
  std::vector<mcp::Tool> tools;
  tools.push_back(tool("test_sampling", "Asks the client's model", kPrompt, test_sampling));
  tools.push_back(tool("test_elicitation", "Asks the user", kMessage, test_elicitation));
  tools.push_back(tool("test_elicitation_sep1034_defaults", "Asks the user, with defaults",
                       kNoArguments, defaults));
  tools.push_back(tool("test_elicitation_sep1330_enums", "Asks the user, with every kind of enum",
                       kNoArguments, enums));
  tools.push_back(tool("test_streaming_elicitation", "Reports progress, then asks the user",
                       kNoArguments, streaming_elicitation));
  tools.push_back(tool("test_missing_capability", "Needs a client with sampling", kNoArguments,
                       [](const Json&, auto&) { return text_result("the client can sample"); }));
  tools.back().needs = {{"sampling", Json::object()}};
  for (mcp::Tool& each : tools) each.interactive = true;
  return tools;
}

}  // namespace govhost::conformance
