// govhost check: whether a configuration is fit for production.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "app/build_info.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "backup/records.h"
#include "checks/attestations.h"
#include "checks/report.h"
#include "config/fault.h"
#include "core/digest.h"
#include "core/read_file.h"

namespace govhost::app {
namespace {

struct CheckOptions {
  ConfigOptions config;
  std::string attestations, format = "text";
  bool json = false, junit = false, strict = false;
};

checks::Subject subject_of(const config::Config& config,
                           std::chrono::system_clock::time_point now) {
  checks::Subject out{
      std::string(kVersion), config.file.empty() ? "built-in" : config.file, {}, now};
  if (!config.file.empty())
    if (const auto text = govhost::read_file(config.file))
      out.config_sha256 = to_hex(sha256(*text));
  return out;
}

int check(const CheckOptions& options, const Console& console) {
  const config::Loaded loaded = options.config.load();
  std::vector<std::string> problems;
  for (const config::Fault& fault : loaded.faults) problems.push_back(fault.text());
  if (!loaded.config) return console.problems(problems);
  std::map<std::string, checks::Attestation> attestations;
  if (!options.attestations.empty()) {
    auto read = checks::read_attestations(options.attestations);
    if (!read) return console.problems({read.status().message()});
    attestations = std::move(*read);
  }
  const auto now = std::chrono::system_clock::now();
  const auto last = [&](backup::Deed deed) {
    const auto done = backup::last_done(loaded.config->state_directory, deed);
    return done ? std::optional(done->at) : std::nullopt;
  };
  const auto results = checks::run_checks(
      {*loaded.config, attestations, now, last(backup::Deed::kCreate), last(backup::Deed::kDrill)});
  const auto subject = subject_of(*loaded.config, now);
  if (options.json || options.format == "json")
    console.line(checks::as_json(results, subject)
                     .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  else if (options.junit || options.format == "junit")
    console.out(checks::as_junit(results, subject));
  else if (options.format == "md")
    console.out(checks::as_markdown(results, subject));
  else
    console.out(checks::as_text(results, subject));
  const checks::Summary all = checks::summary_of(results);
  if (all.fail > 0) return kBadConfig;
  return options.strict && all.warn > 0 ? kToolError : kOk;
}

}  // namespace

void add_check(CLI::App& app, Console& console, int& exit_code) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* const verb = app.add_subcommand(
      "check",
      "Whether a configuration is fit for production; exit code 2: a check fails, with "
      "--strict 1: a warning");
  options->config.add_to(*verb);
  verb->add_option("--attestations", options->attestations,
                   "What people attest because no program can see it (TOML)")
      ->type_name("FILE");
  verb->add_option("--format", options->format, "text, json, junit or md")
      ->check(CLI::IsMember({"text", "json", "junit", "md"}));
  verb->add_flag("--json", options->json, "As --format json");
  verb->add_flag("--junit", options->junit, "As --format junit");
  verb->add_flag("--strict", options->strict, "Warnings are exit code 1");
  verb->callback([options, &console, &exit_code] { exit_code = check(*options, console); });
}

}  // namespace govhost::app
