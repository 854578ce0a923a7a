#include "serve/event_store.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base64.h"
#include "core/random.h"

namespace govhost {
namespace {

// Of the events of one stream the newest are kept.
constexpr std::size_t kMaxStreamBytes = std::size_t{1} << 20u;
constexpr std::size_t kEventCost = 64;  // what an event takes besides its text

std::chrono::steady_clock::rep now() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

}  // namespace

EventStream::~EventStream() { store_.bytes_ -= bytes_; }

bool EventStream::append(std::string_view text, bool last) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return false;
    ended_ = last;
    touched_ = now();
    const std::uint64_t number = next_++;
    const std::size_t cost = text.size() + kEventCost;
    events_.push_back({number, std::string(text), last});
    bytes_ += cost;
    store_.bytes_ += cost;
    while (bytes_ > kMaxStreamBytes && events_.size() > 1) {
      const std::size_t freed = events_.front().text.size() + kEventCost;
      bytes_ -= freed;
      store_.bytes_ -= freed;
      events_.pop_front();
    }
    if (sink_) sink_->event(id_of(number), text, last);
    if (last) sink_.reset();
    waiting_ = !sink_;
  }
  store_.make_room();
  return true;
}

void EventStream::prime() {
  const std::lock_guard lock(mutex_);
  if (sink_) sink_->event(id_of(next_ - 1), {}, false);
}

bool EventStream::attach(std::shared_ptr<EventSink> sink, std::uint64_t after) {
  const std::lock_guard lock(mutex_);
  if (after >= next_) return false;
  const std::uint64_t oldest = events_.empty() ? next_ : events_.front().number;
  if (after + 1 < oldest) return false;
  for (const Event& e : events_)
    if (e.number > after) sink->event(id_of(e.number), e.text, e.last);
  touched_ = now();
  if (ended_) {
    // What came last has been fetched already; the stream has nothing more to say.
    if (after + 1 == next_) sink->event({}, {}, true);
    return true;
  }
  sink_ = std::move(sink);
  waiting_ = false;
  return true;
}

void EventStream::detach(const EventSink& sink) {
  const std::lock_guard lock(mutex_);
  if (sink_.get() != &sink) return;
  sink_.reset();
  waiting_ = true;
  touched_ = now();
}

std::shared_ptr<EventStream> EventStore::create(const std::string& session) {
  std::array<std::uint8_t, 12> random{};
  random_bytes(random);
  auto stream = std::make_shared<EventStream>(
      *this, to_base64url({reinterpret_cast<const char*>(random.data()), random.size()}), session);
  stream->touched_ = now();
  {
    const std::lock_guard lock(mutex_);
    streams_.push_back(stream);
  }
  make_room();
  return stream;
}

std::pair<std::shared_ptr<EventStream>, std::uint64_t> EventStore::find(std::string_view session,
                                                                        std::string_view event_id) {
  const std::size_t dot = event_id.rfind('.');
  if (dot == std::string_view::npos) return {};
  std::uint64_t number = 0;
  const char* const end = event_id.data() + event_id.size();
  const auto [stop, fault] = std::from_chars(event_id.data() + dot + 1, end, number);
  if (fault != std::errc{} || stop != end) return {};
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(streams_.begin(), streams_.end(), [&](const auto& s) {
    return s->id() == event_id.substr(0, dot) && s->session() == session;
  });
  if (found == streams_.end()) return {};
  return {*found, number};
}

void EventStore::make_room() {
  // Destroyed outside the lock.
  std::list<std::shared_ptr<EventStream>> dropped;
  const std::lock_guard lock(mutex_);
  const auto oldest_kept =
      now() - std::chrono::duration_cast<std::chrono::steady_clock::duration>(kMaxAge).count();
  std::size_t bytes = bytes_;
  std::size_t count = streams_.size();
  for (auto s = streams_.begin(); s != streams_.end();) {
    const auto next = std::next(s);
    const bool crowded = bytes > kMaxBytes || count > kMaxStreams;
    if ((*s)->waiting_ && (crowded || (*s)->touched_ < oldest_kept)) {
      bytes -= (*s)->bytes_;
      --count;
      dropped.splice(dropped.end(), streams_, s);
    }
    s = next;
  }
}

}  // namespace govhost
