// HTTP through the host, for plugins: the operator grants URL prefixes, the host does the rest.
//
//   const auto http = gov::Http::of(host);
//   if (!http) return gov::invalid("the source needs grants = [\"https://api.example.org/\"]");
//   gov::HttpRequest request{"https://api.example.org/risks"};
//   request.bearer_secret = "token";
//   const auto answer = http->send(call, request);
//   if (!answer) return answer.status();
//   if (answer->code != 200) return gov::status_of(*answer, request.url);
#pragma once

#include <gov/abi/http.h>
#include <gov/plugin.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gov {

// Views live for the call.
struct HttpRequest {
  std::string_view url;
  std::string_view method = "GET";
  std::string_view bearer_secret = {};  // the name of the option that holds the secret reference
  std::vector<Field> headers = {};
  std::string_view body = {};
  std::uint64_t max_bytes = 0;       // of the answer's body; 0: the host's limit
  std::string_view basic_user = {};  // whose password the secret is (Basic); empty: Bearer
};

struct HttpAnswer {
  std::uint32_t code = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // The first header of this name, in any case; empty: there is none.
  std::string_view header(std::string_view name) const {
    const auto same = [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) ==
             std::tolower(static_cast<unsigned char>(b));
    };
    for (const auto& [own, value] : headers)
      if (std::equal(own.begin(), own.end(), name.begin(), name.end(), same)) return value;
    return {};
  }
};

class Http {
 public:
  // nullopt: the operator granted nothing.
  static std::optional<Http> of(Host host) {
    const auto* const table = host.service<gov_http_v1>(GOV_SERVICE_HTTP);
    return table ? std::optional(Http(host, *table)) : std::nullopt;
  }

  // [worker] The whole answer, whatever its code.
  Result<HttpAnswer> send(const Call& call, const HttpRequest& request) const {
    HttpAnswer answer;
    Status sent = stream(
        call, request,
        [&](HttpAnswer& head) {
          answer.code = head.code;
          answer.headers = std::move(head.headers);
          return Status();
        },
        [&](std::string_view part) {
          answer.body.append(part);
          return Status();
        });
    if (!sent.ok()) return sent;
    return answer;
  }

  // [worker] The answer as it comes. `on_head` gets it without a body.
  Status stream(const Call& call, const HttpRequest& request,
                const std::function<Status(HttpAnswer&)>& on_head,
                const std::function<Status(std::string_view)>& on_body) const {
    std::vector<gov_pair> headers;
    for (const Field& field : request.headers)
      headers.push_back({to_c(field.name), to_c(field.value)});
    const gov_http_request raw{sizeof raw,
                               0,
                               to_c(request.method),
                               to_c(request.url),
                               to_c(request.bearer_secret),
                               headers.data(),
                               headers.size(),
                               to_bytes(request.body),
                               request.max_bytes,
                               to_c(request.basic_user)};
    Sink sink{on_head, on_body, {}};
    gov_error error{sizeof error, 0, {}};
    const gov_status code =
        table_->send(host_.raw(), call.raw(), &raw, &sink, &Sink::head, &Sink::body, &error);
    return sink.fault.ok() ? detail::from_error(code, error) : sink.fault;
  }

 private:
  struct Sink {
    const std::function<Status(HttpAnswer&)>& on_head;
    const std::function<Status(std::string_view)>& on_body;
    Status fault;  // of the plugin itself, with its own message

    static gov_status head(void* ctx, std::uint32_t code, const gov_pair* headers,
                           std::uint64_t n) noexcept {
      return static_cast<Sink*>(ctx)->keep([&] {
        HttpAnswer answer;
        answer.code = code;
        for (std::uint64_t i = 0; i < n; ++i)
          answer.headers.emplace_back(to_cpp(headers[i].name), to_cpp(headers[i].value));
        return static_cast<Sink*>(ctx)->on_head(answer);
      });
    }
    static gov_status body(void* ctx, const void* data, std::uint64_t len) noexcept {
      return static_cast<Sink*>(ctx)->keep([&] {
        return static_cast<Sink*>(ctx)->on_body(
            {static_cast<const char*>(data), static_cast<std::size_t>(len)});
      });
    }
    template <class Step>
    gov_status keep(const Step& step) noexcept {
      return detail::guarded(nullptr, [&] {
        fault = step();
        return fault;
      });
    }
  };

  Http(Host host, const gov_http_v1& table) : host_(host), table_(&table) {}

  Host host_;
  const gov_http_v1* table_;
};

// What an answer that is no success means for the host: 429 and 5xx are worth another attempt, when
// Retry-After (RFC 9110, 10.2.3, in seconds) says; 401 and 403 need the operator. `what` is named.
inline Status status_of(const HttpAnswer& answer, std::string_view what) {
  const std::string text = std::string(what) + " answered HTTP " + std::to_string(answer.code);
  if (answer.code >= 200 && answer.code < 300) return {};
  if (answer.code == 304) return not_modified();
  if (answer.code == 404 || answer.code == 410) return not_found(text);
  if (answer.code != 429 && answer.code < 500)
    return answer.code == 401 || answer.code == 403 ? permission_denied(text) : invalid(text);
  const std::string_view after = answer.header("Retry-After");
  std::int64_t seconds = 0;
  const auto [end, fault] = std::from_chars(after.data(), after.data() + after.size(), seconds);
  if (after.empty() || fault != std::errc{} || end != after.data() + after.size())
    return unavailable(text);
  constexpr std::int64_t kLongest = 86'400;
  return unavailable(text).with_retry_after(
      std::chrono::seconds(std::clamp(seconds, std::int64_t{0}, kLongest)));
}

}  // namespace gov
