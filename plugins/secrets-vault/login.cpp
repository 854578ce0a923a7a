#include "login.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace vault {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kLongest = 86'400;  // seconds that a token is used, whatever its lease
constexpr std::uint64_t kMaxAnswer = std::uint64_t{256} << 10u;

}  // namespace

Wiped::~Wiped() { OPENSSL_cleanse(text_.data(), text_.size()); }

gov::HttpRequest request_to(const Options& options, std::string_view url) {
  gov::HttpRequest request{url};
  request.max_bytes = kMaxAnswer;
  // Vault refuses requests without it where an operator asked for that (SSRF by browsers).
  request.headers.push_back({"X-Vault-Request", "true"});
  if (!options.space.empty()) request.headers.push_back({"X-Vault-Namespace", options.space});
  return request;
}

gov::Status failure_of(const gov::HttpAnswer& answer, std::string_view what) {
  if (answer.code == 503) return gov::unavailable("Vault is sealed or in maintenance (HTTP 503)");
  return gov::status_of(answer, what);
}

Login::~Login() { const Wiped last(token_); }

gov::Result<std::string> Login::token(const gov::Call& call, std::string_view refused) {
  const std::lock_guard lock(mutex_);
  if (token_.empty() || token_ == refused || Clock::now() >= renew_at_)
    if (gov::Status s = log_in(call); !s.ok()) return s;
  return token_;
}

gov::Status Login::log_in(const gov::Call& call) {
  std::string body;
  const Wiped body_too(body);
  const gov::Status known = host_.secret("secret_id", [&](std::string_view secret_id) {
    body = json{{"role_id", options_.role_id}, {"secret_id", secret_id}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
  });
  if (!known.ok()) return known;
  const std::string url = options_.url + "/v1/auth/" + options_.mount + "/login";
  gov::HttpRequest request = request_to(options_, url);
  request.method = "POST";
  request.headers.push_back({"Content-Type", "application/json"});
  request.body = body;
  auto answer = http_.send(call, request);
  if (!answer) return answer.status();
  const Wiped answer_too(answer->body);
  if (answer->code == 400 || answer->code == 403)
    return gov::permission_denied("Vault refused the AppRole login (HTTP " +
                                  std::to_string(answer->code) +
                                  "); check role_id, and that secret_id has not expired");
  if (gov::Status s = failure_of(*answer, url); !s.ok()) return s;
  json read = json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
  const json none;
  const auto auth = read.is_object() ? read.find("auth") : read.end();
  if (auth == read.end() || !auth->is_object() || !auth->contains("client_token") ||
      !(*auth)["client_token"].is_string())
    return gov::unavailable("Vault's answer to the login holds no token");
  std::string& given = (*auth)["client_token"].get_ref<std::string&>();
  { const Wiped old(token_); }
  token_ = given;
  const Wiped given_too(given);
  const auto lease = auth->find("lease_duration");
  const std::int64_t seconds =
      lease != auth->end() && lease->is_number_integer() ? lease->get<std::int64_t>() : 0;
  // A new one well before the end; a lease of 0 does not end.
  const std::int64_t used = seconds > 0 ? std::min(seconds, kLongest) * 8 / 10 : kLongest;
  renew_at_ = Clock::now() + std::chrono::seconds(used);
  return {};
}

}  // namespace vault
