#include "accepted.h"

#include <cstring>
#include <utility>

namespace jwt {

std::size_t Accepted::Hash::operator()(const Digest& digest) const {
  std::size_t value = 0;
  std::memcpy(&value, digest.data(), sizeof value);
  return value;
}

std::shared_ptr<const Bearer> Accepted::find(const Digest& digest, const KeySet* keys) {
  Shard& shard = shard_of(digest);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_digest.find(digest);
  if (found == shard.by_digest.end() || found->second->keys.get() != keys) return nullptr;
  shard.used.splice(shard.used.begin(), shard.used, found->second);
  return found->second->bearer;
}

void Accepted::put(const Digest& digest, std::shared_ptr<const KeySet> keys,
                   std::shared_ptr<const Bearer> bearer) {
  Shard& shard = shard_of(digest);
  const std::lock_guard lock(shard.mutex);
  if (const auto old = shard.by_digest.find(digest); old != shard.by_digest.end()) {
    shard.used.erase(old->second);
    shard.by_digest.erase(old);
  }
  shard.used.push_front({digest, std::move(keys), std::move(bearer)});
  shard.by_digest.emplace(digest, shard.used.begin());
  if (shard.used.size() <= kMost / kShards) return;
  shard.by_digest.erase(shard.used.back().digest);
  shard.used.pop_back();
}

}  // namespace jwt
