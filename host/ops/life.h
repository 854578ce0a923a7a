// Where the process is in its life, for probes.
#pragma once

#include <atomic>
#include <string_view>

namespace govhost::ops {

enum class Stage : int { kStarting, kReady, kDraining };

// Thread-safe. Only ever moves forward.
class Life {
 public:
  Stage stage() const { return static_cast<Stage>(stage_.load()); }
  void advance(Stage stage);

 private:
  std::atomic<int> stage_{static_cast<int>(Stage::kStarting)};
};

std::string_view name_of(Stage stage);

}  // namespace govhost::ops
