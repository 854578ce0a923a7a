#include "request.h"

#include "text.h"

#include <gov/status.hpp>

namespace transport_http {
namespace {

Known known(http::field field) {
  switch (field) {
    case http::field::host: return Known::kHost;
    case http::field::origin: return Known::kOrigin;
    case http::field::accept: return Known::kAccept;
    case http::field::content_type: return Known::kContentType;
    case http::field::content_encoding: return Known::kContentEncoding;
    case http::field::content_length: return Known::kContentLength;
    case http::field::transfer_encoding: return Known::kTransferEncoding;
    case http::field::expect: return Known::kExpect;
    case http::field::access_control_request_headers: return Known::kRequestHeaders;
    default: return Known::kCount;
  }
}

// Chunk extensions are dropped; this is how much of one is read.
constexpr std::size_t kMaxExtension = 256;

}  // namespace

void RequestHead::clear() {
  method_ = http::verb::unknown;
  fields_.clear();
  known_ = {};
}

std::string_view RequestHead::value(const char* base, Known name) const {
  const Seen& seen = known_[static_cast<std::size_t>(name)];
  return seen.count == 0 ? std::string_view() : at(base, fields_[seen.first].value);
}

void RequestHead::pairs(const char* base, std::vector<gov_pair>& out) const {
  out.clear();
  for (const Field& f : fields_)
    out.push_back({gov::to_c(at(base, f.name)), gov::to_c(at(base, f.value))});
}

RequestParser::RequestParser(RequestHead& head, std::string& body, std::uint32_t max_header,
                             unsigned max_headers, std::uint64_t max_body)
    : head_(head), body_(body), max_headers_(max_headers), max_body_(max_body) {
  header_limit(max_header);
  // Counted here: Beast would refuse a large Content-Length before anybody saw Host and Origin.
  body_limit(boost::none);
}

std::size_t RequestParser::feed(char* base, char* bytes, std::size_t size, error_code& ec) {
  base_ = base;
  end_ = bytes + size;
  return put(boost::asio::const_buffer(bytes, size), ec);
}

RequestHead::Slice RequestParser::slice(view text) const {
  return {static_cast<std::uint32_t>(text.data() - base_), static_cast<std::uint32_t>(text.size())};
}

void RequestParser::on_request_impl(http::verb method, view method_text, view target, int version,
                                    error_code&) {
  head_.method_ = method;
  head_.version_ = version;
  head_.method_text_ = slice(method_text);
  head_.target_ = slice(target);
}

// Beast joins a folded value in a buffer of its own or skips an empty first line: either way the
// value does not begin on the line of the name.
bool RequestParser::folded(view name, view value) const {
  const char* const after = name.data() + name.size();
  if (value.data() < after || value.data() > end_) return true;
  return std::find(after, value.data(), '\n') != value.data();
}

void RequestParser::on_field_impl(http::field field, view name, view value, error_code& ec) {
  if (head_done_) return;  // a trailer
  if (folded(name, value)) {
    ec = http::error::bad_obs_fold;
    return;
  }
  if (head_.fields_.size() == max_headers_) {
    ec = http::error::header_limit;
    return;
  }
  const RequestHead::Slice at = slice(name);
  for (std::uint32_t i = 0; i < at.size; ++i) base_[at.at + i] = lower(base_[at.at + i]);
  head_.fields_.push_back({at, slice(value)});
  note(field, value, ec);
}

void RequestParser::note(http::field field, view value, error_code& ec) {
  const Known name = known(field);
  if (name == Known::kCount) return;
  RequestHead::Seen& seen = head_.known_[static_cast<std::size_t>(name)];
  if (seen.count++ == 0) seen.first = static_cast<std::uint32_t>(head_.fields_.size() - 1);
  const std::string_view text(value.data(), value.size());
  if (name == Known::kContentLength &&
      (seen.count > 1 || text.find_first_not_of("0123456789") != std::string_view::npos)) {
    ec = http::error::multiple_content_length;
  } else if (name == Known::kTransferEncoding &&
             (!equal_ignoring_case(text, "chunked") || !head_.http11())) {
    ec = http::error::bad_transfer_encoding;
  }
}

void RequestParser::on_header_impl(error_code&) { head_done_ = true; }

void RequestParser::on_chunk_header_impl(std::uint64_t size, view extensions, error_code& ec) {
  if (extensions.size() > kMaxExtension) ec = http::error::bad_chunk_extension;
  if (size > max_body_ - body_.size()) ec = http::error::body_limit;
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, view data, error_code&) {
  body_.append(data.data(), data.size());
  return data.size();
}

std::size_t RequestParser::on_body_impl(view data, error_code&) { return data.size(); }

}  // namespace transport_http
