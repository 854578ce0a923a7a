// The console's pages about what clients do.
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/console_pages.h"

namespace govhost::app {
namespace {

using nlohmann::json;

// Labels of Metrics::operations, in their order.
enum OperationLabel : std::size_t { kMethod, kTool, kError, kTransport };

struct Counted {
  std::uint64_t calls = 0, errors = 0;
  double seconds = 0;
  std::vector<std::uint64_t> buckets;
};

void count_series(Counted& into, std::span<const std::string> labels, const Histogram& series,
                  std::size_t buckets) {
  std::vector<std::uint64_t> counts(buckets);
  series.add_to(counts);
  into.buckets.resize(buckets);
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    into.buckets[i] += counts[i];
    all += counts[i];
  }
  into.calls += all;
  into.seconds += series.sum();
  if (!labels[kError].empty()) into.errors += all;
}

json finite(double value) { return std::isfinite(value) ? json(value) : json(); }

// Counts and times of one row.
json row_of(const Counted& counted, std::span<const double> bounds) {
  json out = {{"calls", counted.calls}, {"errors", counted.errors}};
  out["mean_s"] = finite(counted.seconds / static_cast<double>(counted.calls));
  for (const auto& [name, q] :
       {std::pair("p50_s", .5), std::pair("p95_s", .95), std::pair("p99_s", .99)})
    out[name] = finite(quantile(q, bounds, counted.buckets));
  return out;
}

// What was counted, by the labels that `key` picks.
template <class Key>
auto counted_by(const HistogramFamily& family, const Key& key) {
  std::map<decltype(key(std::span<const std::string>())), Counted> out;
  const std::size_t buckets = family.bounds().size() + 1;
  family.visit([&](std::span<const std::string> labels, const Histogram& series) {
    if (labels.size() > kTransport) count_series(out[key(labels)], labels, series, buckets);
  });
  return out;
}

json counted_as(const char* name, const std::map<std::string, Counted>& all) {
  json out = json::array();
  for (const auto& [key, counted] : all)
    if (!key.empty()) out.push_back({{name, key}, {"count", counted.calls}});
  return out;
}

bool is_search(std::string_view tool) { return tool.starts_with("search"); }

}  // namespace

json ConsolePages::traffic() const {
  const ConsoleParts parts = asked_.now();
  const HistogramFamily& family = parts.metrics.operations;
  json operations = json::array();
  for (const auto& [key, counted] : counted_by(family, [](std::span<const std::string> labels) {
         return std::pair(labels[kMethod], labels[kTool]);
       })) {
    json row = row_of(counted, family.bounds());
    row["method"] = key.first;
    row["tool"] = key.second;
    operations.push_back(std::move(row));
  }
  return {{"operations", std::move(operations)},
          {"errors", counted_as("type", counted_by(family, [](auto l) { return l[kError]; }))},
          {"transports",
           counted_as("transport", counted_by(family, [](auto l) { return l[kTransport]; }))},
          {"in_flight", asked_.in_flight()},
          {"max_in_flight", parts.setup->config().host.max_in_flight}};
}

json ConsolePages::search() const {
  const ConsoleParts parts = asked_.now();
  const HistogramFamily& family = parts.metrics.operations;
  json tools = json::array();
  for (const auto& [tool, counted] : counted_by(family, [](auto l) { return l[kTool]; })) {
    if (!is_search(tool)) continue;
    json row = row_of(counted, family.bounds());
    row["tool"] = tool;
    tools.push_back(std::move(row));
  }
  const std::string failure = parts.setup->search().failure();
  const auto generation = parts.server.generation();
  const auto& config = parts.setup->config().search;
  return {{"status", !failure.empty()                ? "failed"
                     : parts.setup->search().ready() ? "ok"
                                                     : "indexing"},
          {"problem", failure},
          {"current", generation && parts.setup->search().is_of(generation->snapshot())},
          {"answers_at_once", parts.setup->search().answers_at_once()},
          {"plugin", config ? config->ref.plugin : std::string()},
          {"builtin_thesaurus", config && config->builtin_thesaurus},
          {"thesaurus", config ? config->thesaurus : std::string()},
          {"tools", std::move(tools)},
          {"answers",
           {{"hits", parts.server.counters().answer_hits.load()},
            {"misses", parts.server.counters().answer_misses.load()}}}};
}

json ConsolePages::clients() const {
  const ConsoleParts parts = asked_.now();
  json limits = json::array();
  std::vector<const access::RateLimit*> all;
  if (const auto& rates = parts.admission->rates) all = rates->all();
  for (const access::RateLimit* const limit : all)
    limits.push_back({{"limit", limit->settings().name},
                      {"per_s", limit->settings().per_second},
                      {"burst", limit->settings().burst},
                      {"keys", limit->keys()},
                      {"most_keys", limit->settings().most_keys},
                      {"allowed", limit->allowed()},
                      {"refused", limit->refused()},
                      {"forgotten", limit->evictions()}});
  const config::Host& host = parts.setup->config().host;
  return {{"limits", std::move(limits)},
          {"in_flight", asked_.in_flight()},
          {"max_in_flight", host.max_in_flight},
          {"max_in_flight_per_caller", host.max_in_flight_per_caller > 0
                                           ? host.max_in_flight_per_caller
                                           : std::max<std::size_t>(host.max_in_flight / 2, 1)}};
}

}  // namespace govhost::app
