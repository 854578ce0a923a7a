#include "options.h"

#include <sched.h>

#include <boost/asio/ip/address.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace transport_http {

const char kOptionsSchema[] = R"json({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "listen": {"type": "string", "default": "127.0.0.1:8080", "x-gov-listen": true,
      "description": "Address and port to listen on: 127.0.0.1:8080, [::1]:8080, 0.0.0.0:8080. Port 0 takes a free one."},
    "path": {"type": "string", "default": "/mcp", "pattern": "^/",
      "description": "Path of the endpoint. It is served with and without a slash at its end."},
    "sse_path": {"type": "string", "default": "", "pattern": "^(/.+)?$",
      "description": "Path of an event stream for clients of MCP 2024-11-05 (HTTP+SSE), for example /sse; they post to /messages below it. Empty: not served."},
    "threads": {"type": "integer", "default": 0, "minimum": 0, "maximum": 256,
      "description": "Event loops. 0: as many as the cores this process may use."},
    "max_body": {"type": "integer", "default": 1048576, "minimum": 1024, "maximum": 1073741824,
      "description": "Bytes of the largest request body. A larger one is refused with 413."},
    "max_header": {"type": "integer", "default": 16384, "minimum": 1024, "maximum": 1048576,
      "description": "Bytes of the largest request head. A larger one is refused with 431."},
    "max_headers": {"type": "integer", "default": 100, "minimum": 8, "maximum": 1000,
      "description": "Header lines of one request. More are refused with 431."},
    "max_connections": {"type": "integer", "default": 1024, "minimum": 1, "maximum": 1000000,
      "description": "Open connections. Further ones are answered with 503 and closed."},
    "max_connections_per_address": {"type": "integer", "default": 512, "minimum": 1, "maximum": 1000000,
      "description": "Of them, from one address (of IPv6, one network of 64 bits); those of trusted proxies are not counted."},
    "trusted_proxies": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 64},
      "maxItems": 256,
      "description": "Networks of proxies, as 10.1.0.0/16, whose X-Forwarded-For says who the client is: for limits, logs and audit."},
    "max_buffered": {"type": "integer", "default": 8388608, "minimum": 65536, "maximum": 1073741824,
      "description": "Bytes of a stream that may wait for a client that reads slowly. Above it the connection is closed."},
    "header_timeout": {"type": "integer", "default": 10000, "minimum": 10, "maximum": 3600000,
      "description": "Milliseconds from the first byte of a request, or from the connect, to the end of its head."},
    "body_timeout": {"type": "integer", "default": 20000, "minimum": 10, "maximum": 3600000,
      "description": "Milliseconds from the end of the head to the end of the body."},
    "idle_timeout": {"type": "integer", "default": 75000, "minimum": 10, "maximum": 3600000,
      "description": "Milliseconds that a connection may stay open without a request."},
    "write_timeout": {"type": "integer", "default": 30000, "minimum": 10, "maximum": 3600000,
      "description": "Milliseconds that a client may leave an answer unread."},
    "keepalive_interval": {"type": "integer", "default": 15000, "minimum": 10, "maximum": 3600000,
      "description": "Milliseconds between comments on an event stream that is otherwise silent."},
    "allowed_hosts": {"type": "array", "items": {"type": "string"},
      "description": "Host names that a request may be addressed to, as NAME (any port), NAME:PORT or *. Default: localhost, 127.0.0.1 and [::1] when listening on a loopback address, otherwise any."},
    "allowed_origins": {"type": "array", "items": {"type": "string"},
      "description": "Web origins whose pages may use the endpoint, as SCHEME://NAME[:PORT], SCHEME://NAME:* (any port), NAME (any scheme and port), null or *. Default: localhost, 127.0.0.1 and [::1] when listening on a loopback address, otherwise none."},
    "tls": {"type": "object", "default": {},
      "description": "TLS of the listener; without cert and key it speaks plain HTTP.",
      "properties": {
        "cert": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
          "description": "File of the certificate with its chain, PEM. Exchanged files are taken up within a second."},
        "key": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-secret": true,
          "description": "Its private key, PEM: file:/etc/govhost/tls.key, cred:tls-key."},
        "min_version": {"type": "string", "enum": ["1.2", "1.3"], "default": "1.3",
          "description": "The oldest version of TLS that is spoken."},
        "client_ca": {"type": "string", "minLength": 1, "maxLength": 4096, "x-gov-path": true,
          "description": "File of the authorities whose client certificates are taken, PEM."},
        "client_auth": {"type": "string", "enum": ["none", "request", "require"],
          "description": "Whether clients must show a certificate; by default require with client_ca, else none."},
        "handshake_timeout": {"type": "string", "x-gov-unit": "duration", "default": "10s",
          "minimum": 10, "maximum": 3600000, "description": "For the handshake of a connection."}}}
  }
})json";

namespace {

namespace ip = boost::asio::ip;

unsigned usable_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&cores)));
}

gov::Result<ip::tcp::endpoint> parse_listen(std::string_view text) {
  const gov::Status fault =
      gov::invalid("listen = \"" + std::string(text) +
                   "\" is not ADDRESS:PORT; write for example 127.0.0.1:8080, [::1]:8080 or "
                   "0.0.0.0:8080");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return fault;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";

  std::uint16_t port = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, wrong] = std::from_chars(digits.data(), end, port);
  if (wrong != std::errc{} || stop != end) return fault;
  boost::system::error_code bad;
  const ip::address address = ip::make_address(std::string(host), bad);
  if (bad || address.is_v6() != brackets) return fault;
  return ip::tcp::endpoint(address, port);
}

// An array of strings. The host has checked it against the schema; anything else is left out.
std::vector<std::string> strings(const nlohmann::json& options, const char* name) {
  std::vector<std::string> found;
  const auto array = options.find(name);
  if (array == options.end() || !array->is_array()) return found;
  for (const nlohmann::json& item : *array)
    if (item.is_string()) found.push_back(item.get_ref<const std::string&>());
  return found;
}

// Reads bounded integers and keeps the first fault.
class Numbers {
 public:
  explicit Numbers(const gov::Config& config) : config_(config) {}
  std::int64_t take(const char* name, std::int64_t otherwise, std::int64_t least) {
    const std::int64_t value = config_.integer(name, otherwise);
    if (value >= least) return value;
    if (fault_.ok()) {
      fault_ = gov::invalid(std::string(name) + " = " + std::to_string(value) + " is below " +
                            std::to_string(least) + "; raise it");
    }
    return least;
  }
  std::size_t size(const char* name, std::int64_t otherwise, std::int64_t least) {
    return static_cast<std::size_t>(take(name, otherwise, least));
  }
  std::chrono::milliseconds time(const char* name, std::int64_t otherwise) {
    return std::chrono::milliseconds(take(name, otherwise, 10));
  }
  const gov::Status& fault() const { return fault_; }

 private:
  const gov::Config& config_;
  gov::Status fault_;
};

gov::Status read_paths(const gov::Config& config, Options& o) {
  o.path = config.text_or("path", "/mcp");
  if (!o.path.starts_with('/') || o.path.find_first_of("?# ") != std::string::npos) {
    return gov::invalid("path = \"" + o.path + "\" is not a path; write for example /mcp");
  }
  while (o.path.size() > 1 && o.path.ends_with('/')) o.path.pop_back();

  const std::string sse_path = config.text_or("sse_path", "");
  if (sse_path.empty()) return {};
  o.sse_path = sse_path;
  while (o.sse_path.ends_with('/')) o.sse_path.pop_back();
  // It stands in an event: a line break in it would begin another one.
  const bool visible = std::all_of(o.sse_path.begin(), o.sse_path.end(),
                                   [](char c) { return c > ' ' && c < '\x7f'; });
  if (!o.sse_path.starts_with('/') || !visible ||
      o.sse_path.find_first_of("?#") != std::string::npos) {
    return gov::invalid("sse_path = \"" + sse_path +
                        "\" is not a path below /; write for example /sse");
  }
  o.sse_messages = o.sse_path + "/messages";
  if (o.path == o.sse_path || o.path == o.sse_messages) {
    return gov::invalid("sse_path = \"" + sse_path + "\" and path = \"" + o.path +
                        "\" are in each other's way; write for example /sse");
  }
  return {};
}

}  // namespace

gov::Result<Options> read_options(const gov::Config& config) {
  Options o;
  o.listen = config.text_or("listen", "127.0.0.1:8080");
  auto endpoint = parse_listen(o.listen);
  if (!endpoint) return endpoint.status();
  o.endpoint = *endpoint;

  const gov::Status paths = read_paths(config, o);
  if (!paths.ok()) return paths;

  Numbers numbers(config);
  o.threads = static_cast<unsigned>(numbers.take("threads", 0, 0));
  if (o.threads == 0) o.threads = usable_cores();
  o.max_body = numbers.size("max_body", 1 << 20, 1024);
  o.max_header = numbers.size("max_header", 16 << 10, 1024);
  o.max_headers = static_cast<unsigned>(numbers.take("max_headers", 100, 8));
  o.max_connections = numbers.size("max_connections", 1024, 1);
  o.max_connections_per_address = numbers.size("max_connections_per_address", 512, 1);
  o.max_buffered = numbers.size("max_buffered", 8 << 20, 64 << 10);
  o.header_timeout = numbers.time("header_timeout", 10'000);
  o.body_timeout = numbers.time("body_timeout", 20'000);
  o.idle_timeout = numbers.time("idle_timeout", 75'000);
  o.write_timeout = numbers.time("write_timeout", 30'000);
  o.keepalive_interval = numbers.time("keepalive_interval", 15'000);
  if (!numbers.fault().ok()) return numbers.fault();

  const auto json = nlohmann::json::parse(config.json(), nullptr, false);
  if (json.is_object()) {
    o.allowed_hosts = strings(json, "allowed_hosts");
    o.allowed_origins = strings(json, "allowed_origins");
    auto proxies = Proxies::create(strings(json, "trusted_proxies"));
    if (!proxies) return proxies.status();
    o.proxies = std::move(*proxies);
  }
  auto tls = read_tls_options(config);
  if (!tls) return tls.status();
  o.tls = std::move(*tls);
  return o;
}

}  // namespace transport_http
