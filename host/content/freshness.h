// How current the content is, source by source. Written by who reads the sources, read by every
// answer.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "content/visibility.h"

namespace govhost::content {

// Thread-safe.
class Freshness {
 public:
  using Time = std::chrono::system_clock::time_point;

  // `before`: what is known of sources of these names already; null: nothing.
  explicit Freshness(const std::vector<std::string>& sources, const Freshness* before = nullptr);

  // The source was read, or said that nothing has changed.
  void confirm(std::string_view source, Time now);
  // It could not be read, or what it gave was not taken: what is served is its last good content.
  void fail(std::string_view source);

  // What happened between the sources and the answers, since the start.
  enum class Event {
    kRevalidated,  // a reading found what is served
    kChanged,      // one brought something new
    kFailed,       // one failed, or its content was not taken
    kFetched,      // documents
    kFromBundle,   // documents
    kStaleAnswer,
    kEvents  // how many there are
  };
  void count(std::string_view source, Event what, std::uint64_t times = 1);
  // Over the sources of which the reader sees everything.
  std::uint64_t counted(Event what, const Visibility& visible) const;
  // An answer was given from what may not be current: counted for each source that is stale.
  void count_stale_answer(const Visibility& visible) const;

  struct State {
    std::optional<Time> confirmed;
    bool stale = false;
  };
  State of(std::string_view source) const;

  struct Seen {
    std::chrono::seconds age{0};  // since the source that was confirmed longest ago was
    bool stale = false;
  };
  // Over the sources that the reader sees.
  Seen seen(Time now, const Visibility& visible) const;

 private:
  struct Source {
    std::string name;
    mutable std::atomic<std::int64_t> confirmed{0};  // Unix seconds; 0: never
    mutable std::atomic<bool> stale{false};
    mutable std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Event::kEvents)>
        events{};
  };
  const Source* find(std::string_view name) const;

  std::vector<Source> sources_;
};

}  // namespace govhost::content
