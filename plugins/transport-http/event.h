// Server-sent events (HTML, 9.2.5). Chunks are one event each, so that nothing between holds one
// back.
#pragma once

#include <gov/abi/transport.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace transport_http {

// What a reply is on a stream, as views of it.
class Event {
 public:
  explicit Event(const gov_reply& reply);
  Event(const Event&) = delete;

  // Whether there is nothing to write.
  bool empty() const { return !data() && id_.empty() && retry_.empty(); }
  std::uint64_t size() const;
  void append(std::string& out) const;
  void append_chunk(std::string& out, bool chunked) const;

 private:
  bool data() const { return reply_.part_count > 0; }

  const gov_reply& reply_;
  std::string_view id_;
  char digits_[10];
  std::string_view retry_;
};

void append_stream_head(std::string& out);
// An event of another name than "message"; neither text may hold a line break.
void append_named_event(std::string& out, bool chunked, std::string_view name,
                        std::string_view data);
void append_comment(std::string& out, bool chunked);
void append_stream_end(std::string& out, bool chunked);

}  // namespace transport_http
