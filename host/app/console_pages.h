// What the operators' console tells of this process: the data behind each of its pages.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "access/rate_limit.h"
#include "access/revocations.h"
#include "app/audit_sinks.h"
#include "app/console_sampler.h"
#include "app/content_control.h"
#include "audit/trail.h"
#include "config/model.h"
#include "config/show.h"
#include "console/console.h"
#include "mcp/server.h"
#include "observe/metrics.h"
#include "ops/life.h"
#include "ops/listener.h"
#include "plugin/secrets.h"
#include "search/service.h"
#include "serve/reaper.h"
#include "sync/engine.h"

namespace govhost::app {

// What it looks at; all of it outlives the pages.
struct ConsoleParts {
  const config::Config& config;
  const std::vector<config::Setting>& settings;  // in force, with their origins
  const Metrics& metrics;
  mcp::Server& server;
  ContentControl& content;
  const sync::Engine& engine;
  const search::Service& search;
  const access::RateLimits& rates;
  const access::Revocations* revocations = nullptr;  // null: nobody is revoked
  const audit::Trail* trail = nullptr;               // null: nothing is recorded
  const AuditSinks* sinks = nullptr;                 // null: it goes nowhere else
  const plugin::Secrets& secrets;
  Reaper& reaper;
};

// Made once the content is loaded. Samples the history from then on.
class ConsolePages {
 public:
  // `in_flight` [any].
  ConsolePages(const ConsoleParts& parts, const ops::Life& life,
               std::function<std::size_t()> in_flight);
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

  const ConsoleParts parts_;
  const ops::Life& life_;
  const std::function<std::size_t()> in_flight_;
  console::Console console_;
  ConsoleSampler sampler_;
  const std::string config_sha256_;  // of the file as it was read; empty: there is none
  // The last result of the checks, which read files.
  struct Checked;
  const Checked& checked() const;
  struct CheckedDeleter {
    void operator()(Checked* checked) const;
  };
  mutable std::unique_ptr<Checked, CheckedDeleter> checked_;
};

}  // namespace govhost::app
