// govhost serve
#include <CLI/CLI.hpp>

#include <future>
#include <memory>

#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "app/hardening.h"
#include "app/runtime.h"
#include "app/serving.h"
#include "core/digest.h"

namespace govhost::app {
namespace {

int serve(const ConfigOptions& options, const Console& console, MakeFeatures features) {
  block_signals();
  // 2 ms for OpenSSL's configuration and 5 ms for the schemas of all tools, while others read
  // files.
  const mcp::Offered offer = std::async(std::launch::async, [features] {
    sha256({});
    return std::make_shared<const mcp::Offer>(features());
  });
  const config::Loaded loaded = options.load();
  std::vector<std::string> problems;
  for (const config::Fault& fault : loaded.faults) problems.push_back(fault.text());
  if (!loaded.config) return console.problems(problems);
  if (const gov::Status hard = harden_process(loaded.config->host); !hard.ok())
    return console.problems({hard.message()});

  LogStream stream(parse_level(loaded.config->host.log_level).value_or(Level::kInfo));
  const gov_stdio_v1 stdio{sizeof stdio, console.guard().input(), console.guard().output(), 0};
  const auto runtime =
      Runtime::build(*loaded.config, stream.log, stdio, Extent::kServe, offer, problems);
  if (!runtime || !runtime->load_content(problems)) return console.problems(problems);
  runtime->tell(loaded.settings);
  const int code = Serving(*runtime).run(problems);
  console.problems(problems);
  return code;
}

}  // namespace

void add_serve(CLI::App& app, Console& console, MakeFeatures features, int& exit_code) {
  CLI::App* const verb =
      app.add_subcommand("serve", "Serve clients until a signal or the end of standard input");
  auto options = std::make_shared<ConfigOptions>();
  options->add_to(*verb);
  verb->add_flag("--stdio", options->stdio, "Serve one client on standard input and output");
  verb->add_option("--http", options->http, "Serve HTTP here instead of the configured transports")
      ->type_name("ADDR:PORT");
  verb->add_option("--ops", options->ops, "Where probes are answered")->type_name("ADDR:PORT");
  auto json = std::make_shared<bool>(false);
  verb->add_flag("--json", *json, "Accepted for symmetry: the log is JSON lines always");
  verb->callback([options, json, features, &console, &exit_code] {
    exit_code = serve(*options, console, features);
  });
}

}  // namespace govhost::app
