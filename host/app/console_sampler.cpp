#include "app/console_sampler.h"

#include <map>
#include <string>
#include <utility>

#include "app/console_pages.h"
#include "observe/process.h"

namespace govhost::app {
namespace {

constexpr std::size_t kErrorLabel = 2;  // of the labels of Metrics::operations

console::Reading reading_of(const HistogramFamily& operations) {
  console::Reading out;
  out.buckets.resize(operations.bounds().size() + 1);
  operations.visit([&](std::span<const std::string> labels, const Histogram& series) {
    std::vector<std::uint64_t> counts(out.buckets.size());
    series.add_to(counts);
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      out.buckets[i] += counts[i];
      all += counts[i];
    }
    out.calls += all;
    if (!labels[kErrorLabel].empty()) out.errors += all;
  });
  return out;
}

// What an operator wants to know of when it changes.
std::map<std::string, std::string> states_of(const ConsoleParts& parts) {
  std::map<std::string, std::string> out;
  if (const auto generation = parts.server.generation())
    out["content"] = "snapshot " + generation->snapshot().digest().substr(0, 12) + ", " +
                     std::to_string(generation->snapshot().documents().size()) + " documents";
  for (const sync::SourceView& view : parts.setup->content().engine().views()) {
    std::string state = view.freshness.stale ? "stale" : "ok";
    if (view.rejected) state += ", new content rejected";
    if (view.breaker == sync::Breaker::kOpen) state += ", left alone for a while";
    out["source " + view.name] = std::move(state);
  }
  const std::string failure = parts.setup->search().failure();
  out["search"] = !failure.empty() ? "failed" : parts.setup->search().ready() ? "ok" : "indexing";
  if (parts.trail != nullptr)
    out["audit trail"] = parts.trail->accepts() ? "ok" : "cannot be written";
  if (parts.sinks != nullptr)
    for (const AuditSinks::State& sink : parts.sinks->states())
      out["audit sink " + sink.name] = sink.failing ? "failing" : "ok";
  return out;
}

}  // namespace

ConsoleSampler::ConsoleSampler(Asked asked)
    : asked_(std::move(asked)),
      reaper_(asked_.now().reaper),
      history_(asked_.now().metrics.operations.bounds()) {
  sample();
}

ConsoleSampler::~ConsoleSampler() { reaper_.forget(this); }

void ConsoleSampler::sample() {
  const ConsoleParts parts = asked_.now();
  console::Reading now = reading_of(parts.metrics.operations);
  now.time = std::chrono::system_clock::now();
  now.at = std::chrono::steady_clock::now();
  now.cpu_seconds = cpu_seconds();
  now.resident_bytes = resident_bytes();
  now.in_flight = asked_.in_flight();
  changes_.look(states_of(parts), now.time);
  history_.add(std::move(now));
  sample_again();
}

void ConsoleSampler::sample_again() {
  reaper_.at(
      std::chrono::steady_clock::now() + console::History::kStep, [this] { sample(); }, this);
}

}  // namespace govhost::app
