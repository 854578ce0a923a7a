// Signatures over the chain. A line of checkpoints.jsonl says that record `seq` had this hash, and
// with it all records before; only who has the private key can write one:
//
//   {"seq":1000,"hash":"...","ts":"...","key":"<id>","sig":"<Ed25519 of all text before ,"sig">"}
//
// Copied elsewhere, they show that the end of a trail was cut off.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/chain.h"
#include "core/ed25519.h"

namespace govhost::audit {

// With a line break.
std::string make_checkpoint(const Link& last, const SigningKey& key);

struct Checkpoint {
  std::uint64_t seq = 0;
  std::string hash, time, text, signature;  // `signature` is of `text`
};
// nullopt: the line is none. The signature is not checked.
std::optional<Checkpoint> read_checkpoint(std::string_view line);

}  // namespace govhost::audit
