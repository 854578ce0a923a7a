// Bytes of answers. Everything is appended to the connection's one output buffer.
#pragma once

#include <gov/abi/transport.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace transport_http {

// What the head of an answer takes from the request and the connection.
struct Frame {
  bool http11 = true;
  bool keep_alive = true;
  bool without_body = false;  // the request was HEAD
  std::string origin;         // the web origin that may read the answer; empty: none
  std::string_view date;      // the Date header as a line
};

void append_number(std::string& out, std::uint64_t value, int base = 10);
// The status line and the headers every answer has.
void append_head(std::string& out, const Frame& frame, unsigned status);
void append_header(std::string& out, std::string_view name, std::string_view value);
// The host's headers. One that could split the answer in two is left out.
void append_headers(std::string& out, const gov_reply& reply);
// Content-Type, Content-Length and the end of the head. No type: no body.
void append_length(std::string& out, std::string_view type, std::uint64_t length);

std::uint64_t body_size(const gov_reply& reply);
void append_body(std::string& out, const gov_reply& reply);

// A whole answer of the transport itself: a JSON-RPC error without an id, because the message was
// not looked at.
void append_error(std::string& out, const Frame& frame, unsigned status, std::string_view message,
                  std::string_view allow = {});
// 202 for a message that is answered elsewhere.
void append_accepted(std::string& out, const Frame& frame);
// 204 for OPTIONS; `wanted` is Access-Control-Request-Headers.
void append_preflight(std::string& out, const Frame& frame, std::string_view allow,
                      std::string_view wanted);

}  // namespace transport_http
