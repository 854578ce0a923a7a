// One configured plugin: creation, start, stop and the end.
#pragma once

#include <gov/abi.h>
#include <gov/status.hpp>

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <mutex>
#include <string>

#include "plugin/call.h"
#include "plugin/host_services.h"

namespace govhost::plugin {

// Created, started, stopped and destroyed on one control thread; calls in between may come from any
// worker. Never destroy one that still has a call inside.
class Instance {
 public:
  // What it may use of the host beside the log; all may be null and outlive it.
  struct Granted {
    const gov_stdio_v1* stdio = nullptr;
    std::unique_ptr<HttpClient> http = nullptr;
    Secrets* secrets = nullptr;  // null: its secrets need no store
  };

  // `options` are checked and complete. Errors are the plugin's own, with the instance named.
  static gov::Result<std::unique_ptr<Instance>> create(const gov_component& component,
                                                       std::string name,
                                                       const nlohmann::json& options, Log& log,
                                                       Granted granted);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  gov::Status start(CallContext& call);
  void stop();  // idempotent

  const std::string& name() const { return name_; }
  const gov_component& component() const { return component_; }
  bool never_blocks() const { return (component_.flags & GOV_NEVER_BLOCKS) != 0; }
  bool answers_at_once() const {
    return (component_.flags & (GOV_NEVER_BLOCKS | GOV_ANSWERS_AT_ONCE)) != 0;
  }
  gov_instance* raw() const { return raw_; }
  const void* extension(const char* id) const {  // null: not offered
    return raw_->extension ? raw_->extension(raw_, id) : nullptr;
  }
  template <class Table>
  const Table& table() const {
    return *static_cast<const Table*>(raw_->vtable);
  }

  // Held around every call of a GOV_SERIAL component; does nothing for the others. Not owning the
  // lock means that the deadline passed first.
  class Turn {
   public:
    Turn(Instance& instance, const CallContext& call);
    bool granted() const { return granted_; }

   private:
    std::unique_lock<std::timed_mutex> lock_;
    bool granted_ = true;
  };

 private:
  Instance(const gov_component& component, std::string name)
      : component_(component), name_(std::move(name)) {}

  const gov_component& component_;
  const std::string name_;
  std::unique_ptr<HostServices> services_;
  gov_instance* raw_ = nullptr;
  bool stopped_ = false;
  std::timed_mutex serial_;
};

}  // namespace govhost::plugin
