#include "key_set.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace jwt {

using nlohmann::json;

gov::Result<KeySet> KeySet::of_json(const std::string& text, std::vector<std::string>& notes) {
  const json set = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto keys = set.is_object() ? set.find("keys") : set.end();
  if (!set.is_object() || keys == set.end() || !keys->is_array())
    return gov::invalid("it is no JWK set: an object with an array \"keys\"");
  if (keys->size() > kMaxKeys) return gov::invalid("it has more than 100 keys");
  KeySet out;
  for (const json& each : *keys) {
    gov::Result<Key> key = key_of_jwk(each);
    if (key)
      out.keys_.push_back(std::move(*key));
    else if (key.status().code() != GOV_NOT_MINE)
      notes.push_back(key.status().message());
  }
  if (out.keys_.empty()) return gov::invalid("it holds no key that can check a signature");
  return out;
}

gov::Result<KeySet> KeySet::of_file(const std::string& text, std::vector<std::string>& notes) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && text[first] == '{') return of_json(text, notes);
  gov::Result<std::vector<Key>> keys = keys_of_pem(text);
  if (!keys) return keys.status();
  if (keys->size() > kMaxKeys) return gov::invalid("it has more than 100 keys");
  KeySet out;
  out.keys_ = std::move(*keys);
  return out;
}

std::vector<const Key*> KeySet::candidates(std::string_view kid, std::string_view alg) const {
  // Of a token that names no key so many are tried: each costs the time of a signature.
  constexpr std::size_t kMostTries = 8;
  std::vector<const Key*> out;
  for (const Key& key : keys_) {
    if (!kid.empty() && !key.kid.empty() && key.kid != kid) continue;
    if (std::find(key.algs.begin(), key.algs.end(), alg) == key.algs.end()) continue;
    if (out.size() < kMostTries) out.push_back(&key);
  }
  return out;
}

bool KeySet::knows(std::string_view kid) const {
  return std::any_of(keys_.begin(), keys_.end(),
                     [&](const Key& key) { return key.kid.empty() || key.kid == kid; });
}

}  // namespace jwt
