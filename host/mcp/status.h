// What the server knows of itself: for server_info, get_service_health and get_cache_stats.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace govhost::mcp {

// Immutable once it is in service.
struct ServerStatus {
  std::string version;      // of the build
  std::string config_file;  // name only, or "built-in"
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  struct PluginInfo {
    std::string kind, instance, component, version;
    std::string source = {};  // of documents; empty: it is none
  };
  std::vector<PluginInfo> plugins;

  double uptime_seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
};

// Counted by every call; relaxed, because nothing is decided by them.
struct Counters {
  std::atomic<std::uint64_t> answer_hits{0};    // answers that were already written
  std::atomic<std::uint64_t> answer_misses{0};  // answers that had to be written

  void hit() { answer_hits.fetch_add(1, std::memory_order_relaxed); }
  void miss() { answer_misses.fetch_add(1, std::memory_order_relaxed); }
};

}  // namespace govhost::mcp
