// The head of a request, as it lies in the read buffer.
#pragma once

#include <gov/abi/base.h>

#include <boost/beast/http/basic_parser.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace transport_http {

namespace http = boost::beast::http;

// Headers this transport looks at itself.
enum class Known {
  kHost,
  kOrigin,
  kAccept,
  kContentType,
  kContentEncoding,
  kContentLength,
  kTransferEncoding,
  kExpect,
  kRequestHeaders,
  kCount
};

// Positions instead of pointers, counted from the request's first byte, because the buffer moves
// when it grows. Reused for all requests of a connection: nothing is allocated per request.
class RequestHead {
 public:
  void clear();

  http::verb method() const { return method_; }
  bool http11() const { return version_ >= 11; }
  unsigned count(Known name) const { return known_[static_cast<std::size_t>(name)].count; }

  // `base` is where the request begins now.
  std::string_view method_text(const char* base) const { return at(base, method_text_); }
  std::string_view target(const char* base) const { return at(base, target_); }
  // The first value of that name; empty when there is none.
  std::string_view value(const char* base, Known name) const;
  // All headers with names in lower case, as views.
  void pairs(const char* base, std::vector<gov_pair>& out) const;
  std::size_t size() const { return fields_.size(); }

 private:
  friend class RequestParser;
  struct Slice {
    std::uint32_t at = 0, size = 0;
  };
  struct Field {
    Slice name, value;
  };
  struct Seen {
    std::uint32_t count = 0, first = 0;
  };
  static std::string_view at(const char* base, Slice s) { return {base + s.at, s.size}; }

  http::verb method_ = http::verb::unknown;
  int version_ = 11;
  Slice method_text_, target_;
  std::vector<Field> fields_;
  std::array<Seen, static_cast<std::size_t>(Known::kCount)> known_{};
};

// Fills a head and decodes a chunked body. Beast does the grammar; this refuses what Beast accepts
// but two servers in a row may understand differently (RFC 9112, 11.2): repeated Content-Length,
// transfer codings other than chunked, folded header lines. One object per request.
class RequestParser final : public http::basic_parser<true> {
 public:
  RequestParser(RequestHead& head, std::string& body, std::uint32_t max_header,
                unsigned max_headers, std::uint64_t max_body);

  // Parses on; `bytes` starts right after what has been consumed, `base` is the request's first
  // byte. Header names become lower case in place.
  std::size_t feed(char* base, char* bytes, std::size_t size, boost::beast::error_code& ec);

 private:
  using error_code = boost::beast::error_code;
  using view = boost::beast::string_view;

  RequestHead::Slice slice(view text) const;
  bool folded(view name, view value) const;
  void note(http::field field, view value, error_code& ec);

  void on_request_impl(http::verb method, view method_text, view target, int version,
                       error_code& ec) override;
  void on_field_impl(http::field field, view name, view value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t size, view extensions, error_code& ec) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, view data, error_code& ec) override;
  std::size_t on_body_impl(view data, error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_finish_impl(error_code&) override {}
  // Only responses have a status line.
  void on_response_impl(int, view, int, error_code&) override {}

  RequestHead& head_;
  std::string& body_;
  const unsigned max_headers_;
  const std::uint64_t max_body_;
  char* base_ = nullptr;
  const char* end_ = nullptr;  // of the bytes being parsed
  bool head_done_ = false;
};

}  // namespace transport_http
