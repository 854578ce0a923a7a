#include "egress/client.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "core/base64.h"
#include "core/text.h"

namespace govhost::egress {
namespace {

constexpr std::size_t kMostTarget = 500;  // bytes of an address in the audit trail
constexpr int kMaxRedirects = 3;
constexpr std::size_t kMaxHeaderCount = 64;

using Headers = std::vector<std::pair<std::string, std::string>>;

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
  });
}

// The host sets them, or they belong to the connection; with them a plugin could smuggle another
// request or send a credential of its own choice.
bool is_reserved(std::string_view name) {
  static constexpr std::array<std::string_view, 13> kReserved = {"host",
                                                                 "authorization",
                                                                 "cookie",
                                                                 "connection",
                                                                 "keep-alive",
                                                                 "te",
                                                                 "transfer-encoding",
                                                                 "upgrade",
                                                                 "content-length",
                                                                 "expect",
                                                                 "proxy-authorization",
                                                                 "proxy-connection",
                                                                 "trailer"};
  const std::string small = lower(name);
  return std::find(kReserved.begin(), kReserved.end(), small) != kReserved.end();
}

std::string_view find_header(const Headers& headers, std::string_view name) {
  for (const auto& [own, value] : headers)
    if (equals_ignoring_case(own, name)) return value;
  return {};
}

// Where a redirect leads within the origin; nullopt: elsewhere, or nowhere.
std::optional<Url> target_of(std::string_view location, const Url& from) {
  if (location.starts_with('/') && !location.starts_with("//")) {
    const auto url =
        parse_url(Url{from.tls, from.host, from.port, std::string(location), ""}.text());
    return url ? std::optional(*url) : std::nullopt;
  }
  const auto url = parse_url(location);
  return url && url->same_origin(from) ? std::optional(*url) : std::nullopt;
}

bool is_redirect(unsigned code) {
  return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

gov::Status add_headers(const gov_http_request& request, std::string_view token, const Url& url,
                        Exchange& out) {
  if (request.header_count > kMaxHeaderCount)
    return gov::invalid("a request has at most 64 headers");
  for (std::uint64_t i = 0; i < request.header_count; ++i) {
    const std::string_view name = gov::to_cpp(request.headers[i].name);
    const std::string_view value = gov::to_cpp(request.headers[i].value);
    if (!is_token(name) || !is_field_value(value) || is_reserved(name))
      return gov::invalid("the header " + std::to_string(i) +
                          " of a request is none that a plugin "
                          "may send");
    // A semicolon is how libcurl is told of an empty value.
    out.headers.push_back(std::string(name) + (value.empty() ? ";" : ": " + std::string(value)));
  }
  if (token.empty()) return {};
  if (!is_field_value(token)) return gov::invalid("the secret cannot stand in a header");
  Address address{};
  const bool loopback = to_address(std::string_view(url.host), address) && address[12] == 127;
  if (!url.tls && !loopback)
    return gov::permission_denied("a secret is sent over https only, or to 127.0.0.1");
  const std::string_view user =
      GOV_HAS(&request, basic_user) ? gov::to_cpp(request.basic_user) : std::string_view();
  if (user.empty()) {
    out.headers.push_back("Authorization: Bearer " + std::string(token));
    return {};
  }
  if (!is_field_value(user) || user.find(':') != std::string_view::npos)
    return gov::invalid("a user for Basic has no colon and no control character (RFC 7617, 2)");
  std::string pair = std::string(user) + ":" + std::string(token);
  std::string encoded = to_base64(pair);
  out.headers.push_back("Authorization: Basic " + encoded);
  OPENSSL_cleanse(pair.data(), pair.size());
  OPENSSL_cleanse(encoded.data(), encoded.size());
  return {};
}

// Without the query, which may hold a credential: the message is logged.
gov::Status not_granted(Url url, const std::string& plugin) {
  url.query.clear();
  return gov::permission_denied("no grant covers " + url.text().substr(0, 200) +
                                "; add it to the grants of " + plugin);
}

// A closed set: what is counted.
std::string_view outcome_of(const gov::Status& status, unsigned code) {
  // A plugin may refuse what comes with such a code, which is no failure of the request.
  if (code == 304) return "not_modified";
  if (code == 429) return "rate_limited";
  if (code >= 400) return code < 500 ? "http_4xx" : "http_5xx";
  switch (status.code()) {
    case GOV_OK: return "ok";
    case GOV_CANCELLED: return "cancelled";
    case GOV_DEADLINE_EXCEEDED: return "timeout";
    case GOV_PERMISSION_DENIED: return "refused";
    default: return "failed";
  }
}

}  // namespace

struct Client::Attempt {
  Url url;
  Exchange exchange;
  const OnHead& on_head;
  const OnBody& on_body;
  Seen seen;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();

  // What the token was copied into is not left in memory.
  ~Attempt() {
    for (std::string& header : exchange.headers) OPENSSL_cleanse(header.data(), header.size());
  }
};

gov::Result<std::unique_ptr<Client>> Client::make(std::string plugin, std::string name,
                                                  Grants grants, const Settings& settings,
                                                  Observers observers) {
  const auto curl = Curl::load();
  if (!curl) return curl.status();
  return std::unique_ptr<Client>(new Client(**curl, std::move(plugin), std::move(name),
                                            std::move(grants), settings, observers));
}

gov::Status Client::send(const gov_call& call, const gov_http_request& request,
                         std::string_view token, const OnHead& on_head, const OnBody& on_body) {
  auto url = parse_url(gov::to_cpp(request.url));
  if (!url) return url.status();
  const std::string_view method = gov::to_cpp(request.method);
  if (method != "GET" && method != "HEAD" && method != "POST")
    return gov::invalid("the method of a request is GET, HEAD or POST");
  Attempt attempt{std::move(*url), {}, on_head, on_body, {}};
  attempt.exchange.method = method;
  if (!grants_.cover(attempt.url)) return report(attempt, not_granted(attempt.url, plugin_));
  attempt.exchange.body = gov::to_cpp(request.body);
  attempt.exchange.max_bytes = request.max_bytes == 0
                                   ? settings_.max_response
                                   : std::min(request.max_bytes, settings_.max_response);
  attempt.exchange.any_address = [&] {
    Address address{};
    return to_address(std::string_view(attempt.url.host), address) &&
           grants_.name_address(attempt.url.host);
  }();
  gov::Status status = add_headers(request, token, attempt.url, attempt.exchange);
  if (observers_.trail && !observers_.trail->accepts())
    return gov::unavailable("nothing is fetched while the audit trail cannot be written");
  if (status.ok()) status = follow(attempt, call);
  status = report(attempt, std::move(status));
  if (status.ok() || status.code() == GOV_CANCELLED) return status;
  return gov::Status(status.code(), attempt.url.host + ": " + status.message());
}

gov::Status Client::follow(Attempt& attempt, const gov_call& call) {
  auto session = borrow(call);
  if (!session) return session.status();
  gov::Status status;
  for (int redirects = 0;; ++redirects) {
    attempt.exchange.url = attempt.url.text();
    std::optional<Url> next;
    const auto on_head = [&](unsigned code, const Headers& headers) -> gov::Status {
      if (is_redirect(code) && attempt.exchange.method != "POST" && redirects < kMaxRedirects) {
        next = target_of(find_header(headers, "location"), attempt.url);
        if (next && !grants_.cover(*next)) next.reset();
        if (next) return {};
      }
      std::vector<gov_pair> pairs;
      for (const auto& [name, value] : headers)
        pairs.push_back({gov::to_c(name), gov::to_c(value)});
      return attempt.on_head(code, pairs);
    };
    const auto on_body = [&](std::string_view part) {
      return next ? gov::Status() : attempt.on_body(part);
    };
    attempt.seen = {};
    status = (*session)->perform(attempt.exchange, call, on_head, on_body, attempt.seen);
    if (!status.ok() || !next) break;
    attempt.url = std::move(*next);
  }
  // After a failure the connection is in an unknown state.
  give_back(status.ok() ? std::move(*session) : nullptr);
  return status;
}

gov::Result<std::unique_ptr<Session>> Client::borrow(const gov_call& call) {
  std::unique_lock lock(mutex_);
  while (busy_ >= kConcurrent) {
    if (call.cancelled(&call)) return gov::cancelled();
    const auto deadline =
        std::chrono::steady_clock::time_point(std::chrono::nanoseconds(call.deadline_ns));
    const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
    freed_.wait_until(lock, std::min(deadline, soon));
    if (std::chrono::steady_clock::now() >= deadline)
      return gov::deadline_exceeded("all connections of the plugin are in use");
  }
  ++busy_;
  if (idle_.empty()) return Session::make(curl_, settings_);
  auto session = std::move(idle_.back());
  idle_.pop_back();
  return session;
}

void Client::give_back(std::unique_ptr<Session> session) {
  {
    const std::lock_guard lock(mutex_);
    --busy_;
    if (session) idle_.push_back(std::move(session));
  }
  freed_.notify_one();
}

// What is given back is what the plugin is told: an error where the request cannot be recorded.
gov::Status Client::report(const Attempt& attempt, gov::Status status) const {
  const auto took = std::chrono::steady_clock::now() - attempt.began;
  const unsigned code = attempt.seen.code;
  const LogField fields[] = {
      {"plugin", std::string_view(plugin_)},
      {"method", std::string_view(attempt.exchange.method)},
      {"host", std::string_view(attempt.url.host)},
      {"path", std::string_view(attempt.url.path)},
      {"status", static_cast<std::int64_t>(code)},
      {"bytes", static_cast<std::int64_t>(attempt.seen.bytes)},
      {"duration_ms", std::chrono::duration<double, std::milli>(took).count()},
      {"reused", attempt.seen.reused},
      {"outcome", gov::name_of(status.code())}};
  const bool well = status.ok() && code < 400;
  observers_.log.write(well ? Level::kDebug : Level::kWarn, "egress.request", status.message(),
                       fields);
  const std::string_view outcome = outcome_of(status, code);
  observers_.metrics.fetches.with({name_, outcome}).observe(took);
  if (!observers_.trail) return status;
  const std::string target = attempt.exchange.method + " " + attempt.url.host + attempt.url.path;
  const bool recorded = observers_.trail->append(
      {.action = "egress.request",
       .target = std::string_view(target).substr(0, kMostTarget),
       .outcome = well ? "ok" : "error",
       .reason = well ? std::string_view() : outcome,
       .principal = plugin_,
       .duration = std::chrono::duration_cast<std::chrono::microseconds>(took),
       .bytes = attempt.seen.bytes});
  if (recorded) return status;
  return gov::unavailable("nothing is fetched while the audit trail cannot be written");
}

}  // namespace govhost::egress
