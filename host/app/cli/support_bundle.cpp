// govhost support-bundle: what somebody else needs to help, in one archive, without secrets.
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/build_info.h"
#include "app/cli/control_client.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "backup/gzip.h"
#include "bundle/file.h"
#include "bundle/tar.h"
#include "checks/report.h"
#include "config/load.h"
#include "core/read_file.h"
#include "core/scrub.h"
#include "core/time.h"

namespace govhost::app {
namespace {

using nlohmann::json;

constexpr unsigned kErrorLines = 256;

struct Part {
  std::string_view name, what;
};

constexpr std::array kParts = {
    Part{"README.txt", "what this is, when it was made and of which version"},
    Part{"status.json", "how the server is: `govhost status --json`"},
    Part{"metrics.txt", "the page that Prometheus reads"},
    Part{"errors.jsonl", "its latest warnings and errors: `govhost errors --json`"},
    Part{"config.json",
         "the configuration in force with the origin of every value; secrets are "
         "references"},
    Part{"content.json", "how current each source is: `govhost content status --json`"},
    Part{"checks.json",
         "whether the configuration on disk is fit for production: `govhost check "
         "--json`"},
    Part{"machine.txt", "kernel, limits and memory of this machine"},
};

struct SupportOptions : ControlOptions {
  std::string output;
  bool list = false;
};

std::string text_of_file(const char* path) {
  const auto text = govhost::read_file(path);
  return text ? *text : std::string("(cannot be read)\n");
}

std::string machine() {
  std::string out;
  utsname name{};
  if (::uname(&name) == 0)
    out += std::string(name.sysname) + " " + name.release + " " + name.machine + "\n";
  out += "\n/etc/os-release\n" + text_of_file("/etc/os-release");
  out += "\n/proc/meminfo\n" + text_of_file("/proc/meminfo").substr(0, 512);
  out += "\n/proc/loadavg\n" + text_of_file("/proc/loadavg");
  out += "\n/proc/self/limits (of this command)\n" + text_of_file("/proc/self/limits");
  return out;
}

// What the server says, or why it does not: a bundle of a server that is down is worth having too.
json asked(const SupportOptions& options, const Console& console, json request) {
  int exit_code = kOk;
  auto answer = ask_server(options, console, request, exit_code);
  return answer ? std::move(*answer) : json{{"problem", "the server did not answer"}};
}

std::string checks_of(const SupportOptions& options) {
  const config::Loaded loaded = options.config.load();
  json faults = json::array();
  for (const config::Fault& fault : loaded.faults) faults.push_back(fault.text());
  if (!loaded.config) return json{{"faults", std::move(faults)}}.dump();
  const auto now = std::chrono::system_clock::now();
  const std::string file = loaded.config->file.empty() ? "built-in" : loaded.config->file;
  return checks::as_json(checks::run_checks({*loaded.config, {}, now}),
                         {std::string(kVersion), file, {}, now})
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string lines_of(const json& answer) {
  std::string out;
  if (!answer.contains("lines")) return answer.dump() + "\n";
  for (const json& line : answer["lines"]) out += line.dump() + "\n";
  return out;
}

std::string read_me() {
  std::string out = "Support bundle of govhost " + std::string(kVersion) + ", made at " +
                    to_rfc3339(std::chrono::system_clock::now()) + ".\n\n";
  for (const Part& part : kParts) out.append(part.name).append(": ").append(part.what).append("\n");
  return out + "\nNo document, no argument of a call and no secret is in it.\n";
}

std::string text_of(std::string_view name, const SupportOptions& options, const Console& console) {
  const auto dumped = [&](const char* verb) {
    return asked(options, console, {{"verb", verb}})
               .dump(2, ' ', false, json::error_handler_t::replace) +
           "\n";
  };
  if (name == "README.txt") return read_me();
  if (name == "status.json") return dumped("status");
  if (name == "config.json") return dumped("config");
  if (name == "content.json") return dumped("content.status");
  if (name == "checks.json") return checks_of(options) + "\n";
  if (name == "machine.txt") return machine();
  if (name == "errors.jsonl")
    return lines_of(asked(options, console, {{"verb", "errors"}, {"last", kErrorLines}}));
  const json metrics = asked(options, console, {{"verb", "metrics"}});
  return metrics.contains("text") ? metrics["text"].get<std::string>() : metrics.dump() + "\n";
}

gov::Status write_bundle(const SupportOptions& options, const Console& console) {
  struct stat there {};
  if (::lstat(options.output.c_str(), &there) == 0)
    return gov::invalid(options.output + " exists; nothing is written over");
  auto file = bundle::NewFile::create(options.output);
  if (!file) return file.status();
  backup::GzipWriter out(*file);
  for (const Part& part : kParts) {
    std::string text = text_of(part.name, options, console);
    scrub(text);
    const std::string name = "govhost-support/" + std::string(part.name);
    const bundle::TarHeader header = bundle::tar_header(name, text.size());
    text.append(bundle::padded(text.size()) - text.size(), '\0');
    for (const std::string_view piece :
         {std::string_view(header.data(), header.size()), std::string_view(text)})
      if (gov::Status s = out.append(piece); !s.ok()) return s;
  }
  // The end of a tar: two blocks of zeros.
  if (gov::Status s = out.append(std::string(2 * bundle::kBlock, '\0')); !s.ok()) return s;
  if (gov::Status s = out.finish(); !s.ok()) return s;
  return file->commit();
}

int support_bundle(const SupportOptions& options, const Console& console) {
  if (options.list) {
    for (const Part& part : kParts)
      console.line(std::string(part.name) + ": " + std::string(part.what));
    return kOk;
  }
  if (options.output.empty()) {
    console.problem("support-bundle: name the file with -o FILE");
    return kUsage;
  }
  if (const gov::Status written = write_bundle(options, console); !written.ok()) {
    console.problem(written.message());
    return kToolError;
  }
  if (options.as_json)
    console.line(json{{"file", options.output}}.dump());
  else
    console.line(options.output + " is written; look at it before you send it");
  return kOk;
}

}  // namespace

void add_support_bundle(CLI::App& app, Console& console, int& exit_code) {
  auto options = std::make_shared<SupportOptions>();
  CLI::App* const verb = app.add_subcommand(
      "support-bundle", "What somebody else needs to help, in one archive, without secrets");
  add_control_options(*verb, *options);
  verb->add_option("-o,--output", options->output, "The archive (.tar.gz)")->type_name("FILE");
  verb->add_flag("--list", options->list, "Only say what would be in it");
  verb->callback(
      [options, &console, &exit_code] { exit_code = support_bundle(*options, console); });
}

}  // namespace govhost::app
