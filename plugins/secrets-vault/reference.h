// How an operator names one field of one secret.
#pragma once

#include <gov/status.hpp>

#include <string>
#include <string_view>

namespace vault {

struct Reference {
  std::string mount, path;  // of the KV engine, and of the secret in it
  std::string field;        // empty: the only one
};

// "kv/apps/gov#token". Every segment holds letters, digits and "-_.~@+ " and is neither "." nor
// "..", so that nothing else than a secret can be asked for.
gov::Result<Reference> parse_reference(std::string_view text);

// For a URL: blanks and the like as %XX, slashes as they are.
std::string in_url(std::string_view path);

}  // namespace vault
