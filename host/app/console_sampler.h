// Looks at the process every two seconds, for the console's plots and its list of changes.
#pragma once

#include <cstddef>
#include <functional>

#include "console/changes.h"
#include "console/history.h"

namespace govhost {
class Reaper;
}

namespace govhost::app {

struct ConsoleParts;

// Runs on the reaper's thread, for less than a millisecond each time.
class ConsoleSampler {
 public:
  struct Asked {
    std::function<ConsoleParts()> now;
    std::function<std::size_t()> in_flight;
  };
  explicit ConsoleSampler(Asked asked);
  ~ConsoleSampler();
  ConsoleSampler(const ConsoleSampler&) = delete;

  const console::History& history() const { return history_; }
  const console::Changes& changes() const { return changes_; }

 private:
  void sample();
  void sample_again();

  const Asked asked_;
  Reaper& reaper_;
  console::History history_;
  console::Changes changes_;
};

}  // namespace govhost::app
