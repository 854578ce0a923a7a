#include "mcp/subscriptions.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace govhost::mcp {
namespace {

constexpr std::string_view kSubscriptionId = "io.modelcontextprotocol/subscriptionId";

// A notification; of a listen stream with its tag, whose JSON type is the request id's.
std::string notification(std::string_view method, const Json& params, std::string_view id) {
  std::string text = params.dump();
  if (!id.empty()) {
    text.pop_back();
    if (text.size() > 1) text += ',';
    text += "\"_meta\":{\"" + std::string(kSubscriptionId) + "\":" + std::string(id) + "}}";
  }
  std::string out = R"({"jsonrpc":"2.0","method":")" + std::string(method) + '"';
  if (text != "{}") out += ",\"params\":" + text;
  return out + '}';
}

// Of a section or an entry: whether its document is.
bool is_updated(const Change& change, const std::string& uri) {
  if (change.updated.contains(uri)) return true;
  const std::size_t part = std::min(uri.rfind("/sections/"), uri.rfind("/entries/"));
  return part != std::string::npos && change.updated.contains(uri.substr(0, part));
}

}  // namespace

// Called with the lock held.
bool Subscriptions::admits(std::string_view owner) {
  if (closed_) return false;
  std::erase_if(listeners_, [](const Listener& l) { return l.stream.expired(); });
  const auto of_owner = std::count_if(listeners_.begin(), listeners_.end(),
                                      [&](const Listener& l) { return l.owner == owner; });
  return listeners_.size() < kMaxStreams && static_cast<std::size_t>(of_owner) < kMaxOfOwner;
}

bool Subscriptions::listen(const Subscriber& subscriber, std::string_view id, Filter filter,
                           const Json& honoured) {
  const std::lock_guard lock(mutex_);
  if (!admits(subscriber.owner)) return false;
  // Under the lock, so that no change can come before the acknowledgement or be missed after it.
  subscriber.stream->send(
      notification("notifications/subscriptions/acknowledged", {{"notifications", honoured}}, id));
  listeners_.push_back({subscriber.stream,
                        subscriber.owner,
                        std::string(id),
                        {},
                        std::move(filter),
                        subscriber.expires_ms,
                        subscriber.over_http,
                        subscriber.scopes});
  return true;
}

bool Subscriptions::attach(const Subscriber& subscriber, std::string_view session) {
  const std::lock_guard lock(mutex_);
  if (!admits(subscriber.owner)) return false;
  listeners_.push_back({subscriber.stream,
                        subscriber.owner,
                        {},
                        std::string(session),
                        {},
                        subscriber.expires_ms,
                        subscriber.over_http,
                        subscriber.scopes});
  return true;
}

// Called with the lock held.
Subscriptions::Settings* Subscriptions::settings_of(const std::string& session) {
  const auto found = settings_.find(session);
  if (found != settings_.end()) return &found->second;
  if (settings_.size() >= kMaxSessions) {
    // Sessions whose stream is gone are not missed; a client that still lives sets its level anew.
    std::erase_if(settings_, [&](const auto& entry) {
      return std::none_of(listeners_.begin(), listeners_.end(), [&](const Listener& l) {
        return l.session == entry.first && !l.stream.expired();
      });
    });
    if (settings_.size() >= kMaxSessions) return nullptr;
  }
  return &settings_[session];
}

bool Subscriptions::subscribe(const std::string& session, const std::string& uri) {
  const std::lock_guard lock(mutex_);
  Settings* const settings = settings_of(session);
  if (!settings || settings->uris.size() >= kMaxUris) return false;
  settings->uris.insert(uri);
  return true;
}

void Subscriptions::unsubscribe(const std::string& session, const std::string& uri) {
  const std::lock_guard lock(mutex_);
  const auto found = settings_.find(session);
  if (found != settings_.end()) found->second.uris.erase(uri);
}

bool Subscriptions::set_level(const std::string& session, Severity level) {
  const std::lock_guard lock(mutex_);
  Settings* const settings = settings_of(session);
  if (settings) settings->level = level;
  return settings != nullptr;
}

std::optional<Severity> Subscriptions::level_of(const std::string& session) const {
  const std::lock_guard lock(mutex_);
  const auto found = settings_.find(session);
  return found == settings_.end() ? std::nullopt : found->second.level;
}

void Subscriptions::forget(const std::string& session) {
  const std::lock_guard lock(mutex_);
  settings_.erase(session);
  for (const Listener& l : listeners_)
    if (l.session == session)
      if (const auto stream = l.stream.lock()) stream->end({});
  std::erase_if(listeners_, [&](const Listener& l) { return l.session == session; });
}

void Subscriptions::tell_listener(const Listener& listener, Stream& stream,
                                  const Change& change) const {
  const Json none = Json::object();
  const auto send = [&](std::string_view method, const Json& params) {
    stream.send(notification(method, params, listener.id));
  };
  const Filter& wanted = listener.filter;
  if (change.tools && wanted.tools) send("notifications/tools/list_changed", none);
  if (change.prompts && wanted.prompts) send("notifications/prompts/list_changed", none);
  if (change.resources && wanted.resources) send("notifications/resources/list_changed", none);
  for (const std::string& uri : wanted.uris)
    if (is_updated(change, uri)) send("notifications/resources/updated", {{"uri", uri}});
  const std::string* const task = text_member(change.task, "taskId");
  if (task && wanted.tasks.contains(*task)) send("notifications/tasks", change.task);
}

void Subscriptions::tell_session(const Listener& listener, Stream& stream,
                                 const Change& change) const {
  const Json none = Json::object();
  const auto send = [&](std::string_view method, const Json& params) {
    stream.send(notification(method, params, {}));
  };
  if (change.tools) send("notifications/tools/list_changed", none);
  if (change.prompts) send("notifications/prompts/list_changed", none);
  if (change.resources) send("notifications/resources/list_changed", none);
  const auto settings = settings_.find(listener.session);
  if (settings == settings_.end()) return;
  for (const std::string& uri : settings->second.uris)
    if (is_updated(change, uri)) send("notifications/resources/updated", {{"uri", uri}});
}

void Subscriptions::tell(const Change& change) {
  tell([&](std::span<const std::string>) -> const Change& { return change; });
}

void Subscriptions::tell(const ChangeFor& change_for) {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  const std::lock_guard lock(mutex_);
  std::unordered_set<std::string_view> told;  // a message goes out on one stream of a session only
  for (auto l = listeners_.rbegin(); l != listeners_.rend(); ++l) {
    const auto stream = l->stream.lock();
    if (!stream) continue;
    // A credential that has ended hears of nothing more.
    if (l->expires_ms > 0 && l->expires_ms <= now)
      stream->end({});
    else if (!l->id.empty())
      tell_listener(*l, *stream, change_for(l->scopes));
    else if (told.insert(l->session).second)
      tell_session(*l, *stream, change_for(l->scopes));
  }
}

void Subscriptions::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const Listener& l : listeners_) {
    const auto stream = l.stream.lock();
    if (!stream) continue;
    if (l.id.empty()) {
      stream->end({});
      continue;
    }
    // The cancellation page demands this, the subscriptions page the result; HTTP has the end of
    // the stream instead.
    if (!l.over_http)
      stream->send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" +
                   l.id + "}}");
    stream->end(R"({"jsonrpc":"2.0","id":)" + l.id +
                R"(,"result":{"resultType":"complete","_meta":{")" + std::string(kSubscriptionId) +
                "\":" + l.id + "}}}");
  }
  listeners_.clear();
}

std::size_t Subscriptions::size() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      listeners_.begin(), listeners_.end(), [](const Listener& l) { return !l.stream.expired(); }));
}

}  // namespace govhost::mcp
