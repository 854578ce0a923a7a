// JSON-RPC 2.0 messages as they come in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mcp/json.h"

namespace govhost::mcp {

// Codes of JSON-RPC and of MCP (2026-07-28, basic/index; -32002 and -32001 are of older versions).
enum ErrorCode : int {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kInternalError = -32603,
  kServerError = -32000,       // legacy wire only
  kSessionNotFound = -32001,   // legacy wire only
  kResourceNotFound = -32002,  // legacy wire only
  kHeaderMismatch = -32020,
  kMissingClientCapability = -32021,
  kUnsupportedVersion = -32022,
  kOverloaded = -31001,        // ours, outside the reserved range: try again later
  kDeadlineExceeded = -31002,  // ours
};

enum class MessageKind { kRequest, kNotification, kResponse, kInvalid };

// One message, taken apart. The id is kept as JSON text, so that its type and exact value survive.
class Message {
 public:
  Message() = default;
  Message(Message&&) = default;
  Message& operator=(Message&&) = default;
  ~Message() { release(value); }

  MessageKind kind = MessageKind::kInvalid;
  Json value;
  std::string id;          // JSON text; empty: none, or not usable
  std::string method;      // of requests and notifications
  const char* fault = "";  // why it is invalid

  // The params object; an empty object when there is none.
  const Json& params() const { return *params_; }
  // params._meta, or an empty object.
  const Json& meta() const { return *meta_; }

 private:
  friend Message read_message(Json value);
  static const Json kEmpty;

  // Parts of the value, which stay where they are when it is moved.
  const Json* params_ = &kEmpty;
  const Json* meta_ = &kEmpty;
};

// Takes apart one JSON value that is no array. Ids must be strings or integers (MCP, basic: never
// null; 1.0 is refused like 1.5, so that no id changes its spelling on the way back).
Message read_message(Json value);

}  // namespace govhost::mcp
