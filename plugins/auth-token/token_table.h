// The tokens somebody may present, known by their digests only.
#pragma once

#include <gov/auth.hpp>
#include <nlohmann/json_fwd.hpp>

#include <array>
#include <map>
#include <unordered_map>

#include "network.h"
#include "token_digest.h"

using Digest = auth_common::TokenDigest;

struct Token {
  std::string id;   // of the client
  std::string key;  // which of its keys; empty: its only one
  std::vector<std::string> scopes;
  std::vector<Network> networks;  // that it may come from; none: any
  std::int64_t expires_ms = 0;    // Unix time; 0: does not expire
};

// Filled by one thread, then read by any number of them.
class TokenTable {
 public:
  static constexpr std::size_t kMaxTokens = 10'000;

  // Adds the objects of a JSON array. `where` names the array in errors: "auth.options.tokens".
  gov::Status add(const nlohmann::json& entries, const std::string& where);

  // The token whose text is presented, or nullptr.
  const Token* find(std::string_view presented) const;
  std::size_t size() const { return tokens_.size(); }

 private:
  struct Hash {
    std::size_t operator()(const Digest& digest) const;
  };
  // Takes the same time wherever two digests differ.
  struct Equal {
    bool operator()(const Digest& a, const Digest& b) const;
  };

  gov::Status add_one(const nlohmann::json& entry, const std::string& where);

  std::unordered_map<Digest, Token, Hash, Equal> tokens_;
  // Of a client: where its keys were written, by their names.
  std::unordered_map<std::string, std::map<std::string, std::string>> places_;
};

// The objects of a file are added to those of a table.
gov::Status add_token_file(const std::string& path, TokenTable& table);
