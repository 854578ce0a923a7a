// What the verbs share: where output goes, and how a configuration is found and loaded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.h"
#include "observe/line_writer.h"
#include "observe/log.h"
#include "observe/stdio_guard.h"

namespace CLI {
class App;
}

namespace govhost::app {

// The process's streams. Results go to the real standard output, which the guard keeps; errors and
// logs go to standard error.
class Console {
 public:
  void out(std::string_view text) const;  // as it is
  void line(std::string_view text) const { out(std::string(text) + "\n"); }
  void problem(std::string_view sentence) const;  // "govhost: ..." on standard error
  int problems(const std::vector<std::string>& sentences) const;  // each; returns kBadConfig

  const StdioGuard& guard() const { return guard_; }

 private:
  StdioGuard guard_;
};

// Options that choose and change the configuration; shared by serve, call and config.
struct ConfigOptions {
  std::optional<std::string> file, http, content, ops, plugins, log_level;
  std::vector<std::string> set;
  bool stdio = false;

  void add_to(CLI::App& verb);
  config::Loaded load() const;
};

// Where the plugins are: beside the binary as installed (PREFIX/lib/govhost/plugins for
// PREFIX/bin/govhost) or as built.
std::string plugin_directory();

// The log of a verb, on standard error.
struct LogStream {
  explicit LogStream(Level level);
  LineWriter writer;
  Log log;
};

}  // namespace govhost::app
