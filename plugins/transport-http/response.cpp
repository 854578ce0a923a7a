#include "response.h"

#include "text.h"

#include <gov/status.hpp>

#include <charconv>

namespace transport_http {
namespace {

constexpr std::string_view kJson = "application/json";

std::string_view reason(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

bool clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool header_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_';
  });
}

}  // namespace

void append_number(std::string& out, std::uint64_t value, int base) {
  char digits[20];
  const auto [end, fault] = std::to_chars(digits, digits + sizeof digits, value, base);
  out.append(digits, static_cast<std::size_t>(end - digits));
}

void append_head(std::string& out, const Frame& frame, unsigned status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
  } else {
    out += "HTTP/1.1 ";
    append_number(out, status);
    out += ' ';
    out += reason(status);
    out += "\r\n";
  }
  out += frame.date;
  if (!frame.keep_alive) {
    out += "Connection: close\r\n";
  } else if (!frame.http11) {
    out += "Connection: keep-alive\r\n";
  }
  if (!frame.origin.empty()) {
    append_header(out, "Access-Control-Allow-Origin", frame.origin);
    out +=
        "Vary: Origin\r\n"
        "Access-Control-Expose-Headers: Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate\r\n";
  }
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

void append_headers(std::string& out, const gov_reply& reply) {
  for (std::uint64_t i = 0; i < reply.header_count; ++i) {
    const std::string_view name = gov::to_cpp(reply.headers[i].name);
    const std::string_view value = gov::to_cpp(reply.headers[i].value);
    if (header_token(name) && clean(value)) append_header(out, name, value);
  }
}

void append_length(std::string& out, std::string_view type, std::uint64_t length) {
  if (!type.empty()) append_header(out, "Content-Type", type);
  out += "Content-Length: ";
  append_number(out, length);
  out += "\r\n\r\n";
}

std::uint64_t body_size(const gov_reply& reply) {
  std::uint64_t size = 0;
  for (std::uint64_t i = 0; i < reply.part_count; ++i) size += reply.parts[i].len;
  return size;
}

void append_body(std::string& out, const gov_reply& reply) {
  for (std::uint64_t i = 0; i < reply.part_count; ++i) out.append(gov::to_cpp(reply.parts[i]));
}

void append_error(std::string& out, const Frame& frame, unsigned status, std::string_view message,
                  std::string_view allow) {
  std::string body = R"({"jsonrpc":"2.0","error":{"code":)";
  body += status >= 500 ? "-32603" : "-32600";
  body += R"(,"message":")";
  for (const char c : message) {
    if (c == '"' || c == '\\') body += '\\';
    body += c;
  }
  body += "\"}}";
  append_head(out, frame, status);
  if (!allow.empty()) append_header(out, "Allow", allow);
  if (status == 429 || status == 503) append_header(out, "Retry-After", "1");
  append_length(out, kJson, body.size());
  if (!frame.without_body) out += body;
}

void append_accepted(std::string& out, const Frame& frame) {
  constexpr std::string_view kBody = "Accepted";
  append_head(out, frame, 202);
  append_length(out, "text/plain", kBody.size());
  out += kBody;
}

void append_preflight(std::string& out, const Frame& frame, std::string_view allow,
                      std::string_view wanted) {
  append_head(out, frame, 204);
  append_header(out, "Allow", allow);
  if (!frame.origin.empty()) {
    append_header(out, "Access-Control-Allow-Methods", allow);
    out +=
        "Access-Control-Allow-Headers: content-type, accept, authorization, mcp-session-id, "
        "mcp-protocol-version, last-event-id, mcp-method, mcp-name";
    // A tool may name headers of its own for its parameters.
    while (!wanted.empty()) {
      const std::string_view name = next_item(wanted, ',');
      if (!header_token(name) || !equal_ignoring_case(name.substr(0, 10), "mcp-param-")) continue;
      out += ", ";
      out += name;
    }
    out += "\r\nAccess-Control-Max-Age: 7200\r\n";
  }
  out += "\r\n";
}

}  // namespace transport_http
