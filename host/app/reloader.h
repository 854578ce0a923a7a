// Reads the configuration again when somebody asks for it, and puts it in force.
#pragma once

#include <gov/status.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "app/reload_report.h"
#include "app/runtime.h"
#include "config/load.h"

namespace govhost::app {

// One thread. Thread-safe.
class Reloader {
 public:
  using Load = std::function<config::Loaded()>;

  // `load` as the process was started: the same file and the same options of the command line.
  Reloader(Runtime& runtime, Load load);
  ~Reloader() { stop(); }
  Reloader(const Reloader&) = delete;

  // Whoever waits is told so; returns when no reload is under way.
  void stop();

  // How it ends is in the log, the metrics and the trail. `why`: "SIGHUP", "the file has changed".
  void request(std::string_view why);
  // `govhost reload`: {"dry_run": bool}. Waits for the end.
  gov::Result<nlohmann::json> answer(const nlohmann::json& request);

  struct State {
    bool successful = true;  // the last one, or the start
    std::chrono::system_clock::time_point succeeded;
  };
  State state() const;

 private:
  struct Job {
    std::string why;
    bool only_look = false;
    std::shared_ptr<ReloadReport> report;
    bool done = false;
  };
  std::shared_ptr<Job> add(std::string_view why, bool only_look);
  void run();
  void carry_out(Job& job);
  void note(const Job& job);
  bool file_has_settled();

  Runtime& runtime_;
  const Load load_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Job> next_;  // null: nothing is asked for
  State state_;
  bool stopping_ = false;
  // Of the watched file: what it was when it was read, and a moment ago.
  struct Stamp {
    std::int64_t seconds = 0, nanoseconds = 0, size = 0;
    std::uint64_t inode = 0;
    bool operator==(const Stamp&) const = default;
  };
  static std::optional<Stamp> stamp_of(const std::string& file);
  std::optional<Stamp> read_, seen_;
  std::thread thread_;
};

}  // namespace govhost::app
