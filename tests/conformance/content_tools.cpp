// Tools that answer with each kind of content, notify, or change the lists.
#include "fixtures.h"

namespace govhost::conformance {
namespace {

using std::chrono::milliseconds;

constexpr const char* kWav = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";

constexpr const char* kSchema202012 = R"({
  "$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
  "$defs":{"address":{"$anchor":"addressDef","type":"object",
    "properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
  "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},
    "contactMethod":{"type":"string","enum":["phone","email"]},
    "phone":{"type":"string"},"email":{"type":"string"}},
  "allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
  "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},
  "then":{"required":["phone"]},"else":{"required":["email"]},
  "additionalProperties":false})";

Json image_block() { return {{"type", "image"}, {"data", kPng}, {"mimeType", "image/png"}}; }

Json resource_block(const char* uri, const char* type, const char* text) {
  return {{"type", "resource"}, {"resource", {{"uri", uri}, {"mimeType", type}, {"text", text}}}};
}

ToolResult with_progress(const Json&, ToolContext& context) {
  for (const int done : {0, 50, 100}) {
    context.notes.progress(done, 100);
    if (!work_for(context, milliseconds(50))) break;
  }
  return text_result("done");
}

ToolResult with_logging(const Json&, ToolContext& context) {
  for (const char* text :
       {"Tool execution started", "Tool processing data", "Tool execution completed"}) {
    context.notes.log(mcp::Severity::kInfo, text);
    if (!work_for(context, milliseconds(50))) break;
  }
  return text_result("logged");
}

// The answer comes on the stream that the client opens when it comes back.
ToolResult reconnection(const Json&, ToolContext& context) {
  context.notes.hang_up();
  work_for(context, milliseconds(100));
  return text_result("Reconnection test completed");
}

ToolResult tell(ToolContext& context, const mcp::Change& change) {
  context.subscriptions.tell(change);
  return text_result("changed");
}

mcp::Tool interactive(mcp::Tool tool) {
  tool.interactive = true;
  return tool;
}

}  // namespace

std::vector<mcp::Tool> content_tools() {
  std::vector<mcp::Tool> tools;
  tools.push_back(tool("test_simple_text", "Returns a text", kNoArguments, [](const Json&, auto&) {
    return text_result("This is a simple text response for testing.");
  }));
  tools.push_back(
      tool("test_image_content", "Returns an image", kNoArguments,
           [](const Json&, auto&) { return ToolResult::blocks(Json::array({image_block()})); }));
  tools.push_back(tool("test_audio_content", "Returns audio", kNoArguments, [](const Json&, auto&) {
    return ToolResult::blocks(
        Json::array({{{"type", "audio"}, {"data", kWav}, {"mimeType", "audio/wav"}}}));
  }));
  tools.push_back(
      tool("test_embedded_resource", "Returns a resource", kNoArguments, [](const Json&, auto&) {
        return ToolResult::blocks(Json::array({resource_block(
            "test://embedded-resource", "text/plain", "This is an embedded resource content.")}));
      }));
  tools.push_back(tool("test_multiple_content_types", "Returns several blocks", kNoArguments,
                       [](const Json&, auto&) {
                         return ToolResult::blocks(Json::array(
                             {text_block("Multiple content types test:"), image_block(),
                              resource_block("test://mixed-content-resource", "application/json",
                                             R"({"test":"data","value":123})")}));
                       }));
  tools.push_back(tool("test_error_handling", "Fails", kNoArguments, [](const Json&, auto&) {
    return text_result("This tool intentionally returns an error for testing", true);
  }));
  tools.push_back(interactive(
      tool("test_tool_with_progress", "Reports progress", kNoArguments, with_progress)));
  tools.push_back(interactive(tool("test_tool_with_logging", "Logs", kNoArguments, with_logging)));
  tools.push_back(interactive(tool("test_logging_tool", "Logs", kNoArguments, with_logging)));
  tools.push_back(
      interactive(tool("test_reconnection", "Hangs up, then answers", kNoArguments, reconnection)));

  mcp::Tool schema = tool("json_schema_2020_12_tool", "Shows its schema", kNoArguments,
                          [](const Json&, auto&) { return text_result("ok"); });
  schema.input_schema = Json::parse(kSchema202012);
  tools.push_back(std::move(schema));
  tools.push_back(tool("test_x_mcp_header", "Takes a parameter that a header repeats",
                       R"({"type":"object","properties":{
                         "region":{"type":"string","x-mcp-header":"Region"}}})",
                       [](const Json& arguments, auto&) {
                         return text_result("region: " + arguments.value("region", ""));
                       }));
  tools.push_back(tool("test_trigger_tool_change", "Says that the tools changed", kNoArguments,
                       [](const Json&, ToolContext& context) {
                         mcp::Change change;
                         change.tools = true;
                         return tell(context, change);
                       }));
  tools.push_back(tool("test_trigger_prompt_change", "Says that the prompts changed", kNoArguments,
                       [](const Json&, ToolContext& context) {
                         mcp::Change change;
                         change.prompts = true;
                         return tell(context, change);
                       }));
  return tools;
}

}  // namespace govhost::conformance
