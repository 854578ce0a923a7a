// What a tool is. Tools are written once, for both eras; they know nothing of the wire.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/schema.h"
#include "mcp/capabilities.h"
#include "mcp/generation.h"
#include "mcp/header_parameters.h"
#include "mcp/icons.h"
#include "mcp/input.h"
#include "mcp/json.h"
#include "mcp/notes.h"
#include "mcp/reply.h"
#include "mcp/status.h"
#include "mcp/subscriptions.h"
#include "plugin/adapters.h"
#include "plugin/call.h"
#include "search/service.h"

namespace govhost::mcp {

// The input schema of a tool that takes no arguments.
inline constexpr std::string_view kNoArguments =
    R"({"type":"object","properties":{},"additionalProperties":false})";

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
  const Capabilities& client;          // what the client can do
  const Inputs& inputs;                // what it was asked for in earlier rounds
  Notes& notes;
  Subscriptions& subscriptions;
  bool may_defer = false;  // the client takes a task instead of an answer
};

// A call result: its text (see call_result) and whether the tool failed.
struct ToolResult {
  ResultText text;
  bool is_error = false;
  std::string detail;  // why, for operators

  // Instead of an answer, one of:
  std::optional<InputNeeded> input{};  // the client is asked, then the tool is called again
  bool deferred = false;               // the same call as a task; only when may_defer
  std::optional<Fault> fault{};        // a JSON-RPC error: the server's own failure

  static ToolResult fixed(std::string_view text) { return {ResultText::fixed(text), false, {}}; }
  static ToolResult json(std::string_view json);  // text of the structured content
  static ToolResult json(const Json& structured) {
    return json(std::string_view(structured.dump()));
  }
  static ToolResult error(std::string_view code, std::string_view message,
                          Json extra = Json::object());
  static ToolResult error(const gov::Status& status);
  static ToolResult ask(Json requests, Json state = nullptr);
  static ToolResult defer();
  // Content blocks as they are, for answers that are no JSON object.
  static ToolResult blocks(const Json& content, bool is_error = false);
};

struct Tool {
  using Handler = ToolResult (*)(const Json& arguments, ToolContext& context);

  std::string name, title, description;
  Json input_schema, output_schema;
  Picture picture = Picture::kDocument;
  bool open_world = true;
  bool searches = false;     // may have to wait for the search backend
  bool interactive = false;  // uses notes or inputs, or takes its time: never at once
  bool deferrable = false;   // may answer with a task
  bool cacheable = false;    // the answer follows from content, arguments and what the caller sees
  bool can_defer() const { return deferrable || searches; }
  Json needs;  // what the client must be able to do; null: nothing
  Handler handler = nullptr;
  config::Schema arguments{nullptr};  // input_schema, compiled
  std::vector<HeaderParameter> headers{};

  // As tools/list shows it.
  Json describe() const;
};

// A tool from its two schemas, given as JSON text; the output's may be empty. Aborts on a schema
// that does not compile: the schemas are part of the program, and a test makes every tool.
Tool make_tool(std::string name, std::string title, std::string description,
               std::string_view input_schema, std::string_view output_schema,
               Tool::Handler handler);

// The tools of each family, in the order of tools/list.
std::vector<Tool> document_tools();
std::vector<Tool> monitoring_tools();
std::vector<Tool> search_tools();
std::vector<Tool> graph_tools();

}  // namespace govhost::mcp
