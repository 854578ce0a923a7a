// The MCP server: a message in, an answer out. Knows both eras of the protocol and nothing of
// sockets, threads or plugins' files.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "mcp/generation.h"
#include "mcp/message.h"
#include "mcp/prompts.h"
#include "mcp/protocol.h"
#include "mcp/reply.h"
#include "mcp/status.h"
#include "mcp/tool.h"

namespace govhost::mcp {

// One message as a transport handed it over. Views are valid for receive() only.
struct Inbound {
  std::string_view body;
  std::string_view method, target;  // of HTTP; empty elsewhere
  const gov_peer* peer = nullptr;
  std::uint64_t connection = 0;  // unique in the process
  bool session = false;          // the connection is one client
  std::string correlation_id;
};

// A request that was understood and waits for its answer. Owns everything it needs.
struct Work {
  Message message;
  Era era = Era::kLegacy;
  std::string_view version;  // static storage
  std::uint64_t connection = 0;
  bool session = false;
  std::string correlation_id;
  const Tool* tool = nullptr;      // of tools/call, when it exists
  const Prompt* prompt = nullptr;  // of prompts/get, when it exists

  // For logs and metrics: names that exist, never a caller's own text.
  std::string_view method_name() const;
  std::string_view tool_name() const {
    return tool ? std::string_view(tool->name) : std::string_view();
  }
};

// A notification: nothing is answered, though HTTP wants a status.
struct Notice {
  Message message;
  std::uint64_t connection = 0;
  Reply reply;
};

// Immutable but for the small table of stdio sessions; any number of threads may use it.
class Server {
 public:
  Server(Published& published, search::Service& search, ServerStatus status, std::size_t page_size);

  // [any] Never blocks. The answer to a message that is faulty, a notification, or work to be done.
  std::variant<Reply, Work, Notice> receive(Inbound inbound);

  // Whether answer() can be called on a transport's thread because nothing on its way waits.
  bool answers_at_once(const Work& work) const;

  // [worker] unless answers_at_once. Never fails: what goes wrong is an answer too.
  Reply answer(const Work& work, const plugin::Principal& principal, plugin::CallContext& call);

  // The answer to a request that cannot be answered now, or not in time.
  static Reply refuse(const Work& work, int code, int http_status, std::string message,
                      gov_status outcome);

  // The connection of a session ended.
  void closed(std::uint64_t connection);

  const ServerStatus& status() const { return status_; }
  std::shared_ptr<const Generation> generation() const { return published_.get(); }
  Counters& counters() { return counters_; }
  const std::vector<Tool>& tools() const { return tools_; }
  const std::vector<Prompt>& prompts() const { return prompts_; }

 private:
  friend class Answering;
  std::string_view session_version(std::uint64_t connection) const;

  Published& published_;
  search::Service& search_;
  const ServerStatus status_;
  const std::size_t page_size_;
  const std::vector<Tool> tools_;
  const std::vector<Prompt> prompts_;
  std::unordered_map<std::string_view, const Tool*> tool_by_name_;
  std::unordered_map<std::string_view, const Prompt*> prompt_by_name_;
  std::vector<std::string> tool_texts_, prompt_texts_;  // as the lists show them
  std::string server_info_;
  Counters counters_;

  mutable std::mutex sessions_mutex_;
  std::map<std::uint64_t, std::string_view> sessions_;  // connection to negotiated version
};

// At most 600 characters: shown to models by many clients.
extern const std::string_view kInstructions;

}  // namespace govhost::mcp
