// One file and the command line become a checked configuration.
#pragma once

#include "config/fault.h"
#include "config/model.h"
#include "config/show.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace govhost::config {

struct Request {
  std::optional<std::string> file;
  std::vector<std::string> set;        // KEY=VALUE, applied last and in this order
  bool stdio = false;                  // the transports become one of stdin and stdout
  std::optional<std::string> http;     // ADDR:PORT; with `stdio` there are two transports
  std::optional<std::string> content;  // directory that becomes the only source
  std::optional<std::string> ops;      // ADDR:PORT of the ops listener
  std::string plugin_directory;        // unless [plugins] names another one
  std::string builtin;                 // TOML text used when there is no file
};

struct Loaded {
  std::optional<Config> config;  // present when there are no faults
  std::vector<Fault> faults;     // all of one run, in the order of the file
  // The keys of the host and of the instances with their origins, for `config show`. Options of
  // plugins are not among them: which of them are secrets is known only to the plugin's schema,
  // whose check returns them (Checked::settings).
  std::vector<Setting> settings;
  // JSON pointers of what was written in the file and names a file, a folder or a secret, with the
  // value as Config has it. Options of plugins are not among them (Checked::paths, secrets).
  std::vector<std::pair<std::string, std::string>> paths, secrets;
};

Loaded load(const Request& request);

}  // namespace govhost::config
