#include "content/freshness.h"

#include <algorithm>

namespace govhost::content {

Freshness::Freshness(const std::vector<std::string>& sources, const Freshness* before)
    : sources_(sources.size()) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    sources_[i].name = sources[i];
    const Source* const known = before != nullptr ? before->find(sources[i]) : nullptr;
    if (known == nullptr) continue;
    sources_[i].confirmed = known->confirmed.load();
    sources_[i].stale = known->stale.load();
    for (std::size_t event = 0; event < known->events.size(); ++event)
      sources_[i].events[event] = known->events[event].load();
  }
}

const Freshness::Source* Freshness::find(std::string_view name) const {
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const Source& source) { return source.name == name; });
  return found == sources_.end() ? nullptr : &*found;
}

Freshness::State Freshness::of(std::string_view name) const {
  State out;
  const Source* const known = find(name);
  if (known == nullptr) return out;
  const std::int64_t at = known->confirmed.load(std::memory_order_relaxed);
  if (at != 0) out.confirmed = std::chrono::system_clock::from_time_t(at);
  out.stale = known->stale.load(std::memory_order_relaxed);
  return out;
}

Freshness::Seen Freshness::seen(Time now, const Visibility& visible) const {
  Seen out;
  for (const Source& source : sources_) {
    const std::int64_t at = source.confirmed.load(std::memory_order_relaxed);
    if (at == 0 || !visible.sees_source(source.name)) continue;
    out.age =
        std::max(out.age, std::chrono::seconds(std::chrono::system_clock::to_time_t(now) - at));
    out.stale = out.stale || source.stale.load(std::memory_order_relaxed);
  }
  return out;
}

void Freshness::confirm(std::string_view source, Time now) {
  const Source* const known = find(source);
  if (known == nullptr) return;
  known->confirmed = std::chrono::system_clock::to_time_t(now);
  known->stale = false;
}

void Freshness::fail(std::string_view source) {
  if (const Source* const known = find(source)) known->stale = true;
}

void Freshness::count(std::string_view source, Event what, std::uint64_t times) {
  if (const Source* const known = find(source))
    known->events[static_cast<std::size_t>(what)].fetch_add(times, std::memory_order_relaxed);
}

std::uint64_t Freshness::counted(Event what, const Visibility& visible) const {
  std::uint64_t sum = 0;
  for (const Source& source : sources_)
    if (visible.sees_all_of(source.name))
      sum += source.events[static_cast<std::size_t>(what)].load(std::memory_order_relaxed);
  return sum;
}

void Freshness::count_stale_answer(const Visibility& visible) const {
  for (const Source& source : sources_)
    if (visible.sees_source(source.name) && source.stale.load(std::memory_order_relaxed))
      source.events[static_cast<std::size_t>(Event::kStaleAnswer)].fetch_add(
          1, std::memory_order_relaxed);
}

}  // namespace govhost::content
