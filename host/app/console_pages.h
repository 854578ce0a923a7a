// What the operators' console tells of this process: the data behind each of its pages.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "access/admission.h"
#include "app/audit_sinks.h"
#include "app/console_sampler.h"
#include "app/setup.h"
#include "audit/trail.h"
#include "console/console.h"
#include "mcp/server.h"
#include "observe/metrics.h"
#include "ops/life.h"
#include "ops/listener.h"
#include "plugin/secrets.h"
#include "serve/reaper.h"

namespace govhost::app {

// What it looks at, as it is now. Everything but the setup outlives the pages; that is kept alive.
struct ConsoleParts {
  std::shared_ptr<const Setup> setup;
  std::shared_ptr<const access::Admission> admission;
  const Metrics& metrics;
  mcp::Server& server;
  const audit::Trail* trail = nullptr;  // null: nothing is recorded
  const AuditSinks* sinks = nullptr;    // null: it goes nowhere else
  const plugin::Secrets& secrets;
  Reaper& reaper;
};

// Made once the content is loaded. Samples the history from then on.
class ConsolePages {
 public:
  // The functions on any thread.
  struct Asked {
    std::function<ConsoleParts()> now;
    std::function<std::string()> metrics;
    std::function<ops::Health()> health;
    std::function<std::size_t()> in_flight;
    const ops::Life& life;
  };
  explicit ConsolePages(Asked asked);
  ConsolePages(const ConsolePages&) = delete;

  // For the ops listener's thread alone.
  ops::Page answer(std::string_view target) const { return console_.answer(target); }

 private:
  using Json = nlohmann::json;
  using Query = console::Query;

  Json overview() const;
  Json history(const Query& query) const;
  // console_traffic.cpp: what clients do
  Json traffic() const;
  Json search() const;
  Json clients() const;
  // console_content.cpp: what is served
  Json content() const;
  // console_knowledge.cpp: how it hangs together
  Json knowledge(const Query& query) const;
  // console_standing.cpp: how the process stands
  Json security() const;
  Json audit() const;
  Json plugins() const;
  Json checks() const;
  Json compliance() const;
  Json settings() const;
  Json system() const;

  const Asked asked_;
  console::Console console_;
  ConsoleSampler sampler_;
  // The last result of the checks, which read files.
  struct Checked;
  const Checked& checked() const;
  struct CheckedDeleter {
    void operator()(Checked* checked) const;
  };
  mutable std::unique_ptr<Checked, CheckedDeleter> checked_;
};

}  // namespace govhost::app
