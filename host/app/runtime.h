// Everything that one configuration makes, wired top to bottom: plugins, content, search, the MCP
// server. The transports are added by Serving; `govhost call` does without.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "access/chain.h"
#include "access/policy.h"
#include "access/rate_limit.h"
#include "app/audit_sinks.h"
#include "app/bundle_keeper.h"
#include "app/console_pages.h"
#include "app/content_control.h"
#include "app/content_service.h"
#include "app/instances.h"
#include "audit/trail.h"
#include "config/model.h"
#include "mcp/generation.h"
#include "mcp/server.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "ops/listener.h"
#include "plugin/adapters.h"
#include "plugin/library.h"
#include "plugin/secrets.h"
#include "search/service.h"
#include "serve/reaper.h"

namespace govhost::app {

// What scopes allow by the rules of a configuration.
access::Policy policy_of(const config::Policy& policy);

// How far a configuration is carried out.
enum class Extent {
  kCheck,         // every instance is created, none is started
  kNoTransports,  // for one call from the command line
  kServe,
};

class Runtime {
 public:
  // Null after adding to `problems`.
  static std::unique_ptr<Runtime> build(const config::Config& config, Log& log,
                                        const gov_stdio_v1& stdio, Extent extent,
                                        mcp::Offered offer, std::vector<std::string>& problems);
  ~Runtime();
  Runtime(const Runtime&) = delete;

  // See ContentService::load; the sources are read again only where there is somebody to serve.
  bool load_content(std::vector<std::string>& problems);

  // A request of the control socket. Thread-safe once the content is loaded.
  gov::Result<nlohmann::json> control(const nlohmann::json& request);
  ContentService& content() { return *content_; }
  // No source is read any more.
  void stop_content() { content_->stop(); }

  mcp::Server& server() { return *server_; }
  const access::Chain& access() const { return *access_; }
  audit::Trail* trail() { return trail_.get(); }  // null: nothing is recorded
  Metrics* metrics() { return config_.ops.enabled ? &metrics_ : nullptr; }
  access::RateLimits* rates() { return rates_.empty() ? nullptr : &rates_; }
  // The page that Prometheus reads. Thread-safe once the content is loaded.
  std::string metrics_text(std::size_t in_flight);
  // Likewise.
  ops::Health health();
  // What the console looks at. Valid once the content is loaded.
  ConsoleParts console_parts();
  // Asks for it at each call; empty when that fails. Null: there is none.
  std::function<std::string()> metrics_token();
  Reaper& reaper() { return reaper_; }
  Log& log() { return log_; }
  const config::Config& config() const { return config_; }
  const std::vector<config::Setting>& settings() const { return settings_; }
  // The settings that are the host's own, for the console: those of plugins are known already.
  void tell(const std::vector<config::Setting>& settings) {
    settings_.insert(settings_.begin(), settings.begin(), settings.end());
  }

  struct TransportSlot {
    std::string name;
    plugin::Instance* instance = nullptr;
    std::unique_ptr<plugin::Transport> transport;
  };
  std::vector<TransportSlot>& transports() { return transports_; }

  // Gives up an index that is still being built, then stops and destroys every instance in reverse
  // order.
  void stop();

 private:
  struct SourceSlot {
    const config::Source* config = nullptr;
    plugin::Instance* instance = nullptr;  // null for the built-in source
    std::unique_ptr<plugin::Source> source;
  };

  Runtime(const config::Config& config, Log& log, Extent extent)
      : config_(config), log_(log), extent_(extent) {}
  void make_instances(InstanceMaker& maker, Extent extent);
  void make_source(InstanceMaker& maker, const config::Source& source);
  bool may_be_absent(const config::Source& source) const;
  std::unique_ptr<plugin::Source> late_source(const config::Source& source, gov::Status why);
  InstanceMaker maker(const gov_stdio_v1* stdio);
  bool start_instances(InstanceMaker& maker);
  bool read_egress(std::vector<std::string>& problems);
  plugin::Instance* keep(std::unique_ptr<plugin::Instance> instance, std::string_view kind,
                         const std::string& source = {});
  bool resolve_keys(std::vector<std::string>& problems);
  void wire(search::Vocabulary vocabulary, mcp::Offered offer);
  bool read_revocations(std::vector<std::string>& problems);
  void watch_revocations();
  bool make_limits(const mcp::Offered& offer, std::vector<std::string>& problems);

  const config::Config config_;
  Log& log_;
  const Extent extent_;
  Reaper reaper_;
  std::unique_ptr<audit::Trail> trail_;
  Metrics metrics_;
  const egress::Observers observers_{log_, metrics_, trail_};
  egress::Settings egress_;
  plugin::Secrets secrets_{log_, config_.host.secret_refresh};
  plugin::Libraries libraries_;
  std::vector<std::unique_ptr<plugin::Instance>> instances_;
  std::vector<config::Setting> settings_;
  std::vector<std::string> keys_;
  mcp::ServerStatus status_;
  std::vector<SourceSlot> sources_;
  std::unique_ptr<plugin::SearchBackend> backend_;
  std::vector<std::unique_ptr<plugin::Authenticator>> authenticators_;
  std::vector<TransportSlot> transports_;
  std::unique_ptr<access::Revocations> revocations_;  // null: nobody is revoked
  access::Policy policy_;
  std::unique_ptr<access::Chain> access_;
  access::RateLimits rates_;
  mcp::Published published_;
  std::unique_ptr<search::Service> search_;
  std::unique_ptr<mcp::Server> server_;
  std::unique_ptr<BundleKeeper> keeper_;
  std::unique_ptr<ContentService> content_;
  std::unique_ptr<ContentControl> control_;
  std::unique_ptr<AuditSinks> sinks_;  // null: none
};

}  // namespace govhost::app
