// Tokens whose signatures were good, so that they are checked once.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "claims.h"
#include "key_set.h"
#include "token_digest.h"

namespace jwt {

// Knows a token by its SHA-256 only, and not longer than its keys are in force. Thread-safe;
// bounded: the one that was used least recently makes room.
class Accepted {
 public:
  using Digest = auth_common::TokenDigest;
  static constexpr std::size_t kMost = 16'384;

  // Null: it is not known, with these keys.
  std::shared_ptr<const Bearer> find(const Digest& digest, const KeySet* keys);
  void put(const Digest& digest, std::shared_ptr<const KeySet> keys,
           std::shared_ptr<const Bearer> bearer);

 private:
  struct Entry {
    Digest digest;
    std::shared_ptr<const KeySet> keys;
    std::shared_ptr<const Bearer> bearer;
  };
  struct Hash {
    std::size_t operator()(const Digest& digest) const;
  };
  struct Shard {
    std::mutex mutex;
    std::list<Entry> used;  // the latest first
    std::unordered_map<Digest, std::list<Entry>::iterator, Hash> by_digest;
  };
  static constexpr std::size_t kShards = 8;
  Shard& shard_of(const Digest& digest) { return shards_[digest[31] % kShards]; }

  std::array<Shard, kShards> shards_;
};

}  // namespace jwt
