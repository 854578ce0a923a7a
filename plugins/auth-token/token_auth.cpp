// gov.auth/1 "token": bearer tokens (RFC 6750) of which the configuration holds only digests.
#include <gov/auth.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "bearer.h"
#include "credential_file.h"
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
          "key": {"type": "string",
            "description": "Which of the two that a client may have while it changes over."},
          "cidr": {"type": "array", "items": {"type": "string"},
            "description": "Networks that it may come from; none: any."},
          "created": {"type": "string", "description": "For people."},
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
      "description": "JSON file with an array of the same objects; read again when it changes."}
  }
})";

constexpr std::size_t kMaxPresented = 4096;

std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// Any number of threads: a table does not change, it is replaced.
class TokenAuth final : public gov::Auth {
 public:
  static gov::Result<std::unique_ptr<TokenAuth>> create(gov::Host host, const gov::Config& config) {
    auto auth = std::make_unique<TokenAuth>(host, config.text_or("file", ""));
    const json options = json::parse(config.json(), nullptr, /*allow_exceptions=*/false);
    TokenTable& fixed = auth->fixed_;
    if (const auto tokens = options.find("tokens"); tokens != options.end())
      if (gov::Status s = fixed.add(*tokens, "auth.options.tokens"); !s.ok()) return s;
    if (auth->file_.empty() && fixed.size() == 0)
      return gov::invalid("no token is configured; set auth.options.tokens or file");
    auth->replace(std::make_shared<const TokenTable>(fixed));
    return auth;
  }

  TokenAuth(gov::Host host, std::string file) : host_(host), file_(std::move(file)) {}
  ~TokenAuth() override { stop(); }

  gov::Status start(const gov::Call&) override {
    if (gov::Status loaded = load(); !loaded.ok()) return loaded;
    if (table()->size() == 0) host_.warn("no token is configured: every token will be refused");
    if (!file_.empty()) thread_ = std::thread([this] { watch(); });
    return {};
  }

  void stop() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stopped_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  gov::Status authenticate(const gov::Call&, const gov::Peer& peer, const Found& found) override {
    const auto presented = auth_common::bearer_of(peer);
    if (!presented) return presented.status();
    if (presented->empty()) return gov::unauthenticated("the bearer token is empty");
    if (presented->size() > kMaxPresented)
      return gov::unauthenticated("the bearer token is longer than 4096 bytes");
    const auto known = table();
    if (!known) return gov::unavailable("the file of tokens cannot be read");
    const Token* const token = known->find(*presented);
    if (!token) return gov::unauthenticated("the bearer token is not known");
    if (token->expires_ms != 0 && now_ms() >= token->expires_ms)
      return gov::unauthenticated("the token expired (id " + token->id + ")");
    const auto& from = token->networks;
    if (!from.empty() && std::none_of(from.begin(), from.end(), [&](const Network& network) {
          return network.holds(peer.address());
        }))
      return gov::unauthenticated("the token may not come from this address (id " + token->id +
                                  ")");
    found({.subject = token->id,
           .issuer = "govhost",
           .method = "token",
           .scopes = token->scopes,
           .expires_ms = token->expires_ms,
           .credential = token->key.empty() ? token->id : token->id + "." + token->key});
    return {};
  }

  std::string challenge() override { return "Bearer"; }

 private:
  std::shared_ptr<const TokenTable> table() const {
    const std::lock_guard lock(table_mutex_);
    return table_;
  }
  void replace(std::shared_ptr<const TokenTable> next) {
    const std::lock_guard lock(table_mutex_);
    table_ = std::move(next);
  }

  gov::Status load() {
    auto all = std::make_shared<TokenTable>(fixed_);
    seen_ = auth_common::stamp_of(file_);
    if (!file_.empty())
      if (gov::Status s = add_token_file(file_, *all); !s.ok()) return s;
    host_.info("tokens loaded", {{"count", std::to_string(all->size())}});
    replace(std::move(all));
    return {};
  }

  // Whoever was taken out of the file must not stay because of a slip of an editor elsewhere in it:
  // while it cannot be understood nobody is let in.
  void watch() {
    std::unique_lock lock(mutex_);
    while (!stopped_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; })) {
      if (auth_common::stamp_of(file_) == seen_) continue;
      const gov::Status loaded = load();
      if (loaded.ok()) continue;
      replace(nullptr);
      host_.error("the file of tokens cannot be used: nobody is let in until it can",
                  {{"reason", loaded.message()}});
    }
  }

  const gov::Host host_;
  const std::string file_;
  TokenTable fixed_;  // of the configuration
  mutable std::mutex table_mutex_;
  std::shared_ptr<const TokenTable> table_;  // null: the file is broken
  auth_common::FileStamp seen_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

GOV_PLUGIN(gov::component<TokenAuth>({.name = "token",
                                      .version = "1.0.0",
                                      .summary = "Accepts bearer tokens by their SHA-256 digests.",
                                      .config_schema = kSchema,
                                      .flags = GOV_NEVER_BLOCKS}));
