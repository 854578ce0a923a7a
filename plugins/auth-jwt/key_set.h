// The keys of one issuer at one moment. Immutable.
#pragma once

#include <gov/status.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "key.h"

namespace jwt {

class KeySet {
 public:
  static constexpr std::size_t kMaxKeys = 100;

  // A JWK set (RFC 7517, 5). Members that cannot be used are left out and told of in `notes`.
  static gov::Result<KeySet> of_json(const std::string& text, std::vector<std::string>& notes);
  // A JWK set or PEM, whichever it is.
  static gov::Result<KeySet> of_file(const std::string& text, std::vector<std::string>& notes);

  // The keys that may have signed a token with this header. A key without a kid may have signed
  // any.
  std::vector<const Key*> candidates(std::string_view kid, std::string_view alg) const;
  bool knows(std::string_view kid) const;
  std::size_t size() const { return keys_.size(); }

 private:
  std::vector<Key> keys_;
};

}  // namespace jwt
