// Verbs with which operators steer a running server over its control socket.
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <utility>

#include "app/cli/control_client.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "config/units.h"

namespace govhost::app {
namespace {

using nlohmann::json;

struct SteerOptions : ControlOptions {
  bool dry_run = false, end = false, ready = false;
  std::string level, lasts = "10m";
  unsigned last = 20;
};

std::string shown(const json& value) { return value.is_null() ? "(none)" : value.dump(); }

int reload(const SteerOptions& options, const Console& console) {
  int exit_code = kOk;
  const auto answer =
      ask_server(options, console, {{"verb", "reload"}, {"dry_run", options.dry_run}}, exit_code);
  if (!answer) return exit_code;
  const bool ok = answer->at("ok").get<bool>();
  if (options.as_json) {
    console.line(answer->dump());
    return ok ? kOk : kBadConfig;
  }
  for (const json& change : answer->at("changes")) {
    const std::string origin = change.at("origin").get<std::string>();
    console.line(change.at("key").get<std::string>() + ": " + shown(change.at("from")) + " -> " +
                 shown(change.at("to")) + (origin.empty() ? "" : "  # " + origin));
  }
  for (const json& problem : answer->at("problems")) console.problem(problem.get<std::string>());
  if (!ok) console.problem("nothing was changed: the configuration in force stays");
  if (ok && options.dry_run) console.line("this can be put in force: govhost reload");
  if (ok && !options.dry_run)
    console.line(answer->at("changes").empty() ? "nothing has changed" : "in force");
  return ok ? kOk : kBadConfig;
}

std::string text_at(const json& object, const char* key) {
  const json& value = object.at(key);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// "source aigf: degraded (404 from ...)"
std::string component_line(const json& component) {
  std::string line = "  " + text_at(component, "name") + ": " + text_at(component, "status");
  if (component.contains("problem")) line += " (" + text_at(component, "problem") + ")";
  return line;
}

// Exit code 1: it is not ready, or something is wrong.
int status(const SteerOptions& options, const Console& console) {
  int exit_code = kOk;
  const auto answer = ask_server(options, console, {{"verb", "status"}}, exit_code);
  if (!answer) return exit_code;
  const json& now = *answer;
  const bool ready = now.at("ready").get<bool>();
  const bool well = ready && now.at("conditions").empty();
  if (options.as_json) {
    console.line(now.dump());
    return well || (options.ready && ready) ? kOk : kToolError;
  }
  const std::string why = text_at(now, "why");
  console.line("govhost " + text_at(now, "version") + ", pid " + text_at(now, "pid") + ", up " +
               text_at(now, "uptime_s") + " s: " +
               (!ready                           ? "NOT READY (" + why + ")"
                : now.at("degraded").get<bool>() ? "degraded"
                                                 : "ready"));
  if (options.ready) return ready ? kOk : kToolError;
  const json& config = now.at("config");
  console.line("content " + text_at(now, "snapshot").substr(0, 12) + ", " +
               text_at(now, "documents") + " documents; " + text_at(now, "in_flight") + " of " +
               text_at(now, "max_in_flight") + " calls in flight; log level " +
               text_at(now, "log_level"));
  console.line("configuration " + text_at(config, "file") + " (" + text_at(config, "hash") +
               "), in force since " + text_at(config, "in_force_since") +
               (config.at("last_reload_ok").get<bool>() ? "" : "; THE LAST RELOAD WAS REJECTED"));
  for (const json& component : now.at("components")) console.line(component_line(component));
  for (const json& each : now.at("conditions"))
    console.line(text_at(each, "severity") + " " + text_at(each, "name") + ": " +
                 text_at(each, "summary") + "\n  docs/operations/runbooks/" +
                 text_at(each, "runbook"));
  return well ? kOk : kToolError;
}

int loglevel(const SteerOptions& options, const Console& console) {
  int exit_code = kOk;
  const auto lasts = config::parse_duration(options.lasts);
  if (!lasts) {
    console.problem("--for: write a duration such as 10m");
    return kUsage;
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*lasts).count();
  const auto answer =
      ask_server(options, console,
                 {{"verb", "loglevel"}, {"level", options.level}, {"seconds", seconds}}, exit_code);
  if (!answer) return exit_code;
  console.line(options.as_json
                   ? answer->dump()
                   : "log level " + text_at(*answer, "level") + " for " +
                         text_at(*answer, "seconds") + " s, then that of the configuration again");
  return kOk;
}

int drain(const SteerOptions& options, const Console& console) {
  int exit_code = kOk;
  const auto answer =
      ask_server(options, console, {{"verb", "drain"}, {"end", options.end}}, exit_code);
  if (!answer) return exit_code;
  if (options.as_json)
    console.line(answer->dump());
  else if (options.end)
    console.line("/readyz says what is true again");
  else
    console.line(
        "/readyz says no, so that a load balancer sends nobody; whoever comes is served. " +
        text_at(*answer, "in_flight") + " calls in flight. `govhost drain --end` takes it back");
  return kOk;
}

int errors(const SteerOptions& options, const Console& console) {
  int exit_code = kOk;
  const auto answer =
      ask_server(options, console, {{"verb", "errors"}, {"last", options.last}}, exit_code);
  if (!answer) return exit_code;
  for (const json& line : answer->at("lines")) {
    if (options.as_json) {
      console.line(line.dump());
      continue;
    }
    std::string text = line.value("ts", "") + "  " + line.value("level", "") + "  " +
                       line.value("event", "") + "  " + line.value("msg", "");
    for (const auto& [key, value] : line.items())
      if (key != "ts" && key != "level" && key != "event" && key != "msg")
        text += "  " + key + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
    console.line(text);
  }
  if (!options.as_json && answer->at("lines").empty())
    console.line("no warning and no error since the start");
  return kOk;
}

}  // namespace

void add_steer(CLI::App& app, Console& console, int& exit_code) {
  const auto add = [&](const char* name, const char* help,
                       int (*verb_function)(const SteerOptions&, const Console&)) {
    auto options = std::make_shared<SteerOptions>();
    CLI::App* const verb = app.add_subcommand(name, help);
    add_control_options(*verb, *options);
    verb->callback([options, verb_function, &console, &exit_code] {
      exit_code = verb_function(*options, console);
    });
    return std::pair(verb, options);
  };
  const auto [reload_verb, reload_options] =
      add("reload",
          "Have a running server read its configuration again and put it in force; no call fails. "
          "Exit code 2: it is faulty, and nothing was changed",
          reload);
  reload_verb->add_flag("--dry-run", reload_options->dry_run, "Only show what would change");

  const auto [status_verb, status_options] =
      add("status", "How a running server is; exit code 1: it is not ready, or something is wrong",
          status);
  status_verb->add_flag("--ready", status_options->ready, "Only whether it is ready");

  const auto [level_verb, level_options] =
      add("loglevel", "Log more or less for a while; it goes back by itself", loglevel);
  level_verb->add_option("level", level_options->level, "trace, debug, info, warn or error")
      ->required();
  level_verb->add_option("--for", level_options->lasts, "How long, up to 24h")
      ->type_name("DURATION")
      ->capture_default_str();

  const auto [drain_verb, drain_options] = add(
      "drain",
      "Have /readyz say no, for maintenance: load balancers send nobody, whoever comes is served",
      drain);
  drain_verb->add_flag("--end", drain_options->end, "Take it back");

  const auto [errors_verb, errors_options] =
      add("errors", "The latest warnings and errors of a running server, the latest last", errors);
  errors_verb->add_option("--last", errors_options->last, "How many")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
}

}  // namespace govhost::app
