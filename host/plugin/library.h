// Plugin files that are loaded into the process. The only place that calls dlopen.
#pragma once

#include <gov/abi/base.h>
#include <gov/status.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "config/model.h"

namespace govhost::plugin {

// Every file is loaded at most once and stays loaded for the life of the process: threads, thread
// locals and exit handlers of a plugin make unloading unsafe. Thread-safe.
class Libraries {
 public:
  Libraries();
  ~Libraries();  // the files stay loaded

  // The component that the configuration names: by `ref.component`, or the file's only one of this
  // kind. Opens, checks and loads the file when it is not loaded yet. The pointer stays valid.
  gov::Result<const gov_component*> find(const config::PluginRef& ref, std::string_view kind);

  // All components of a file, for `govhost plugin info`.
  gov::Result<std::vector<const gov_component*>> components(const config::PluginRef& ref);

 private:
  struct File;
  gov::Result<const File*> load(const config::PluginRef& ref);

  std::mutex mutex_;
  std::vector<std::unique_ptr<File>> files_;
};

}  // namespace govhost::plugin
