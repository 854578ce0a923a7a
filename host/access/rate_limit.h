// How often a caller may ask.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace govhost::access {

using Clock = std::chrono::steady_clock;

// The generic cell rate algorithm (ITU-T I.371, annex A): one time for each key, and what is
// refused does not push the limit further, so that an agent which tries again and again is let in
// as soon as one which waits. Thread-safe. Holds a bounded number of keys: the one that was asked
// least recently makes room.
class RateLimit {
 public:
  static constexpr std::size_t kMostKeys = 65'536;

  struct Settings {
    std::string name;  // in answers and metrics
    double per_second = 1;
    std::uint32_t burst = 1;  // units at once, when nothing was asked for a while
    std::map<std::string, std::uint32_t, std::less<>> cost = {};  // units, by tool; others are 1
    std::size_t most_keys = kMostKeys;
  };
  struct Verdict {
    bool allowed = true;
    bool first = false;  // refusal since something was allowed, or since the key is known
    Clock::duration retry_after{0};
  };

  explicit RateLimit(Settings settings);

  Verdict ask(std::string_view key, std::string_view tool, Clock::time_point now);

  const Settings& settings() const { return settings_; }
  std::uint64_t allowed() const { return allowed_; }
  std::uint64_t refused() const { return refused_; }
  std::uint64_t evictions() const { return evictions_; }
  std::size_t keys() const;

 private:
  struct Entry {
    std::string key;
    Clock::time_point full;  // when the key has all of its burst again
    bool refusing = false;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> used;                                                    // the latest first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key;  // views into `used`
  };
  static constexpr std::size_t kShards = 16;  // so that loops seldom meet at a lock
  Entry& entry_of(Shard& shard, std::string_view key, Clock::time_point now);

  const Settings settings_;
  const Clock::duration interval_;  // of one unit
  const std::size_t shard_keys_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> allowed_{0}, refused_{0}, evictions_{0};
};

// All limits of a server.
class RateLimits {
 public:
  enum class Per { kAddress, kPrincipal };
  struct Refusal {
    const RateLimit* limit = nullptr;
    RateLimit::Verdict verdict;
  };

  void add(Per per, RateLimit::Settings settings);
  bool empty() const { return limits_.empty(); }
  // Asks every limit of this kind; the first that refuses.
  std::optional<Refusal> ask(Per per, std::string_view key, std::string_view tool,
                             Clock::time_point now);
  // For metrics.
  std::vector<const RateLimit*> all() const;

 private:
  std::vector<std::pair<Per, std::unique_ptr<RateLimit>>> limits_;
};

// Who is counted as one by address: "192.0.2.7:4711" without its port, and of IPv6 the network of
// 64 bits, which one host may have all of (RFC 6177).
std::string network_of(std::string_view address);

}  // namespace govhost::access
