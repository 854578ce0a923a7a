#include "mcp/answer_cache.h"

#include <functional>
#include <utility>

namespace govhost::mcp {
namespace {

constexpr std::size_t kOverhead = 160;  // of an entry: nodes of the list and the map, headers

}  // namespace

std::string AnswerCache::key(std::string_view tool, const Json& arguments,
                             const content::Visibility& visible) {
  // Names of tools hold no NUL, and JSON text escapes it. Members of objects are sorted.
  std::string out(tool);
  out += '\0';
  append_text(out, arguments);
  if (!visible.everything()) (out += '\0') += std::to_string(visible.hidden());
  return out;
}

std::size_t AnswerCache::cost(const Entry& entry) {
  return entry.key.size() + entry.text->size() + kOverhead;
}

AnswerCache::Shard& AnswerCache::shard(std::string_view key) {
  return shards_[std::hash<std::string_view>{}(key) % kShards];
}

AnswerCache::Text AnswerCache::find(const std::string& key) {
  Shard& shard = this->shard(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found == shard.by_key.end()) return nullptr;
  shard.used.splice(shard.used.begin(), shard.used, found->second);
  return found->second->text;
}

void AnswerCache::put(std::string key, Text text) {
  Entry entry{std::move(key), std::move(text)};
  const std::size_t bytes = cost(entry);
  if (bytes > kMaxAnswer || bytes > shard_bytes_) return;
  Shard& shard = this->shard(entry.key);
  const std::lock_guard lock(shard.mutex);
  if (shard.by_key.contains(entry.key)) return;  // somebody else was faster
  while (shard.bytes + bytes > shard_bytes_) {
    const Entry& oldest = shard.used.back();
    shard.bytes -= cost(oldest);
    shard.by_key.erase(oldest.key);
    shard.used.pop_back();
    ++shard.evictions;
  }
  shard.used.push_front(std::move(entry));
  shard.by_key.emplace(shard.used.front().key, shard.used.begin());
  shard.bytes += bytes;
}

AnswerCache::Size AnswerCache::size() const {
  Size all;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    all.entries += shard.used.size();
    all.bytes += shard.bytes;
    all.evictions += shard.evictions;
  }
  return all;
}

}  // namespace govhost::mcp
