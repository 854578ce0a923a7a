#include "ops/life.h"

namespace govhost::ops {

void Life::advance(Stage stage) {
  int now = stage_.load();
  while (now < static_cast<int>(stage) &&
         !stage_.compare_exchange_weak(now, static_cast<int>(stage))) {
  }
}

std::string_view name_of(Stage stage) {
  switch (stage) {
    case Stage::kStarting: return "starting";
    case Stage::kReady: return "ready";
    case Stage::kDraining: return "draining";
  }
  return "unknown";
}

}  // namespace govhost::ops
