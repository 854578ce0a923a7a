#include "mcp/tool.h"

#include <cstdio>
#include <cstdlib>

#include "core/text.h"
#include "mcp/answers.h"

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

Json Tool::describe() const {
  return {{"name", name},
          {"title", title},
          {"description", description},
          {"inputSchema", input_schema},
          {"outputSchema", output_schema},
          {"annotations",
           {{"title", title},
            {"readOnlyHint", true},
            {"destructiveHint", false},
            {"idempotentHint", true},
            {"openWorldHint", open_world}}}};
}

Tool make_tool(std::string name, std::string title, std::string description,
               std::string_view input_schema, std::string_view output_schema,
               Tool::Handler handler) {
  gov::Result<config::Schema> compiled = config::compile(input_schema);
  if (!compiled) {
    std::fprintf(stderr, "tool %s: %s\n", name.c_str(), compiled.status().message().c_str());
    std::abort();
  }
  Tool tool{std::move(name),
            std::move(title),
            std::move(description),
            Json::parse(input_schema),
            Json::parse(output_schema),
            true,
            false,
            handler,
            std::move(*compiled)};
  return tool;
}

}  // namespace govhost::mcp
