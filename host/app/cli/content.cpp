// govhost content: the verbs that a running server answers.
#include "app/cli/content.h"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <utility>

#include "app/cli/verbs.h"
#include "app/content_report.h"
#include "app/exit_codes.h"
#include "ops/control.h"

namespace govhost::app {
namespace {

using nlohmann::json;

// Asks the server of this configuration; nullopt after saying why not, with the exit code.
std::optional<json> ask(const ContentOptions& options, const Console& console, const json& request,
                        int& exit_code) {
  const auto files = open_files(options, console);
  if (!files) {
    exit_code = kBadConfig;
    return std::nullopt;
  }
  const std::string& socket = files->config.ops.control;
  if (socket.empty()) {
    exit_code = console.problems(
        {"the configuration names no control socket; set content.bundle_dir or ops.control"});
    return std::nullopt;
  }
  auto answer = ops::ask(socket, request);
  if (answer) return std::move(*answer);
  exit_code = failed(console, answer.status());
  return std::nullopt;
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "-" : value.dump();
}

void show_result(const json& result, const ContentOptions& options, const Console& console) {
  if (options.as_json) return console.line(result.dump());
  console.line("snapshot " + text_of(result["snapshot"]).substr(0, 12) + ", " +
               text_of(result["documents"]) + " documents");
}

std::string line_of(const json& source) {
  std::string line = text_of(source["source"]) + "  " + text_of(source["documents"]) +
                     " documents, confirmed " + text_of(source["confirmed_at"]) +
                     (source["stale"] == true ? ", STALE" : "") + ", breaker " +
                     text_of(source["breaker"]);
  if (source["reading"] == true) line += ", being read";
  if (!source["next_in_s"].is_null()) line += ", read in " + text_of(source["next_in_s"]) + " s";
  if (!text_of(source["problem"]).empty())
    line += "\n    failed " + text_of(source["failures"]) + " times: " + text_of(source["problem"]);
  if (!source["rejected"].is_null())
    line += "\n    rejected " + text_of(source["rejected"]) +
            ": see `govhost content diff`, take it with `govhost content accept " +
            text_of(source["source"]) + " " + text_of(source["rejected"]) + "`";
  return line;
}

const std::string& name_or_empty(const ContentOptions& options, std::size_t index) {
  static const std::string kNone;
  return index < options.names.size() ? options.names[index] : kNone;
}

}  // namespace

int failed(const Console& console, const gov::Status& why) {
  console.problem(why.message());
  switch (why.code()) {
    case GOV_UNAVAILABLE: return kUnreachable;
    case GOV_NOT_FOUND: return kToolError;
    default: return kBadConfig;
  }
}

int content_status(const ContentOptions& options, const Console& console) {
  int code = kOk;
  const auto result = ask(options, console, {{"verb", "content.status"}}, code);
  if (!result) return code;
  bool well = true;
  for (const json& source : (*result)["sources"]) well = well && source["stale"] == false;
  show_result(*result, options, console);
  if (!options.as_json) {
    if ((*result)["held"] == true)
      console.line(
          "HELD since a rollback: no source is read; `govhost content rollback --release` "
          "ends that");
    for (const json& source : (*result)["sources"]) console.line(line_of(source));
  }
  return well ? kOk : kToolError;
}

int content_sync(const ContentOptions& options, const Console& console) {
  int code = kOk;
  if (!options.as_json) console.problem("reading ...");
  const auto result = ask(
      options, console,
      {{"verb", "content.sync"}, {"source", name_or_empty(options, 0)}, {"probe", options.probe}},
      code);
  if (!result) return code;
  show_result(*result, options, console);
  for (const json& source : (*result)["sources"]) {
    if (source["ok"] == true) continue;
    code = kToolError;
    if (!options.as_json) console.problem(text_of(source["message"]));
  }
  if (!options.as_json && code == kOk)
    console.line((*result)["changed"] == true ? "new content is in service"
                                              : "nothing has changed");
  return code;
}

int content_diff(const ContentOptions& options, const Console& console) {
  int code = kOk;
  const auto result = ask(options, console,
                          {{"verb", "content.diff"}, {"source", name_or_empty(options, 0)}}, code);
  if (!result) return code;
  if (options.as_json) {
    console.line(result->dump());
    return kOk;
  }
  console.line(text_of((*result)["reason"]));
  console.out(as_text(*result));
  console.line("take it with: govhost content accept " + text_of((*result)["source"]) + " " +
               text_of((*result)["rejected"]));
  return kOk;
}

int content_accept(const ContentOptions& options, const Console& console) {
  int code = kOk;
  const auto result = ask(options, console,
                          {{"verb", "content.accept"},
                           {"source", name_or_empty(options, 0)},
                           {"digest", name_or_empty(options, 1)}},
                          code);
  if (result) show_result(*result, options, console);
  return code;
}

int content_rollback(const ContentOptions& options, const Console& console) {
  if (options.release == !options.names.empty()) {
    console.problem("name one bundle by its number or digest, or give --release");
    return kUsage;
  }
  json request = {{"verb", "content.release"}};
  if (!options.release)
    request = {{"verb", "content.rollback"}, {"bundle", name_or_empty(options, 0)}};
  int code = kOk;
  const auto result = ask(options, console, request, code);
  if (result) show_result(*result, options, console);
  return code;
}

void add_content(CLI::App& app, Console& console, int& exit_code) {
  CLI::App* const content =
      app.add_subcommand("content", "Look after the content of a running or a stopped server");
  content->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, ContentVerb run) {
    auto options = std::make_shared<ContentOptions>();
    CLI::App* const verb = content->add_subcommand(name, help);
    options->config.add_to(*verb);
    verb->add_flag("--json", options->as_json, "As JSON");
    verb->callback([options, run, &console, &exit_code] { exit_code = run(*options, console); });
    return std::pair(verb, options);
  };
  const auto with_names = [&](const auto& verb, const char* name, const char* help, int least,
                              int most) {
    verb.first->add_option(name, verb.second->names, help)
        ->expected(least, most)
        ->required(least > 0);
    return verb;
  };
  add("status", "What is served, how current it is and what is wrong with its sources",
      content_status);
  const auto sync = with_names(add("sync", "Read the sources now", content_sync), "source",
                               "Only this one", 0, 1);
  sync.first->add_flag("--probe", sync.second->probe, "Even if the circuit breaker is open");
  with_names(add("diff", "What would change if what the gate rejected were accepted", content_diff),
             "source", "Of this source", 0, 1);
  with_names(add("accept", "Take what the gate rejected", content_accept), "name",
             "The source, and the digest that `status` shows", 2, 2);
  const auto rollback =
      with_names(add("rollback", "Serve an earlier bundle and read no source until --release",
                     content_rollback),
                 "bundle", "Its number or the first digits of its digest", 0, 1);
  rollback.first->add_flag("--release", rollback.second->release, "Read the sources again");
  const auto show = with_names(add("show", "Print a document as it was served", content_show),
                               "document", "Id, title, key or source:key", 1, 1);
  show.first->add_option("--at", show.second->at, "At this time: 2026-01-31 or 2026-01-31T09:30Z")
      ->type_name("DATE");
  show.first->add_option("--snapshot", show.second->snapshot, "Of this bundle")
      ->type_name("BUNDLE");
  with_names(add("verify", "Check every byte of bundles", content_verify), "file",
             "Bundles; by default all of content.bundle_dir", 0, 1000);
  add("lint", "Read the sources and say what is wrong with the documents", content_lint);
  const auto bundle =
      add("bundle", "Copy a bundle to a file, to be imported elsewhere", content_bundle);
  bundle.first->add_option("-o,--output", bundle.second->output, "The file")
      ->type_name("FILE")
      ->required();
  bundle.first->add_option("--snapshot", bundle.second->snapshot, "Not the newest but this one")
      ->type_name("BUNDLE");
  with_names(add("import", "Take a bundle from elsewhere, and serve it if the server runs",
                 content_import),
             "file", "The bundle", 1, 1);
}

}  // namespace govhost::app
