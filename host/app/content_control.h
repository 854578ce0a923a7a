// What operators ask a running server about its content: the verbs of `govhost content`.
#pragma once

#include <gov/status.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "app/bundle_keeper.h"
#include "config/model.h"
#include "observe/log.h"
#include "sync/engine.h"

namespace govhost::app {

// Thread-safe.
class ContentControl {
 public:
  ContentControl(const config::Config& config, sync::Engine& engine, BundleKeeper& bundles,
                 Log& log)
      : config_(config), engine_(engine), bundles_(bundles), log_(log) {}

  // UNIMPLEMENTED for a verb that is not one of its own.
  gov::Result<nlohmann::json> answer(const nlohmann::json& request);

 private:
  using Json = nlohmann::json;

  gov::Result<Json> status() const;
  gov::Result<Json> sync(const Json& request);
  gov::Result<Json> diff(const Json& request) const;
  gov::Result<Json> accept(const Json& request);
  gov::Result<Json> rollback(const Json& request);
  gov::Result<Json> release();
  gov::Result<Json> take_import(const Json& request);
  Json outcome() const;

  const config::Config& config_;
  sync::Engine& engine_;
  BundleKeeper& bundles_;
  Log& log_;
};

}  // namespace govhost::app
