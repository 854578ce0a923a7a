#include "fixtures.h"

#include <poll.h>

#include <iterator>

namespace govhost::conformance {
namespace {

using mcp::PromptAnswer;

Json message(Json content) { return {{"role", "user"}, {"content", std::move(content)}}; }

gov::Result<PromptAnswer> with_arguments(const Json& a, ToolContext&) {
  return PromptAnswer::text("Prompt with arguments: arg1='" + a["arg1"].get<std::string>() +
                            "', arg2='" + a["arg2"].get<std::string>() + "'");
}

gov::Result<PromptAnswer> with_resource(const Json& a, ToolContext&) {
  return PromptAnswer{
      Json::array({message({{"type", "resource"},
                            {"resource",
                             {{"uri", a["resourceUri"]},
                              {"mimeType", "text/plain"},
                              {"text", "Embedded resource content for testing."}}}}),
                   message(text_block("Please process the embedded resource above."))})};
}

gov::Result<PromptAnswer> with_image(const Json&, ToolContext&) {
  return PromptAnswer{
      Json::array({message({{"type", "image"}, {"data", kPng}, {"mimeType", "image/png"}}),
                   message(text_block("Please analyze the image above."))})};
}

gov::Result<PromptAnswer> asking(const Json&, ToolContext& context) {
  const std::string given = content_of(context, "user_context").value("context", "");
  if (!given.empty()) return PromptAnswer::text("The context is: " + given);
  PromptAnswer answer;
  answer.input = mcp::InputNeeded{
      {{"user_context",
        form("What is the context?", {{"context", {{"type", "string"}}}}, {"context"})}},
      nullptr};
  return answer;
}

std::vector<mcp::Prompt> prompts() {
  const mcp::PromptArgument arg1{"arg1", "First argument", 1000};
  const mcp::PromptArgument arg2{"arg2", "Second argument", 1000};
  return {{"test_simple_prompt",
           "Simple",
           "A text",
           {},
           [](const Json&, ToolContext&) -> gov::Result<PromptAnswer> {
             return PromptAnswer::text("This is a simple prompt for testing.");
           }},
          {"test_prompt_with_arguments",
           "Arguments",
           "A text with arguments",
           {arg1, arg2},
           with_arguments},
          {"test_prompt_with_embedded_resource",
           "Resource",
           "A resource and a text",
           {{"resourceUri", "URI of the resource", 1000}},
           with_resource},
          {"test_prompt_with_image", "Image", "An image and a text", {}, with_image},
          {"test_input_required_result_prompt", "Question", "Asks before it answers", {}, asking}};
}

mcp::FixedResource resource(const char* uri, const char* type, Json content) {
  content["uri"] = uri;
  content["mimeType"] = type;
  return {{{"uri", uri}, {"name", uri}, {"description", "A fixture"}, {"mimeType", type}},
          Json::array({std::move(content)})};
}

std::optional<Json> read_template(std::string_view uri) {
  constexpr std::string_view kBefore = "test://template/", kAfter = "/data";
  if (!uri.starts_with(kBefore) || !uri.ends_with(kAfter) ||
      uri.size() < kBefore.size() + kAfter.size())
    return std::nullopt;
  const std::string id(uri.substr(kBefore.size(), uri.size() - kBefore.size() - kAfter.size()));
  return Json::array(
      {{{"uri", uri},
        {"mimeType", "application/json"},
        {"text",
         Json{{"id", id}, {"templateTest", true}, {"data", "Data for ID: " + id}}.dump()}}});
}

}  // namespace

Json form(const std::string& message, Json properties, Json required) {
  Json schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return {{"method", "elicitation/create"},
          {"params", {{"mode", "form"}, {"message", message}, {"requestedSchema", schema}}}};
}

Json content_of(const ToolContext& context, const char* key) {
  const Json* const response = context.inputs.find(key);
  const Json* const content = response ? mcp::member(*response, "content") : nullptr;
  return content && content->is_object() ? *content : Json::object();
}

bool work_for(ToolContext& context, std::chrono::milliseconds time) {
  const gov_call* const call = context.call.raw();
  pollfd cancelled{call->cancel_fd(call), POLLIN, 0};
  return poll(&cancelled, 1, static_cast<int>(time.count())) == 0;
}

mcp::Tool tool(const char* name, const char* description, const char* input_schema,
               mcp::Tool::Handler handler) {
  return mcp::make_tool(name, name, description, input_schema, "", handler);
}

mcp::Features features() {
  mcp::Features all;
  for (auto family : {content_tools(), asking_tools(), round_trip_tools(), task_tools()})
    std::move(family.begin(), family.end(), std::back_inserter(all.tools));
  all.prompts = prompts();
  all.resources = {resource("test://static-text", "text/plain",
                            {{"text", "This is the content of the static text resource."}}),
                   resource("test://static-binary", "image/png", {{"blob", kPng}}),
                   resource("test://watched-resource", "text/plain", {{"text", "Watched"}})};
  all.templates = {{{{"uriTemplate", "test://template/{id}/data"},
                     {"name", "Template"},
                     {"description", "A fixture"},
                     {"mimeType", "application/json"}},
                    read_template}};
  return all;
}

}  // namespace govhost::conformance
