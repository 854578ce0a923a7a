#include "support/events.h"

#include <cstdlib>

namespace govhost::test {
namespace {

// One block of lines between empty ones; nullopt: it holds comments only.
std::optional<Event> parse_event(std::string_view block) {
  Event event;
  bool any = false;
  while (!block.empty()) {
    const std::size_t end = block.find('\n');
    std::string_view line = block.substr(0, end);
    block.remove_prefix(end == std::string_view::npos ? block.size() : end + 1);
    if (line.starts_with(':')) continue;
    any = true;
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    std::string_view value =
        colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "id") event.id = value;
    if (name == "retry") event.retry_ms = std::atoi(std::string(value).c_str());
    if (name == "data" && ++event.data_lines > 0) event.data += value;
  }
  return any ? std::optional(std::move(event)) : std::nullopt;
}

}  // namespace

EventStreamReader::EventStreamReader(std::uint16_t port, std::string_view method,
                                     std::string_view target, const HeaderList& headers,
                                     std::string_view body)
    : http_(port) {
  http_.begin(method, target, headers, body);
  head_ = http_.receive(kPatience, true);
  const auto type = head_.headers.find("content-type");
  stream_ = type != head_.headers.end() && type->second.starts_with("text/event-stream");
  if (!stream_) head_.body = http_.body_of(head_);
  // One event only: it was complete at once.
  if (stream_ && head_.headers.count("content-length") > 0) text_ = http_.body_of(head_);
}

std::optional<Event> EventStreamReader::next(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (stream_) {
    for (std::size_t end = 0; (end = text_.find("\n\n")) != std::string::npos;) {
      const std::string block = text_.substr(0, end);
      text_.erase(0, end + 2);
      auto event = parse_event(block);
      if (!event) continue;
      http_.record().read_event(event->data);
      return event;
    }
    if (head_.headers.count("content-length") > 0) return std::nullopt;
    const auto piece = http_.chunk(std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now()));
    if (!piece) return std::nullopt;
    text_ += *piece;
  }
  return std::nullopt;
}

nlohmann::json EventStreamReader::next_json(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (const auto event = next(std::chrono::duration_cast<std::chrono::milliseconds>(
             deadline - std::chrono::steady_clock::now())))
    if (!event->data.empty()) return event->json();
  return nullptr;
}

}  // namespace govhost::test
