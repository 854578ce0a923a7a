// What a tool is. Tools are written once, for both eras; they know nothing of the wire.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/schema.h"
#include "mcp/generation.h"
#include "mcp/json.h"
#include "mcp/reply.h"
#include "mcp/status.h"
#include "plugin/adapters.h"
#include "plugin/call.h"
#include "search/service.h"

namespace govhost::mcp {

// What a call may use. Lives for the call.
struct ToolContext {
  const std::shared_ptr<const Generation>& generation;
  search::Service& search;
  const ServerStatus& status;
  Counters& counters;
  plugin::CallContext& call;
  const plugin::Principal& principal;  // empty subject: anonymous
  std::string_view correlation_id;
  const content::Visibility& visible;  // what the principal may see
};

// A call result: its text (see call_result) and whether the tool failed.
struct ToolResult {
  ResultText text;
  bool is_error = false;
  std::string detail;  // why, for operators

  static ToolResult fixed(std::string_view text) { return {ResultText::fixed(text), false, {}}; }
  static ToolResult json(std::string_view json);  // text of the structured content
  static ToolResult json(const Json& structured) {
    return json(std::string_view(structured.dump()));
  }
  static ToolResult error(std::string_view code, std::string_view message,
                          Json extra = Json::object());
  static ToolResult error(const gov::Status& status);
};

struct Tool {
  using Handler = ToolResult (*)(const Json& arguments, ToolContext& context);

  std::string name, title, description;
  Json input_schema, output_schema;
  bool open_world = true;
  bool searches = false;  // may have to wait for the search backend
  Handler handler = nullptr;
  config::Schema arguments;  // input_schema, compiled

  // As tools/list shows it.
  Json describe() const;
};

// A tool from its two schemas, given as JSON text. Aborts on a schema that does not compile: the
// schemas are part of the program, and a test makes every tool.
Tool make_tool(std::string name, std::string title, std::string description,
               std::string_view input_schema, std::string_view output_schema,
               Tool::Handler handler);

// The tools of each family, in the order of tools/list.
std::vector<Tool> document_tools();
std::vector<Tool> monitoring_tools();
std::vector<Tool> search_tools();
std::vector<Tool> graph_tools();

}  // namespace govhost::mcp
