// gov.auth/1 "token": bearer tokens (RFC 6750) of which the configuration holds only digests.
#include <gov/auth.hpp>

#include <nlohmann/json.hpp>

#include "token_table.h"

namespace {

using nlohmann::json;

constexpr const char* kSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "tokens": {"type": "array", "maxItems": 10000,
      "description": "The tokens; entries of `file` are added to them.",
      "items": {
        "type": "object", "required": ["id", "sha256"], "additionalProperties": false,
        "properties": {
          "id": {"type": "string", "description": "Who the token stands for, in logs and audit."},
          "sha256": {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$",
            "description": "SHA-256 of the token in hexadecimal digits."},
          "scopes": {"type": "array", "items": {"type": "string"}, "default": [],
            "description": "What the token may be used for."},
          "expires": {"type": "string",
            "description": "RFC 3339 time from which the token is refused."}
        }
      }
    },
    "file": {"type": "string", "x-gov-path": true,
      "description": "JSON file with an array of the same objects, read at start."}
  }
})";

constexpr std::size_t kMaxPresented = 4096;

std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

bool is_bearer(std::string_view scheme) {
  constexpr std::string_view kBearer = "bearer";
  return scheme.size() == kBearer.size() &&
         std::equal(scheme.begin(), scheme.end(), kBearer.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Any number of threads: the table does not change after start().
class TokenAuth final : public gov::Auth {
 public:
  static gov::Result<std::unique_ptr<TokenAuth>> create(gov::Host host, const gov::Config& config) {
    auto auth = std::make_unique<TokenAuth>(host, config.text_or("file", ""));
    const json options = json::parse(config.json(), nullptr, /*allow_exceptions=*/false);
    if (const auto tokens = options.find("tokens"); tokens != options.end())
      if (gov::Status s = auth->table_.add(*tokens, "auth.options.tokens"); !s.ok()) return s;
    if (auth->file_.empty() && auth->table_.size() == 0)
      return gov::invalid("no token is configured; set auth.options.tokens or file");
    return auth;
  }

  TokenAuth(gov::Host host, std::string file) : host_(host), file_(std::move(file)) {}

  gov::Status start(const gov::Call&) override {
    if (!file_.empty()) {
      const gov::Result<json> entries = read_token_file(file_);
      if (!entries) return entries.status();
      TokenTable all = table_;
      if (gov::Status s = all.add(*entries, file_); !s.ok()) return s;
      table_ = std::move(all);
    }
    if (table_.size() == 0) host_.warn("no token is configured: every token will be refused");
    host_.info("tokens loaded", {{"count", std::to_string(table_.size())}});
    return {};
  }

  gov::Status authenticate(const gov::Call&, const gov::Peer& peer, const Found& found) override {
    const std::vector<std::string_view> values = peer.header("authorization");
    if (values.empty()) return gov::not_mine();
    // Which of two would count differs between proxies and servers: nobody may choose.
    if (values.size() > 1) return gov::unauthenticated("more than one Authorization header");
    const std::string_view value = trim(values.front());
    const std::size_t blank = value.find_first_of(" \t");
    if (!is_bearer(value.substr(0, blank))) return gov::not_mine();
    const std::string_view presented = blank == value.npos ? "" : trim(value.substr(blank));
    if (presented.empty()) return gov::unauthenticated("the bearer token is empty");
    if (presented.size() > kMaxPresented)
      return gov::unauthenticated("the bearer token is longer than 4096 bytes");
    const Token* const token = table_.find(presented);
    if (!token) return gov::unauthenticated("the bearer token is not known");
    if (token->expires_ms != 0 && now_ms() >= token->expires_ms)
      return gov::unauthenticated("the token expired (id " + token->id + ")");
    found({.subject = token->id,
           .issuer = "govhost",
           .method = "token",
           .scopes = token->scopes,
           .expires_ms = token->expires_ms});
    return {};
  }

  std::string challenge() override { return "Bearer"; }

 private:
  const gov::Host host_;
  const std::string file_;
  TokenTable table_;
};

}  // namespace

GOV_PLUGIN(gov::component<TokenAuth>({.name = "token",
                                      .version = "1.0.0",
                                      .summary = "Accepts bearer tokens by their SHA-256 digests.",
                                      .config_schema = kSchema,
                                      .flags = GOV_NEVER_BLOCKS}));
