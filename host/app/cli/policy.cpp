// govhost policy explain: which rule decides.
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <memory>

#include "access/policy.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "app/doors.h"
#include "core/read_file.h"
#include "core/text.h"

namespace govhost::app {
namespace {

using nlohmann::json;
using Thing = access::Policy::Thing;

struct PolicyOptions {
  ConfigOptions config;
  std::string subject, tool, prompt, resource;
  std::vector<std::string> scopes;
  bool as_json = false;
};

// Of a client of the auth plugin "token", as its file and options name it.
void add_scopes_of(const json& tokens, const std::string& subject, bool& known,
                   std::vector<std::string>& scopes) {
  if (!tokens.is_array()) return;
  for (const json& each : tokens) {
    // The plugin "token" calls it id, "peer" subject.
    if (!each.is_object() ||
        (each.value("id", json()) != subject && each.value("subject", json()) != subject))
      continue;
    known = true;
    for (const json& scope : each.value("scopes", json::array()))
      if (scope.is_string()) scopes.push_back(scope.get<std::string>());
  }
}

bool scopes_of(const config::Config& config, const std::string& subject,
               std::vector<std::string>& scopes) {
  bool known = false;
  for (const config::Instance& auth : config.auth) {
    if (!auth.options) continue;
    for (const char* const list : {"tokens", "clients"})
      if (const auto own = auth.options->find(list); own != auth.options->end())
        add_scopes_of(*own, subject, known, scopes);
    const auto file = auth.options->find("file");
    if (file == auth.options->end() || !file->is_string()) continue;
    const auto path = std::filesystem::path(config.directory) / file->get<std::string>();
    if (const auto text = read_file(path.string(), std::size_t{8} << 20u))
      add_scopes_of(json::parse(*text, nullptr, false), subject, known, scopes);
  }
  return known;
}

int explain_policy(const PolicyOptions& options, const Console& console) {
  const config::Loaded loaded = options.config.load();
  if (!loaded.config) {
    std::vector<std::string> problems;
    for (const config::Fault& fault : loaded.faults) problems.push_back(fault.text());
    return console.problems(problems);
  }
  const config::Config& config = *loaded.config;
  std::vector<std::string> scopes = options.scopes;
  if (!options.subject.empty() && !scopes_of(config, options.subject, scopes)) {
    console.problem("no token or client of the configuration is called " + options.subject +
                    "; the scopes of a JWT are its own: give them with --scope");
    return kUsage;
  }
  const access::Policy policy = policy_of(config.policy);
  const std::string& name = !options.tool.empty()     ? options.tool
                            : !options.prompt.empty() ? options.prompt
                                                      : options.resource;
  const Thing thing = !options.tool.empty()     ? Thing::kTool
                      : !options.prompt.empty() ? Thing::kPrompt
                                                : Thing::kResource;
  std::string why;
  bool allowed = false;
  if (!access::holds(scopes, config.policy.required_scopes)) {
    why = "policy.required_scopes: every call needs " + join(config.policy.required_scopes, ", ");
  } else {
    const auto verdict = policy.decide(scopes, thing, name);
    allowed = verdict.allowed;
    if (!policy.restricts())
      why = "there are no rules: whoever may call may use everything";
    else if (verdict.rule == nullptr)
      why = "no rule names it, and with rules what none names is denied";
    else
      why = "the rule at " + verdict.rule->name +
            (allowed ? " allows it"
                     : " would allow it to holders of " + join(verdict.rule->scopes, ", "));
  }
  if (options.as_json)
    console.line(json{{"allowed", allowed}, {"scopes", scopes}, {"why", why}}.dump());
  else
    console.line(std::string(allowed ? "allowed: " : "denied: ") + why);
  return allowed ? kOk : kToolError;
}

}  // namespace

void add_policy(CLI::App& app, Console& console, int& exit_code) {
  CLI::App* const policy = app.add_subcommand("policy", "What callers may use");
  policy->require_subcommand(1);
  CLI::App* const verb =
      policy->add_subcommand("explain", "Which rule decides; exit code 0 allowed, 1 denied");
  auto options = std::make_shared<PolicyOptions>();
  options->config.add_to(*verb);
  verb->add_option("--as", options->subject, "A client of the configuration, with its scopes");
  verb->add_option("--scope", options->scopes, "Scopes, of a JWT for instance");
  CLI::Option_group* const what = verb->add_option_group("what");
  what->add_option("--tool", options->tool, "A tool's name");
  what->add_option("--prompt", options->prompt, "A prompt's name");
  what->add_option("--resource", options->resource, "A resource's URI");
  what->require_option(1);
  verb->add_flag("--json", options->as_json, "As JSON");
  verb->callback(
      [options, &console, &exit_code] { exit_code = explain_policy(*options, console); });
}

}  // namespace govhost::app
