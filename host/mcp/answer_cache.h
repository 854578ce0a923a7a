// Answers of tools that follow from the content alone, kept until the content is replaced.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "content/visibility.h"
#include "mcp/json.h"

namespace govhost::mcp {

// Least recently used out first, a bounded number of bytes. Thread-safe. One belongs to one
// generation: an answer never outlives the content it came from.
class AnswerCache {
 public:
  // 1000 answers of a search; what a server may take beside its content.
  static constexpr std::size_t kBytes = std::size_t{8} << 20u;
  // An answer beyond this is not kept: it would push out too many others.
  static constexpr std::size_t kMaxAnswer = std::size_t{128} << 10u;

  explicit AnswerCache(std::size_t bytes = kBytes) : shard_bytes_(bytes / kShards) {}

  // What tells one answer from another: the tool, the arguments whatever their order, and what the
  // caller may see, which is decided before.
  static std::string key(std::string_view tool, const Json& arguments,
                         const content::Visibility& visible);

  using Text = std::shared_ptr<const std::string>;
  Text find(const std::string& key);  // null: not here
  void put(std::string key, Text text);

  struct Size {
    std::size_t entries = 0, bytes = 0;
    std::uint64_t evictions = 0;
  };
  Size size() const;

 private:
  static constexpr std::size_t kShards = 8;  // so that loops seldom meet at a lock
  struct Entry {
    std::string key;
    Text text;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> used;                                                    // the latest first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key;  // views into `used`
    std::size_t bytes = 0;
    std::uint64_t evictions = 0;
  };
  static std::size_t cost(const Entry& entry);
  Shard& shard(std::string_view key);

  const std::size_t shard_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace govhost::mcp
