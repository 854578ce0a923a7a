// Who wants to hear of changes, in both eras, and telling them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "mcp/json.h"
#include "mcp/notes.h"
#include "mcp/stream.h"

namespace govhost::mcp {

// What happened. Nothing is sent to those who did not ask for its kind.
struct Change {
  bool tools = false, prompts = false, resources = false;  // a list is another one now
  std::unordered_set<std::string> updated;                 // URIs of resources; their parts too
  Json task;                                               // a DetailedTask, or null
};

// Bounded by client and in total. Streams are not kept alive: one that its transport has let go is
// forgotten. Thread-safe; telling never blocks.
class Subscriptions {
 public:
  static constexpr std::size_t kMaxStreams = 8192;
  static constexpr std::size_t kMaxOfOwner = 1024;
  static constexpr std::size_t kMaxUris = 1000;      // of one subscriber
  static constexpr std::size_t kMaxUri = 2048;       // bytes of one
  static constexpr std::size_t kMaxSessions = 4096;  // with settings of their own

  struct Filter {
    bool tools = false, prompts = false, resources = false;
    std::unordered_set<std::string> uris, tasks;
  };

  // A stream and who it belongs to.
  struct Subscriber {
    std::shared_ptr<Stream> stream;
    std::string owner;            // who is limited together
    std::int64_t expires_ms = 0;  // Unix time at which the credential ends; 0: does not
    bool over_http = false;       // the end of the stream says by itself that it was torn down
    std::vector<std::string> scopes = {};
  };

  // subscriptions/listen (2026-07-28): acknowledges and stays. `id` is the request's id as JSON
  // text. False, with nothing sent: there are too many.
  bool listen(const Subscriber& subscriber, std::string_view id, Filter filter,
              const Json& honoured);

  // The stream on which a legacy session takes notifications that belong to no request; of several
  // the newest. False: there are too many.
  bool attach(const Subscriber& subscriber, std::string_view session);

  // resources/subscribe of a legacy session. False: there are too many.
  bool subscribe(const std::string& session, const std::string& uri);
  void unsubscribe(const std::string& session, const std::string& uri);
  // logging/setLevel of a legacy session.
  bool set_level(const std::string& session, Severity level);
  std::optional<Severity> level_of(const std::string& session) const;
  void forget(const std::string& session);

  void tell(const Change& change);
  // To each what happened as far as his scopes show it.
  using ChangeFor = std::function<const Change&(std::span<const std::string> scopes)>;
  void tell(const ChangeFor& change_for);

  // The end of the server: every stream ends in the way its era wants, new ones are refused.
  void close();
  // Streams that are open now.
  std::size_t size() const;

 private:
  struct Listener {
    std::weak_ptr<Stream> stream;
    std::string owner;
    std::string id;       // of the listen request; empty: a legacy session
    std::string session;  // of a legacy session
    Filter filter;        // of a listen request
    std::int64_t expires_ms = 0;
    bool over_http = false;
    std::vector<std::string> scopes;
  };
  struct Settings {
    std::unordered_set<std::string> uris;
    std::optional<Severity> level;
  };

  bool admits(std::string_view owner);
  Settings* settings_of(const std::string& session);
  void tell_listener(const Listener& listener, Stream& stream, const Change& change) const;
  void tell_session(const Listener& listener, Stream& stream, const Change& change) const;

  mutable std::mutex mutex_;
  bool closed_ = false;
  std::vector<Listener> listeners_;
  std::unordered_map<std::string, Settings> settings_;
};

}  // namespace govhost::mcp
