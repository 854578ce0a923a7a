// Tasks (extension io.modelcontextprotocol/tasks).
#include "fixtures.h"

namespace govhost::conformance {
namespace {

using std::chrono::milliseconds;

const Json kNeedsTasks = {{"extensions", {{std::string(mcp::kTasksExtension), Json::object()}}}};

ToolResult slow_compute(const Json& arguments, ToolContext& context) {
  if (context.may_defer) return ToolResult::defer();
  const double seconds = arguments.value("seconds", 1.0);
  work_for(context, milliseconds(static_cast<int>(seconds * 1000)));
  return text_result("computed " + arguments.value("label", "something"));
}

ToolResult failing_job(const Json&, ToolContext& context) {
  if (context.may_defer) return ToolResult::defer();
  work_for(context, milliseconds(1000));
  return text_result("the job failed", true);
}

ToolResult protocol_error_job(const Json&, ToolContext& context) {
  if (context.may_defer) return ToolResult::defer();
  ToolResult result;
  result.fault = mcp::Fault{mcp::kInternalError, 200, "the job broke", nullptr};
  return result;
}

ToolResult confirm_delete(const Json& arguments, ToolContext& context) {
  if (context.may_defer) return ToolResult::defer();
  const std::string file = arguments.value("filename", "");
  const Json* const response = context.inputs.find("confirm");
  if (!response)
    return ToolResult::ask({{"confirm", form("Delete " + file + "?",
                                             {{"confirm", {{"type", "boolean"}}}}, {"confirm"})}});
  const bool yes = content_of(context, "confirm").value("confirm", false);
  return text_result(yes ? "deleted " + file : "kept " + file);
}

ToolResult multi_input(const Json&, ToolContext& context) {
  if (context.may_defer) return ToolResult::defer();
  if (context.inputs.find("first") && context.inputs.find("second"))
    return text_result("both inputs came");
  const auto ask = [](const char* what) {
    return form(std::string("What is the ") + what + " value?", {{"value", {{"type", "string"}}}},
                {"value"});
  };
  return ToolResult::ask({{"first", ask("first")}, {"second", ask("second")}});
}

// Questions come before the task.
ToolResult with_task(const Json&, ToolContext& context) {
  const std::string name = content_of(context, "user_name").value("name", "");
  if (name.empty())
    return ToolResult::ask(
        {{"user_name", form("What is your name?", {{"name", {{"type", "string"}}}}, {"name"})}});
  if (context.may_defer) return ToolResult::defer();
  return text_result("Hello, " + name + "!");
}

}  // namespace

std::vector<mcp::Tool> task_tools() {
  std::vector<mcp::Tool> tools;
  const auto add = [&](const char* name, const char* schema, mcp::Tool::Handler handler,
                       bool needs_tasks) {
    tools.push_back(tool(name, "Runs as a task where the client takes one", schema, handler));
    tools.back().interactive = true;
    tools.back().deferrable = true;
    if (needs_tasks) tools.back().needs = kNeedsTasks;
  };
  tools.push_back(
      tool("greet", "Greets at once",
           R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"]})",
           [](const Json& arguments, auto&) {
             return text_result("Hello, " + arguments["name"].get<std::string>() + "!");
           }));
  add("slow_compute",
      R"({"type":"object","properties":{"seconds":{"type":"number"},"label":{"type":"string"}}})",
      slow_compute, false);
  add("failing_job", kNoArguments, failing_job, true);
  add("protocol_error_job", kNoArguments, protocol_error_job, false);
  add("confirm_delete", R"({"type":"object","properties":{"filename":{"type":"string"}}})",
      confirm_delete, false);
  add("multi_input", kNoArguments, multi_input, false);
  add("test_tool_with_task", kNoArguments, with_task, false);
  return tools;
}

}  // namespace govhost::conformance
