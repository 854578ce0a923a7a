// govhost top: what is called, how often, how long it takes, again and again.
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/cli/control_client.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "ops/conditions.h"

namespace govhost::app {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kInterval{2};
constexpr std::size_t kRows = 20;

struct Counted {
  double count = 0, errors = 0;
  std::map<double, double> buckets;  // cumulative, by upper bound in seconds
};
using Rows = std::map<std::pair<std::string, std::string>, Counted>;  // method and tool

std::string label(const ops::Series& series, const char* name) {
  const auto found = series.labels.find(name);
  return found == series.labels.end() ? "" : found->second;
}

Rows rows_of(const std::string& page) {
  constexpr std::string_view kName = "mcp_server_operation_duration_seconds";
  Rows out;
  for (const ops::Series& series : ops::read_metrics(page)) {
    if (!series.name.starts_with(kName)) continue;
    Counted& row = out[{label(series, "mcp_method_name"), label(series, "gen_ai_tool_name")}];
    const std::string kind = series.name.substr(kName.size());
    if (kind == "_count") {
      row.count += series.value;
      if (!label(series, "error_type").empty()) row.errors += series.value;
    } else if (kind == "_bucket") {
      const std::string bound = label(series, "le");
      row.buckets[bound == "+Inf" ? std::numeric_limits<double>::infinity() : std::stod(bound)] +=
          series.value;
    }
  }
  return out;
}

// The bound of the bucket that the quantile falls into; 0: nothing was counted.
double quantile(const Counted& row, double share) {
  if (row.buckets.empty() || row.buckets.rbegin()->second <= 0) return 0;
  const double wanted = share * row.buckets.rbegin()->second;
  double last = 0;
  for (const auto& [bound, count] : row.buckets) {
    if (count >= wanted) return bound == std::numeric_limits<double>::infinity() ? last : bound;
    last = bound;
  }
  return last;
}

void subtract(Rows& now, const Rows& before) {
  for (auto& [key, row] : now) {
    const auto then = before.find(key);
    if (then == before.end()) continue;
    row.count -= then->second.count;
    row.errors -= then->second.errors;
    for (auto& [bound, count] : row.buckets)
      if (const auto old = then->second.buckets.find(bound); old != then->second.buckets.end())
        count -= old->second;
  }
}

json as_json(const Rows& rows, double seconds) {
  std::vector<const Rows::value_type*> sorted;
  for (const auto& each : rows)
    if (each.second.count > 0) sorted.push_back(&each);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->second.count > b->second.count; });
  if (sorted.size() > kRows) sorted.resize(kRows);
  json calls = json::array();
  for (const auto* each : sorted)
    calls.push_back({{"method", each->first.first},
                     {"tool", each->first.second},
                     {"count", static_cast<std::int64_t>(each->second.count)},
                     {"errors", static_cast<std::int64_t>(each->second.errors)},
                     {"p50_s", quantile(each->second, 0.5)},
                     {"p99_s", quantile(each->second, 0.99)}});
  return {{"seconds", seconds}, {"calls", std::move(calls)}};
}

void print(const json& report, const Console& console) {
  char line[160];
  const double seconds = report["seconds"].get<double>();
  std::snprintf(line, sizeof line, "%-40s %10s %8s %10s %10s", seconds > 0 ? "" : "since the start",
                seconds > 0 ? "calls/s" : "calls", "errors", "p50 <=", "p99 <=");
  console.line(line);
  for (const json& row : report["calls"]) {
    const std::string tool = row["tool"].get<std::string>();
    const std::string name = row["method"].get<std::string>() + (tool.empty() ? "" : " " + tool);
    const double count = row["count"].get<double>() / (seconds > 0 ? seconds : 1);
    std::snprintf(line, sizeof line, "%-40.60s %10.1f %8lld %7.1f ms %7.1f ms", name.c_str(), count,
                  static_cast<long long>(row["errors"].get<std::int64_t>()),
                  row["p50_s"].get<double>() * 1000, row["p99_s"].get<double>() * 1000);
    console.line(line);
  }
  if (report["calls"].empty()) console.line("nothing was called");
}

struct TopOptions : ControlOptions {
  bool once = false;
};

int top(const TopOptions& options, const Console& console) {
  Rows before;
  auto then = Clock::now();
  for (bool first = true;; first = false) {
    int exit_code = kOk;
    const auto answer = ask_server(options, console, {{"verb", "metrics"}}, exit_code);
    if (!answer) return exit_code;
    const Rows all = rows_of(answer->at("text").get<std::string>());
    const auto now = Clock::now();
    Rows shown = all;
    if (!first) subtract(shown, before);
    const json report =
        as_json(shown, first ? 0 : std::chrono::duration<double>(now - then).count());
    before = all;
    then = now;
    if (options.as_json)
      console.line(report.dump());
    else {
      // Over what was there before (ECMA-48: erase the page, to its first place).
      if (!first && ::isatty(console.guard().output()) != 0) console.out("\x1b[2J\x1b[H");
      print(report, console);
    }
    if (options.once) return kOk;
    std::this_thread::sleep_for(kInterval);
  }
}

}  // namespace

void add_top(CLI::App& app, Console& console, int& exit_code) {
  auto options = std::make_shared<TopOptions>();
  CLI::App* const verb = app.add_subcommand(
      "top", "What is called on a running server and how long it takes, every two seconds");
  add_control_options(*verb, *options);
  verb->add_flag("--once", options->once, "One look, at everything since the start");
  verb->callback([options, &console, &exit_code] { exit_code = top(*options, console); });
}

}  // namespace govhost::app
