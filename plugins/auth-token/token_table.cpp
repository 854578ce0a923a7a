#include "token_table.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <system_error>

#include "rfc3339.h"

namespace {

using nlohmann::json;

constexpr std::size_t kMaxId = 128;
constexpr std::size_t kMaxScopes = 64;
constexpr std::size_t kMaxScope = 128;
constexpr off_t kMaxFile = 8 << 20;  // 10000 entries of the usual 200 bytes, four times over

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool parse_digest(const std::string& hex, Digest& digest) {
  if (hex.size() != 2 * digest.size()) return false;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    digest[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return true;
}

// Printable ASCII without blanks, quotes and backslashes (RFC 6749, 3.3): ids and scopes are
// written into logs and headers.
bool is_name(const std::string& text, std::size_t longest) {
  if (text.empty() || text.size() > longest) return false;
  for (const char c : text)
    if (c <= ' ' || c > '~' || c == '"' || c == '\\') return false;
  return true;
}

std::string text_in(const json& entry, const char* name) {
  const auto found = entry.find(name);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : "";
}

gov::Status read_scopes(const json& entry, const std::string& where, Token& token) {
  const auto scopes = entry.find("scopes");
  if (scopes == entry.end()) return {};
  if (!scopes->is_array() || scopes->size() > kMaxScopes)
    return gov::invalid(where + ".scopes must be an array of at most 64 texts");
  for (const json& scope : *scopes) {
    if (!scope.is_string() || !is_name(scope.get<std::string>(), kMaxScope))
      return gov::invalid(where + ".scopes[" + std::to_string(token.scopes.size()) +
                          "] must be 1 to 128 printable ASCII characters without blanks, "
                          "quotes and backslashes");
    token.scopes.push_back(scope.get<std::string>());
  }
  return {};
}

gov::Status read_expiry(const json& entry, const std::string& where, Token& token) {
  if (!entry.contains("expires")) return {};
  const std::optional<std::int64_t> time = parse_rfc3339(text_in(entry, "expires"));
  // The contract's 0 means "never", so a time at or before 1970 must not become one.
  if (!time || *time <= 0)
    return gov::invalid(where + ".expires must be a time such as \"2027-01-31T09:30:00Z\"");
  token.expires_ms = *time;
  return {};
}

}  // namespace

std::size_t TokenTable::Hash::operator()(const Digest& digest) const {
  std::size_t value = 0;
  std::memcpy(&value, digest.data(), sizeof value);
  return value;
}

bool TokenTable::Equal::operator()(const Digest& a, const Digest& b) const {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

gov::Status TokenTable::add(const json& entries, const std::string& where) {
  if (!entries.is_array()) return gov::invalid(where + " must be a JSON array of objects");
  if (entries.size() > kMaxTokens - tokens_.size())
    return gov::invalid(where + " has " + std::to_string(entries.size()) +
                        " entries; 10000 tokens in all are the most this plugin takes");
  std::size_t i = 0;
  for (const json& entry : entries)
    if (gov::Status s = add_one(entry, where + "[" + std::to_string(i++) + "]"); !s.ok()) return s;
  return {};
}

gov::Status TokenTable::add_one(const json& entry, const std::string& where) {
  if (!entry.is_object()) return gov::invalid(where + " must be an object");
  for (const auto& item : entry.items()) {
    const std::string& key = item.key();
    // The key is not repeated: whoever mixes things up may have written a token in its place.
    if (key != "id" && key != "sha256" && key != "scopes" && key != "expires")
      return gov::invalid(where + " has an unknown key; use id, sha256, scopes and expires");
  }
  Token token{text_in(entry, "id"), {}, 0};
  if (!is_name(token.id, kMaxId))
    return gov::invalid(where +
                        ".id must be 1 to 128 printable ASCII characters without blanks, "
                        "quotes and backslashes");
  Digest digest{};
  if (!parse_digest(text_in(entry, "sha256"), digest))
    return gov::invalid(where + ".sha256 must be 64 hex digits, the SHA-256 of the token");
  if (gov::Status s = read_scopes(entry, where, token); !s.ok()) return s;
  if (gov::Status s = read_expiry(entry, where, token); !s.ok()) return s;

  if (const auto [other, added] = places_.emplace(token.id, where); !added)
    return gov::invalid(where + ".id is the same as " + other->second + ".id");
  const auto [other, added] = tokens_.emplace(digest, token);
  if (added) return {};
  return gov::invalid(where + ".sha256 is the same as " + places_[other->second.id] + ".sha256");
}

const Token* TokenTable::find(std::string_view presented) const {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(presented.data()), presented.size(), digest.data());
  const auto found = tokens_.find(digest);
  return found == tokens_.end() ? nullptr : &found->second;
}

gov::Result<json> read_token_file(const std::string& path) {
  const auto fails = [&](const std::string& why) {
    return gov::invalid("auth.options.file " + path + " " + why);
  };
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return fails("cannot be opened: " + std::error_code(errno, std::generic_category()).message());
  struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  } const closer{fd};
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return fails("is not a regular file");
  // Whoever writes to it can let himself in.
  if ((info.st_mode & S_IWOTH) != 0) return fails("can be written by everybody; run chmod o-w");
  if (info.st_size > kMaxFile) return fails("is larger than 8 MiB");

  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(fd, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fails("cannot be read to its end");
    size += static_cast<std::size_t>(n);
  }
  try {
    return json::parse(text);
  } catch (const json::parse_error& e) {
    // Not e.what(): it quotes the file.
    return fails("is not JSON: fault near byte " + std::to_string(e.byte));
  }
}
