#include "app/cli/remote.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <chrono>

#include "mcp/protocol.h"
#include "plugin/secrets.h"

namespace govhost::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::chrono::seconds kTimeout{30};
constexpr std::uint64_t kMaxAnswer = std::uint64_t{64} << 20u;

struct Target {
  std::string host, port = "80", path = "/";
};

gov::Result<Target> parse_url(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  if (url.starts_with("https://"))
    return gov::invalid("--url speaks no TLS: name the http:// endpoint behind the proxy");
  if (!url.starts_with(kScheme))
    return gov::invalid("--url must start with http://, for example http://127.0.0.1:8080/mcp");
  Target target;
  const std::string rest = url.substr(kScheme.size());
  const std::size_t slash = rest.find('/');
  std::string authority = rest.substr(0, slash);
  if (slash != std::string::npos) target.path = rest.substr(slash);
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string::npos && authority.find(']', colon) == std::string::npos;
  if (has_port) {
    target.port = authority.substr(colon + 1);
    authority.resize(colon);
  }
  target.host = authority.starts_with('[') && authority.ends_with(']')
                    ? authority.substr(1, authority.size() - 2)
                    : authority;
  if (target.host.empty()) return gov::invalid("--url names no host: " + url);
  return target;
}

std::string authority_of(const Target& target) {
  const bool v6 = target.host.find(':') != std::string::npos;
  return (v6 ? "[" + target.host + "]" : target.host) + ":" + target.port;
}

http::request<http::string_body> make_post(const Target& target, const nlohmann::json& request,
                                           const std::string& token) {
  http::request<http::string_body> post{http::verb::post, target.path, 11};
  post.set(http::field::host, authority_of(target));
  post.set(http::field::content_type, "application/json");
  post.set(http::field::accept, "application/json, text/event-stream");
  post.set("MCP-Protocol-Version", std::string(mcp::kModernVersion));
  post.set("Mcp-Method", request["method"].get<std::string>());
  post.set("Mcp-Name", request["params"]["name"].get<std::string>());
  if (!token.empty()) post.set(http::field::authorization, "Bearer " + token);
  post.body() = request.dump();
  post.prepare_payload();
  return post;
}

gov::Result<std::string> token_of(const std::string& reference) {
  if (reference.empty()) return std::string();
  const auto resolved = plugin::resolve_secret(reference);
  if (!resolved) return resolved.status();
  return std::string(resolved->reveal());
}

template <class Body>
gov::Result<http::response<http::string_body>> exchange(const std::string& url,
                                                        const Target& target,
                                                        const http::request<Body>& request) {
  // Asynchronous, because only the stream's asynchronous operations honour a timeout.
  asio::io_context loop;
  asio::ip::tcp::resolver resolver(loop);
  beast::tcp_stream stream(loop);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> answer;
  answer.body_limit(kMaxAnswer);
  beast::error_code error;
  const auto endpoints = resolver.resolve(target.host, target.port, error);
  if (error) return gov::unavailable(url + ": " + error.message());
  stream.expires_after(kTimeout);
  stream.async_connect(endpoints, [&](beast::error_code connected, const asio::ip::tcp::endpoint&) {
    if ((error = connected)) return;
    http::async_write(stream, request, [&](beast::error_code written, std::size_t) {
      if ((error = written)) return;
      http::async_read(stream, buffer, answer,
                       [&](beast::error_code read, std::size_t) { error = read; });
    });
  });
  loop.run();
  if (error) return gov::unavailable(url + ": " + error.message() + "; is the server running?");
  return answer.release();
}

}  // namespace

gov::Result<nlohmann::json> post_message(const std::string& url, const nlohmann::json& request,
                                         const std::string& reference) {
  const gov::Result<Target> target = parse_url(url);
  if (!target) return target.status();
  const auto token = token_of(reference);
  if (!token) return token.status();
  const auto answer = exchange(url, *target, make_post(*target, request, *token));
  if (!answer) return answer.status();
  nlohmann::json json = nlohmann::json::parse(answer->body(), nullptr, false);
  if (json.is_discarded() || !json.is_object())
    return gov::unavailable(url + " answered HTTP " + std::to_string(answer->result_int()) +
                            " without JSON; is it an MCP endpoint?");
  return json;
}

gov::Result<std::string> get_page(const std::string& url, const std::string& reference) {
  const gov::Result<Target> target = parse_url(url);
  if (!target) return target.status();
  const auto token = token_of(reference);
  if (!token) return token.status();
  http::request<http::empty_body> get{http::verb::get, target->path, 11};
  get.set(http::field::host, authority_of(*target));
  if (!token->empty()) get.set(http::field::authorization, "Bearer " + *token);
  auto answer = exchange(url, *target, get);
  if (!answer) return answer.status();
  const unsigned code = answer->result_int();
  if (code == 401 || code == 403 || code == 404)
    return gov::unavailable(url + " answered HTTP " + std::to_string(code) + ": " + answer->body());
  return answer->body();
}

}  // namespace govhost::app
