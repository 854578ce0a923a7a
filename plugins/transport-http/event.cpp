#include "event.h"

#include "response.h"

#include <gov/transport.hpp>

#include <algorithm>
#include <charconv>

namespace transport_http {
namespace {

constexpr std::string_view kName = "event: message\n";
constexpr std::string_view kId = "id: ";
constexpr std::string_view kRetry = "retry: ";
constexpr std::string_view kData = "data: ";
constexpr std::string_view kEnd = "\n\n";
constexpr std::string_view kComment = ": keepalive\n\n";

// Anything else could end the line, or not come back whole in Last-Event-ID.
bool visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

void begin_chunk(std::string& out, bool chunked, std::uint64_t size) {
  if (!chunked) return;
  append_number(out, size, 16);
  out += "\r\n";
}

void end_chunk(std::string& out, bool chunked) {
  if (chunked) out += "\r\n";
}

void append_line(std::string& out, std::string_view field, std::string_view value) {
  if (value.empty()) return;
  out += field;
  out += value;
  out += '\n';
}

std::uint64_t line_size(std::string_view field, std::string_view value) {
  return value.empty() ? 0 : field.size() + value.size() + 1;
}

}  // namespace

Event::Event(const gov_reply& reply) : reply_(reply) {
  const std::string_view id = gov::event_id(reply);
  if (visible(id)) id_ = id;
  const std::uint32_t retry = gov::retry_ms(reply);
  if (retry == 0) return;
  const char* const end = std::to_chars(digits_, digits_ + sizeof digits_, retry).ptr;
  retry_ = {digits_, static_cast<std::size_t>(end - digits_)};
}

std::uint64_t Event::size() const {
  return (data() ? kName.size() : 0) + line_size(kId, id_) + line_size(kRetry, retry_) +
         kData.size() + body_size(reply_) + kEnd.size();
}

void Event::append(std::string& out) const {
  if (data()) out += kName;
  append_line(out, kId, id_);
  append_line(out, kRetry, retry_);
  out += kData;
  append_body(out, reply_);
  out += kEnd;
}

void Event::append_chunk(std::string& out, bool chunked) const {
  begin_chunk(out, chunked, size());
  append(out);
  end_chunk(out, chunked);
}

void append_stream_head(std::string& out) {
  out +=
      "Content-Type: text/event-stream\r\nCache-Control: no-cache, no-transform\r\n"
      "X-Accel-Buffering: no\r\n";
}

void append_named_event(std::string& out, bool chunked, std::string_view name,
                        std::string_view data) {
  constexpr std::string_view kEvent = "event: ";
  begin_chunk(out, chunked, line_size(kEvent, name) + kData.size() + data.size() + kEnd.size());
  append_line(out, kEvent, name);
  out += kData;
  out += data;
  out += kEnd;
  end_chunk(out, chunked);
}

void append_comment(std::string& out, bool chunked) {
  begin_chunk(out, chunked, kComment.size());
  out += kComment;
  end_chunk(out, chunked);
}

void append_stream_end(std::string& out, bool chunked) {
  if (chunked) out += "0\r\n\r\n";
}

}  // namespace transport_http
