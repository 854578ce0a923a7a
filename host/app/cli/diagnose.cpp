// govhost diagnose, govhost alerts: what is wrong now, and the rules by which Prometheus says so.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <string>

#include "app/cli/remote.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "ops/conditions.h"

namespace govhost::app {
namespace {

using nlohmann::json;

constexpr const char* kRunbooks = "docs/operations/runbooks/";

struct DiagnoseOptions {
  std::string url = "http://127.0.0.1:9464", token;
  bool as_json = false;
};

double unix_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void print(const ops::Finding& finding, const Console& console) {
  const ops::Condition& is = *finding.condition;
  std::string severity(ops::name_of(is.severity));
  severity.resize(8, ' ');
  console.line(severity + std::string(is.name) + ": " + ops::summary_of(finding));
  console.line("        " + (kRunbooks + std::string(is.runbook)) + ".md");
}

int diagnose(const DiagnoseOptions& options, const Console& console) {
  const auto ready = get_page(options.url + "/readyz", options.token);
  const auto page = ready ? get_page(options.url + "/metrics", options.token) : ready;
  if (!page) {
    console.problem(page.status().message());
    return page.status().code() == GOV_INVALID_ARGUMENT ? kUsage : kUnreachable;
  }
  const auto series = ops::read_metrics(*page);
  const auto findings = ops::diagnose(series, unix_now());
  std::string state = *ready;
  while (state.ends_with('\n')) state.pop_back();
  int exit_code = kOk;
  json all = json::array();
  for (const ops::Finding& finding : findings) {
    const bool urgent = finding.condition->severity == ops::Severity::kPage;
    exit_code = std::max(exit_code, urgent ? int{kBadConfig} : int{kToolError});
    all.push_back({{"name", finding.condition->name},
                   {"severity", ops::name_of(finding.condition->severity)},
                   {"summary", ops::summary_of(finding)},
                   {"runbook", kRunbooks + std::string(finding.condition->runbook) + ".md"},
                   {"labels", finding.series ? json(finding.series->labels) : json::object()}});
  }
  if (options.as_json) {
    console.line(json{{"ready", state}, {"findings", all}}.dump(-1, ' ', false,
                                                                json::error_handler_t::replace));
    return exit_code;
  }
  console.line("ready: " + state);
  for (const ops::Finding& finding : findings) print(finding, console);
  if (findings.empty())
    console.line("nothing is wrong that one look at the metrics shows; rates need Prometheus");
  return exit_code;
}

}  // namespace

void add_diagnose(CLI::App& app, Console& console, int& exit_code) {
  auto options = std::make_shared<DiagnoseOptions>();
  CLI::App* const verb = app.add_subcommand(
      "diagnose",
      "What is wrong with a running server, and which runbook helps; exit code 1: "
      "something, 2: something urgent");
  verb->add_option("--url", options->url, "Its ops listener")->capture_default_str();
  verb->add_option("--token", options->token,
                   "Secret reference to the token that ops.metrics_token names")
      ->type_name("REFERENCE");
  verb->add_flag("--json", options->as_json, "As JSON");
  verb->callback([options, &console, &exit_code] { exit_code = diagnose(*options, console); });

  CLI::App* const alerts = app.add_subcommand("alerts", "What operators are told of");
  alerts->require_subcommand(1);
  auto runbooks = std::make_shared<std::string>(kRunbooks);
  CLI::App* const rules = alerts->add_subcommand("rules", "Print the rules file for Prometheus");
  rules
      ->add_option("--runbooks", *runbooks,
                   "What stands before the names of the runbooks in the alerts, such as "
                   "https://wiki.bank.example/govhost/")
      ->type_name("URL");
  rules->callback([runbooks, &console] { console.out(ops::prometheus_rules(*runbooks)); });
}

}  // namespace govhost::app
