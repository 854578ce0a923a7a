#include "loop.h"

#include <algorithm>
#include <cstdio>

namespace transport_http {
namespace {

// Limits are met within half of the shortest one and at most a second late. One timer a loop
// instead of one a connection keeps them out of the cost of a request.
std::chrono::milliseconds sweep_interval(const Options& o) {
  const auto shortest = std::min(
      {o.header_timeout, o.body_timeout, o.idle_timeout, o.write_timeout, o.keepalive_interval});
  return std::clamp(shortest / 2, std::chrono::milliseconds(5), std::chrono::milliseconds(1000));
}

}  // namespace

Loop::Loop(Shared& shared)
    : shared_(shared),
      work_(context_.get_executor()),
      timer_(context_),
      sweep_interval_(sweep_interval(shared.options)),
      mailbox_(std::make_shared<Mailbox>(
          [this] { boost::asio::post(context_, [this] { deliver(); }); })) {}

void Loop::run() {
  thread_ = std::this_thread::get_id();
  context_.run();
}

void Loop::adopt(Accepted accepted) {
  boost::asio::post(context_, [this, from = std::move(accepted)]() mutable {
    const auto connection =
        std::make_shared<Connection>(*this, Channel(std::move(from.socket), std::move(from.tls)),
                                     std::move(from.address), std::move(from.counted_as), from.id);
    connections_.emplace(from.id, connection);
    schedule_sweep();
    if (!from.turned_away.empty()) return connection->turn_away(from.turned_away);
    connection->start();
    if (draining()) drain(connection);
  });
}

void Loop::drain() {
  boost::asio::post(context_, [this] {
    for (const auto& connection : all()) drain(connection);
  });
}

// A read that has happened already is delivered before what is posted now: such a connection is not
// idle.
void Loop::drain(const std::shared_ptr<Connection>& connection) {
  boost::asio::post(context_, [connection] { connection->drain(); });
}

void Loop::stop() {
  boost::asio::post(context_, [this] {
    for (const auto& connection : all()) connection->close();
    timer_.cancel();
    work_.reset();
  });
}

std::vector<std::shared_ptr<Connection>> Loop::all() const {
  std::vector<std::shared_ptr<Connection>> found;
  found.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) found.push_back(connection);
  return found;
}

void Loop::remove(Connection& connection) {
  const std::uint64_t id = connection.id();
  // Whoever hears of the end may connect at once and must find the place free.
  const bool last = shared_.connections.fetch_sub(1) == 1;
  if (!connection.counted_as().empty()) shared_.clients.leave(connection.counted_as());
  shared_.dispatch.closed(id);
  connections_.erase(id);
  if (last && draining()) shared_.drained();
}

void Loop::deliver() {
  mailbox_->take(letters_);
  for (Mailbox::Letter& letter : letters_) {
    const auto found = connections_.find(letter.connection);
    if (found == connections_.end()) continue;
    const std::shared_ptr<Connection> connection = found->second;
    connection->deliver(letter.ticket, letter.reply.get());
  }
  letters_.clear();
}

void Loop::schedule_sweep() {
  if (sweeping_ || connections_.empty()) return;
  sweeping_ = true;
  timer_.expires_after(sweep_interval_);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    sweeping_ = false;
    if (!ec) sweep();
  });
}

void Loop::sweep() {
  const Clock::time_point now = Clock::now();
  for (const auto& connection : all()) connection->sweep(now);
  schedule_sweep();
}

std::string_view Loop::date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_of_) {
    // strftime would use the process's locale.
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm t{};
    gmtime_r(&now, &t);
    char line[64];
    const int n = std::snprintf(line, sizeof line, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                                kDays[t.tm_wday], t.tm_mday, kMonths[t.tm_mon], t.tm_year + 1900,
                                t.tm_hour, t.tm_min, t.tm_sec);
    date_.assign(line, static_cast<std::size_t>(n));
    date_of_ = now;
  }
  return date_;
}

void Loop::count_refusal(unsigned status) {
  shared_.host.count("http_refused_total", 1, {{"status", std::to_string(status)}});
}

void Loop::count_handshake_failure() { shared_.host.count("tls_handshakes_failed_total", 1, {}); }

}  // namespace transport_http
