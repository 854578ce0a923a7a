#include "shipping/http_sink.h"

#include <openssl/crypto.h>

#include <chrono>
#include <cstdio>
#include <utility>

#include "core/json_text.h"
#include "core/time.h"

namespace govhost::shipping {
namespace {

constexpr std::uint64_t kMaxAnswer = std::uint64_t{64} << 10u;

// Seconds since 1970 with milliseconds, as the collector wants them; of the record, not of now.
std::string epoch_of(std::string_view line) {
  constexpr std::string_view kTime = "\"ts\":\"";
  const std::size_t at = line.find(kTime);
  if (at == std::string_view::npos) return "0";
  const std::string_view text = line.substr(at + kTime.size());
  const auto time = from_rfc3339(text.substr(0, text.find('"')));
  if (!time) return "0";
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(time->time_since_epoch()).count();
  char digits[32];
  std::snprintf(digits, sizeof digits, "%lld.%03lld", static_cast<long long>(ms / 1000),
                static_cast<long long>(ms % 1000));
  return digits;
}

}  // namespace

gov::Result<std::unique_ptr<HttpSink>> HttpSink::make(HttpSinkSettings settings,
                                                      const egress::Settings& egress) {
  const auto curl = egress::Curl::load();
  if (!curl) return curl.status();
  auto session = egress::Session::make(**curl, egress);
  if (!session) return session.status();
  return std::unique_ptr<HttpSink>(new HttpSink(std::move(settings), std::move(*session)));
}

std::string HttpSink::body_of(std::span<const std::string> lines) const {
  std::string body;
  for (const std::string& line : lines) {
    if (settings_.hec) {
      body.append(R"({"time":)").append(epoch_of(line)).append(R"(,"host":)");
      append_json_string(body, settings_.host);
      body.append(R"(,"source":"govhost","sourcetype":"govhost:audit","event":)");
      body.append(line).append("}\n");
    } else {
      body.append(line).append("\n");
    }
  }
  return body;
}

gov::Status HttpSink::send(std::span<const std::string> lines, plugin::CallContext& call) {
  const std::string body = body_of(lines);
  egress::Exchange exchange;
  exchange.method = "POST";
  exchange.url = settings_.url;
  exchange.body = body;
  exchange.max_bytes = kMaxAnswer;
  exchange.any_address = true;  // the operator named it
  exchange.headers.emplace_back(settings_.hec ? "Content-Type: application/json"
                                              : "Content-Type: application/x-ndjson");
  if (settings_.token) {
    const auto token = settings_.token();
    if (!token) return token.status();
    exchange.headers.push_back("Authorization: " + settings_.scheme + " " +
                               std::string(token->reveal()));
  }
  unsigned code = 0;
  egress::Seen seen;
  const gov::Status sent = session_->perform(
      exchange, *call.raw(),
      [&](unsigned answered, const auto&) {
        code = answered;
        return gov::Status();
      },
      [](std::string_view) { return gov::Status(); }, seen);
  if (settings_.token)
    OPENSSL_cleanse(exchange.headers.back().data(), exchange.headers.back().size());
  if (!sent.ok()) return sent;
  if (code >= 200 && code < 300) return {};
  return gov::unavailable(settings_.url + " answered HTTP " + std::to_string(code) +
                          (code == 401 || code == 403 ? "; check its token" : ""));
}

}  // namespace govhost::shipping
