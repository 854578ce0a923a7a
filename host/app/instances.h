// Configured plugins become running instances.
#pragma once

#include <gov/abi.h>
#include <gov/status.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/disposer.h"
#include "config/model.h"
#include "config/show.h"
#include "egress/client.h"
#include "egress/session.h"
#include "observe/log.h"
#include "plugin/instance.h"
#include "plugin/library.h"
#include "plugin/secrets.h"
#include "serve/reaper.h"

namespace govhost::app {

// A running plugin and what it is configured to be.
struct HeldInstance {
  std::string key;
  std::shared_ptr<plugin::Instance> instance;
};

// What one run of making instances needs and what it found wrong.
struct InstanceMaker {
  const config::Config& config;
  plugin::Libraries& libraries;
  Reaper& reaper;
  Log& log;
  const gov_stdio_v1* stdio = nullptr;           // for transports
  const egress::Settings* egress = nullptr;      // outlives the instances
  const egress::Observers* observers = nullptr;  // likewise
  plugin::Secrets* secrets = nullptr;            // likewise
  Disposer* disposer = nullptr;                  // likewise; it ends them
  bool serving = false;                   // a plugin that hangs must not end the process any more
  std::span<const HeldInstance> held;     // that may be configured as before
  std::vector<HeldInstance> fresh;        // that are made, and not started yet
  std::vector<std::string> problems;      // sentences for the operator
  std::vector<config::Setting> settings;  // options with their origins, for `config show`

  // Loads the file, checks the options and creates the instance, unless one is held that is
  // configured alike; null after adding to `problems`.
  // `kind` is the table's name in the configuration: "transport", "source", "search", "auth",
  // "secrets".
  // With `absence` what keeps it from being created, other than its options, goes there instead.
  HeldInstance make(std::string_view kind, const config::Instance& instance,
                    gov::Status* absence = nullptr);

  bool check_listens(std::string_view kind, const config::Instance& instance,
                     const std::vector<std::string>& addresses);
  gov::Status start(plugin::Instance& instance);
  // What the grants allow; null in `http`: nothing is granted. False after adding to `problems`.
  bool make_http(const config::Instance& instance, const std::string& name,
                 std::unique_ptr<plugin::HttpClient>& http);
};

}  // namespace govhost::app
