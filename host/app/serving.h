// The life of a serving process: transports run, signals come, everything drains.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "app/reloader.h"
#include "app/runtime.h"
#include "app/steering.h"
#include "core/unique_fd.h"
#include "ops/control.h"
#include "ops/life.h"
#include "ops/listener.h"
#include "ops/service_manager.h"
#include "serve/dispatch.h"
#include "serve/port.h"
#include "serve/workers.h"

namespace govhost::app {

// Signals that end or steer the process; block them before the first thread is made, so that only
// the control thread sees them.
void block_signals();

class Serving {
 public:
  // `load` reads the configuration again, as it was read at the start.
  Serving(Runtime& runtime, Reloader::Load load);
  ~Serving();
  Serving(const Serving&) = delete;

  // Serves until a signal comes or every transport has ended; returns the exit code. Problems of
  // the start are added to `problems` (exit code 2). May end the process at once when a plugin does
  // not let go of a thread.
  int run(std::vector<std::string>& problems);

 private:
  struct Lane;  // one transport on its thread

  bool open_listeners(std::vector<std::string>& problems);
  void record(std::string_view action);
  void wake();
  int wait_event(std::chrono::milliseconds limit);
  bool wait_listening(std::vector<std::string>& problems);
  // The first signal that ends asks for a drain; the second one ends the process at once.
  void heed(int signal);
  void drain();
  bool all_ended() const;
  void note_failures(std::vector<std::string>& problems) const;

  Runtime& runtime_;
  const Reloader::Load load_;
  ops::Life life_;
  const ops::ServiceManager manager_ = ops::ServiceManager::from_environment();
  Workers workers_;
  Dispatcher dispatcher_;
  std::unique_ptr<Reloader> reloader_;
  std::unique_ptr<Steering> steering_;
  std::unique_ptr<ConsolePages> console_;
  std::unique_ptr<ops::Listener> listener_;  // ends before what its pages tell of
  std::unique_ptr<ops::Control> control_;
  UniqueFd signals_, events_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  bool stopping_ = false;
};

}  // namespace govhost::app
