// govhost call TOOL [JSON]
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <memory>

#include "app/cli/remote.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "app/runtime.h"
#include "core/random.h"
#include "core/text.h"
#include "mcp/server.h"

namespace govhost::app {
namespace {

using nlohmann::json;

struct CallOptions {
  ConfigOptions config;
  std::string tool, arguments = "{}";
  std::optional<std::string> url, token;
  bool as_json = false;
};

// The one request that is made, in the style of the modern era.
json make_request(const std::string& tool, const json& arguments) {
  return {
      {"jsonrpc", "2.0"},
      {"id", 1},
      {"method", "tools/call"},
      {"params",
       {{"name", tool},
        {"arguments", arguments},
        {"_meta",
         {{mcp::kMetaVersion, mcp::kModernVersion}, {mcp::kMetaCapabilities, json::object()}}}}}};
}

std::string text_of(const mcp::Reply& reply) {
  std::string text;
  for (const std::string_view part : reply.parts()) text += part;
  return text;
}

// Prints the answer; the exit code tells whether the tool succeeded.
int show(const json& answer, const CallOptions& options, const Console& console) {
  if (answer.contains("error")) {
    const json& error = answer["error"];
    console.problem(error.is_object() ? error.value("message", error.dump()) : answer.dump());
    return kToolError;
  }
  const json& result = answer["result"];
  const bool failed = result.value("isError", false);
  json shown =
      result.contains("structuredContent") ? result["structuredContent"] : result["content"];
  if (failed) {
    const std::string text = result["content"].at(0).value("text", "");
    const json error = json::parse(text, nullptr, false);
    shown = error.is_discarded() ? json(text) : error;
  }
  console.line(shown.dump(options.as_json ? -1 : 2, ' ', false, json::error_handler_t::replace));
  return failed ? kToolError : kOk;
}

int call_in_process(const CallOptions& options, const json& arguments, const Console& console,
                    MakeFeatures features) {
  const config::Loaded loaded = options.config.load();
  std::vector<std::string> problems;
  for (const config::Fault& fault : loaded.faults) problems.push_back(fault.text());
  if (!loaded.config) return console.problems(problems);
  LogStream stream(parse_level(options.config.log_level.value_or("warn")).value_or(Level::kWarn));
  const gov_stdio_v1 no_stdio{sizeof no_stdio, -1, -1, 0};
  const auto runtime = Runtime::build(std::move(loaded), stream.log, no_stdio, Extent::kNoTransports,
                                      mcp::offer(features), problems);
  if (!runtime || !runtime->load_content(problems)) return console.problems(problems);

  const std::vector<mcp::Tool>& tools = runtime->server().offer().features().tools;
  if (std::none_of(tools.begin(), tools.end(),
                   [&](const mcp::Tool& tool) { return tool.name == options.tool; })) {
    std::vector<std::string_view> names;
    for (const mcp::Tool& tool : tools) names.push_back(tool.name);
    const auto near = nearest(options.tool, names);
    console.problem("there is no tool " + options.tool +
                    (near ? "; did you mean " + std::string(*near) + "?"
                          : "; server_info and search are good first ones"));
    return kUsage;
  }
  const std::string request = make_request(options.tool, arguments).dump();
  gov_peer peer{};
  peer.struct_size = sizeof peer;
  peer.transport = gov::to_c("cli");
  const plugin::Principal principal;
  auto message =
      runtime->server().receive({request, {}, {}, &peer, 0, false, new_uuid7(), principal});
  if (const auto* const fault = std::get_if<mcp::Reply>(&message))
    return show(json::parse(text_of(*fault)), options, console);
  plugin::CallContext call(std::chrono::steady_clock::now() + loaded.config->host.request_timeout,
                           "cli");
  const mcp::Outcome outcome =
      runtime->server().answer(std::get<mcp::Work>(message), {principal, call});
  return show(json::parse(text_of(std::get<mcp::Reply>(outcome))), options, console);
}

int call_tool(const CallOptions& options, const Console& console, MakeFeatures features) {
  const json arguments = json::parse(options.arguments, nullptr, false);
  if (!arguments.is_object()) {
    console.problem(
        "the arguments must be one JSON object, for example '{\"query\":\"prompt injection\"}'");
    return kUsage;
  }
  if (!options.url) return call_in_process(options, arguments, console, features);
  const auto answer =
      post_message(*options.url, make_request(options.tool, arguments), options.token.value_or(""));
  if (!answer) {
    console.problem(answer.status().message());
    return answer.status().code() == GOV_INVALID_ARGUMENT ? kUsage : kUnreachable;
  }
  return show(*answer, options, console);
}

}  // namespace

void add_call(CLI::App& app, Console& console, MakeFeatures features, int& exit_code) {
  CLI::App* const verb = app.add_subcommand(
      "call", "Call one tool and print its answer, without a running server or with --url");
  auto options = std::make_shared<CallOptions>();
  verb->add_option("tool", options->tool, "Name of the tool, for example search")->required();
  verb->add_option("arguments", options->arguments, "Arguments as one JSON object");
  verb->add_option("--url", options->url, "Ask the running server at this MCP endpoint instead")
      ->type_name("URL");
  verb->add_option("--token", options->token,
                   "Bearer token for --url, as env:NAME, file:/path, cred:NAME or exec:/path")
      ->type_name("REF");
  verb->add_flag("--json", options->as_json, "On one line");
  options->config.add_to(*verb);
  verb->callback([options, features, &console, &exit_code] {
    exit_code = call_tool(*options, console, features);
  });
}

}  // namespace govhost::app
