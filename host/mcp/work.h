// What a message that came in turned out to be.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mcp/capabilities.h"
#include "mcp/input.h"
#include "mcp/message.h"
#include "mcp/prompts.h"
#include "mcp/protocol.h"
#include "mcp/reply.h"
#include "mcp/session.h"
#include "mcp/tool.h"
#include "mcp/wiring.h"

namespace govhost::mcp {

// A request that was understood and waits for its answer. Owns everything it needs.
struct Work {
  // What is wanted: one answer, or a stream that stays open.
  enum class Use { kAnswer, kListen, kSessionStream };

  Message message;
  Use use = Use::kAnswer;
  Era era = Era::kLegacy;
  std::string_view version;     // static storage
  Session session{};            // of the legacy era, when there is one
  Capabilities capabilities{};  // of the client
  bool over_http = false;
  std::uint64_t connection = 0;
  bool connected = false;  // the connection is one client for its whole life
  std::string scope{};     // where the request's id is unique; empty: nowhere
  std::string correlation_id{};
  std::string last_event_id{};     // of kSessionStream
  const Tool* tool = nullptr;      // of tools/call, when it exists
  const Prompt* prompt = nullptr;  // of prompts/get, when it exists
  // As it was when the message came, which is what it is answered by; null: it is no message.
  std::shared_ptr<const Wiring> wiring{};
  // What the client has answered to questions of the legacy era; absent: nothing was asked yet.
  std::optional<Inputs> inputs{};

  // Whether a client that has gone may come back for the answer: disconnecting is no cancellation
  // in the legacy era (2025-11-25, basic/transports).
  bool survives_disconnect() const { return era == Era::kLegacy && !connected; }
  // For logs and metrics: names that exist, never a caller's own text.
  std::string_view method_name() const;
  std::string_view tool_name() const {
    return tool ? std::string_view(tool->name) : std::string_view();
  }
};

// A notification: nothing is answered, though HTTP wants a status.
struct Notice {
  Message message;
  std::string scope;
  Session session;
  bool opens_stream = false;  // the session takes notifications from here on
  Reply reply;
};

// A client's response to a request of this server.
struct ClientAnswer {
  std::string id;     // JSON text
  std::string scope;  // of the request it must answer
  Json result;        // null when it failed
  std::string error;  // why it failed
  Reply reply;
};

using Single = std::variant<Reply, Work, Notice, ClientAnswer>;

// Several messages at once (2025-03-26), to be answered together.
struct Batch {
  std::vector<Single> items;
  std::string correlation_id;
};

using Received = std::variant<Reply, Work, Notice, ClientAnswer, Batch>;

// The answer to work, or what the client of a legacy session has to be asked first.
using Outcome = std::variant<Reply, InputNeeded>;

}  // namespace govhost::mcp
