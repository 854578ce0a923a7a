// The sinks of the audit trail, as they are configured.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "audit/trail.h"
#include "config/model.h"
#include "egress/session.h"
#include "observe/log.h"
#include "plugin/secrets.h"
#include "shipping/shipper.h"

namespace govhost::app {

class AuditSinks {
 public:
  // What it works with; all of it outlives the sinks.
  struct Parts {
    const egress::Settings& egress;
    plugin::Secrets& secrets;
    audit::Trail& trail;
    Log& log;
  };
  // Sends from here on. Null after adding to `problems`.
  static std::unique_ptr<AuditSinks> start(const config::Audit& config, const Parts& parts,
                                           std::vector<std::string>& problems);
  ~AuditSinks();

  struct State {
    std::string name;
    std::uint64_t behind = 0;  // records
    bool failing = false;
  };
  std::vector<State> states() const;  // any thread

 private:
  explicit AuditSinks(audit::Trail& trail) : trail_(trail) {}
  void note_progress();

  audit::Trail& trail_;
  std::vector<std::unique_ptr<shipping::Shipper>> shippers_;
  std::atomic<bool> complete_{false};  // all of shippers_ are there
};

}  // namespace govhost::app
