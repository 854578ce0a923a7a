// Everything that one process serves with: what lasts, and the configuration in force. The
// transports' threads are Serving's; `govhost call` does without.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/audit_sinks.h"
#include "app/console_pages.h"
#include "app/ground.h"
#include "app/metrics_page.h"
#include "app/reload_report.h"
#include "app/setup.h"
#include "config/load.h"
#include "core/current.h"
#include "mcp/server.h"
#include "ops/listener.h"

namespace govhost::app {

class Runtime {
 public:
  // Null after adding to `problems`. `loaded` has no faults.
  static std::unique_ptr<Runtime> build(config::Loaded loaded, Log& log, const gov_stdio_v1& stdio,
                                        Extent extent, mcp::Offered offer,
                                        std::vector<std::string>& problems);
  ~Runtime();
  Runtime(const Runtime&) = delete;

  // See ContentService::load; the sources are read again only where there is somebody to serve.
  bool load_content(std::vector<std::string>& problems);

  // Puts another configuration in force, or says what keeps it from that: then nothing has changed.
  // One at a time, once the content is loaded. `only_look`: nothing is put in force.
  ReloadReport reload(config::Loaded loaded, bool only_look);

  // A request of the control socket about the content. Thread-safe once the content is loaded.
  gov::Result<nlohmann::json> control(const nlohmann::json& request);
  // No source is read any more.
  void stop_content() { setup()->content().stop(); }

  mcp::Server& server() { return *server_; }
  const Current<const access::Admission>& admission() const { return admission_; }
  audit::Trail* trail() { return ground_.trail.get(); }  // null: nothing is recorded
  Metrics* metrics() { return config_.ops.enabled ? &ground_.metrics : nullptr; }
  // The page that Prometheus reads. Thread-safe once the content is loaded.
  std::string metrics_text(std::size_t in_flight, ConfigState config);
  // Likewise.
  ops::Health health();
  // What the console looks at. Valid once the content is loaded.
  ConsoleParts console_parts();
  // Asks for it at each call; empty when that fails. Null: there is none.
  std::function<std::string()> metrics_token();
  Reaper& reaper() { return ground_.reaper; }
  Log& log() { return ground_.log; }
  // Of the start. What a later one may say otherwise is asked of setup().
  const config::Config& config() const { return config_; }
  // In force now.
  std::shared_ptr<Setup> setup() const { return setup_.get(); }

  struct TransportSlot {
    std::string name;
    std::unique_ptr<plugin::Transport> transport;
  };
  std::vector<TransportSlot>& transports() { return transports_; }

  // Gives up an index that is still being built, then stops and destroys every instance in reverse
  // order.
  void stop();

 private:
  Runtime(const config::Config& config, Log& log, Extent extent, mcp::Offered offer)
      : config_(config),
        offer_(std::move(offer)),
        ground_{.log = log,
                .extent = extent,
                .secrets = plugin::Secrets(log, config.host.secret_refresh)} {}
  Setup::Given given(config::Loaded loaded) const;
  bool read_egress(std::vector<std::string>& problems);
  bool resolve_keys(std::vector<std::string>& problems);

  const config::Config config_;
  const mcp::Offered offer_;
  gov_stdio_v1 stdio_{};
  mutable Ground ground_;
  std::vector<std::string> keys_;
  std::unique_ptr<mcp::Server> server_;
  Current<const access::Admission> admission_;
  Current<Setup> setup_;
  std::vector<TransportSlot> transports_;
  std::unique_ptr<AuditSinks> sinks_;  // null: none
};

}  // namespace govhost::app
