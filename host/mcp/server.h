// The MCP server: a message in, an answer out. Knows both eras of the protocol and nothing of
// sockets, threads or plugins' files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/current.h"
#include "core/key_ring.h"
#include "mcp/generation.h"
#include "mcp/offer.h"
#include "mcp/session.h"
#include "mcp/subscriptions.h"
#include "mcp/tasks.h"
#include "mcp/wiring.h"
#include "mcp/work.h"

namespace govhost::mcp {

// One message as a transport handed it over. Views are valid for receive() only.
struct Inbound {
  std::string_view body;
  std::string_view method, target;  // of HTTP; empty elsewhere
  const gov_peer* peer = nullptr;
  std::uint64_t connection = 0;  // unique in the process
  bool session = false;          // the connection is one client
  std::string correlation_id;
  const plugin::Principal& principal;
};

// Who waits for an answer. Lives for the call.
struct Caller {
  const plugin::Principal& principal;
  plugin::CallContext& call;
  Stream* stream = nullptr;  // null: only the answer can be sent
};

struct ServerSettings {
  std::size_t page_size = 100;
  KeyRing keys{};
  Offered offer;
};

// Any number of threads may use it: sessions, subscriptions and tasks lock for themselves, and the
// wiring is replaced as a whole.
class Server {
 public:
  // Runs a job later, on a thread that may block; false: too busy.
  using Background = std::function<bool(std::function<void()>)>;

  Server(Published& published, std::shared_ptr<const Wiring> wiring, ServerSettings settings);

  // Without it no call is answered by a task. Before the first message.
  void set_background(Background background) { background_ = std::move(background); }

  // [any] Never blocks.
  Received receive(const Inbound& inbound);

  // Whether answer() can be called on a transport's thread because nothing on its way waits.
  bool answers_at_once(const Work& work) const;

  // [worker] unless answers_at_once. Never fails: what goes wrong is an answer too.
  Outcome answer(const Work& work, const Caller& caller);

  // [any] subscriptions/listen: the refusal, or nothing when the stream is open from here on.
  std::optional<Reply> listen(const Work& work, const plugin::Principal& principal,
                              const Subscriptions::Subscriber& subscriber);

  // The answer to a request that cannot be answered now, or not in time.
  static Reply refuse(const Work& work, int code, int http_status, std::string message,
                      gov_status outcome);

  // Replaces the content and tells those who want to know what changed.
  void publish(std::shared_ptr<const Generation> next);

  // Counts for messages that come from here on. Those who want to know hear that what they may use
  // has changed.
  void rewire(std::shared_ptr<const Wiring> next);

  // The connection of a session ended.
  void closed(std::uint64_t connection);

  std::shared_ptr<const Generation> generation() const { return published_.get(); }
  Counters& counters() { return counters_; }
  Subscriptions& subscriptions() { return subscriptions_; }
  const Offer& offer() const { return *offer_.get(); }

 private:
  friend class Answering;
  friend class Receiving;
  void run_task(const std::string& id);
  bool offers_tasks() const;

  Published& published_;
  Current<const Wiring> wiring_;
  const std::size_t page_size_;
  const KeyRing keys_;
  const Offered offer_;
  std::string server_info_;
  Counters counters_;
  Background background_;
  Sessions sessions_{keys_};
  Subscriptions subscriptions_;
  Tasks tasks_;
};

// At most 600 characters: shown to models by many clients.
extern const std::string_view kInstructions;

}  // namespace govhost::mcp
