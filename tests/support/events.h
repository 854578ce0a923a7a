// Event streams (text/event-stream), one event at a time.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "support/http.h"

namespace govhost::test {

struct Event {
  std::string id, data;
  int retry_ms = 0;    // 0: not said
  int data_lines = 0;  // clients of one line each want exactly one

  nlohmann::json json() const { return nlohmann::json::parse(data, nullptr, false); }
};

// An answer that is a stream. Owns its connection: its end closes that.
class EventStreamReader {
 public:
  // Sends a request and takes the head of its answer.
  EventStreamReader(std::uint16_t port, std::string_view method, std::string_view target,
                    const HeaderList& headers, std::string_view body = {});

  const HttpAnswer& head() const { return head_; }  // with the body when it is no stream
  bool is_stream() const { return stream_; }
  // The next event; comments are passed over. nullopt: the stream ended, or nothing came in time.
  std::optional<Event> next(std::chrono::milliseconds limit = kPatience);
  // The next event that has data, as JSON; null: none came.
  nlohmann::json next_json(std::chrono::milliseconds limit = kPatience);

 private:
  HttpConnection http_;
  HttpAnswer head_;
  bool stream_ = false;
  std::string text_;
};

}  // namespace govhost::test
