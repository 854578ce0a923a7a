#include "mcp/tool.h"

#include <cstdio>
#include <cstdlib>

#include "core/text.h"
#include "mcp/answers.h"
#include "mcp/header_parameters.h"

namespace govhost::mcp {

ToolResult ToolResult::json(std::string_view json) {
  return {ResultText::built(call_result(json)), false, {}};
}

ToolResult ToolResult::error(std::string_view code, std::string_view message, Json extra) {
  return {ResultText::built(call_error(code, message, std::move(extra))), true, {}};
}

// Clients get the code and a sentence; the plugin's own words are for operators.
ToolResult ToolResult::error(const gov::Status& status) {
  Json extra = Json::object();
  if (status.retry_after().count() > 0)
    extra["retry_after_s"] = (status.retry_after().count() + 999) / 1000;
  const std::string code = lower(gov::name_of(status.code()));
  ToolResult result =
      error(code, "the call could not be completed (" + code + "); try again later", extra);
  result.detail = status.message();
  return result;
}

ToolResult ToolResult::ask(Json requests, Json state) {
  ToolResult result;
  result.input = InputNeeded{std::move(requests), std::move(state)};
  return result;
}

ToolResult ToolResult::defer() {
  ToolResult result;
  result.deferred = true;
  return result;
}

ToolResult ToolResult::blocks(const Json& content, bool is_error) {
  return {ResultText::of({{"content", content}, {"isError", is_error}}), is_error, {}};
}

Json Tool::describe() const {
  Json out{{"name", name},
           {"title", title},
           {"description", description},
           {"icons", {icon(picture)}},
           {"inputSchema", input_schema},
           {"annotations",
            {{"title", title},
             {"readOnlyHint", true},
             {"destructiveHint", false},
             {"idempotentHint", true},
             {"openWorldHint", open_world}}}};
  if (!output_schema.is_null()) out["outputSchema"] = output_schema;
  return out;
}

Tool make_tool(std::string name, std::string title, std::string description,
               std::string_view input_schema, std::string_view output_schema,
               Tool::Handler handler) {
  Json arguments = Json::parse(input_schema);
  Tool tool;
  tool.input_schema = arguments;
  std::string fault = take_header_parameters(arguments, {}, tool.headers);
  const gov::Result<config::Schema> compiled = config::compile(arguments.dump());
  if (!compiled) fault = compiled.status().message();
  if (!fault.empty()) {
    std::fprintf(stderr, "tool %s: %s\n", name.c_str(), fault.c_str());
    std::abort();
  }
  tool.name = std::move(name);
  tool.title = std::move(title);
  tool.description = std::move(description);
  if (!output_schema.empty()) tool.output_schema = Json::parse(output_schema);
  tool.handler = handler;
  tool.arguments = *compiled;
  return tool;
}

}  // namespace govhost::mcp
