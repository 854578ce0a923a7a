// From bytes to what they mean: the ladder that every message climbs (docs/developer/protocol.md).
#include <algorithm>
#include <utility>

#include "mcp/header_parameters.h"
#include "mcp/server.h"

namespace govhost::mcp {
namespace {

constexpr std::size_t kMaxBatch = 64;
constexpr std::string_view kEndpointMethods = "GET, POST, DELETE, OPTIONS";

// Some editors and shells put a byte order mark before what they send (RFC 8259, 8.1: a reader may
// pass over it).
std::string_view without_mark(std::string_view body) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (body.starts_with(kMark)) body.remove_prefix(kMark.size());
  return body;
}

bool claims_modern(const Json& message) {
  const Json* const params = member(message, "params");
  const Json* const meta = params ? member(*params, "_meta") : nullptr;
  return meta && member(*meta, kMetaVersion);
}

}  // namespace

// One inbound message on its way in. Lives on the stack of the transport's thread.
class Receiving {
 public:
  Receiving(Server& server, const Inbound& inbound)
      : server_(server),
        inbound_(inbound),
        over_http_(!inbound.method.empty()),
        headers_(over_http_ ? Headers(*inbound.peer) : Headers()) {}

  Received run() {
    if (over_http_ && inbound_.method != "POST") return other_method();
    std::optional<Json> json = parse_json(without_mark(inbound_.body));
    if (!json)
      return refuse({kParseError, 400,
                     "the message is not JSON of valid UTF-8 with at most 32 levels", nullptr});
    if (json->is_array()) return batch(std::move(*json));
    Single single = one(std::move(*json));
    return std::visit([](auto& item) -> Received { return std::move(item); }, single);
  }

 private:
  Reply refuse(const Fault& fault, const std::string& id = {}) {
    return Reply::error(fault, id, inbound_.correlation_id, GOV_INVALID_ARGUMENT);
  }
  Reply no_session(const std::string& id = {}) {
    return refuse({kSessionNotFound, 404, "Session not found", nullptr}, id);
  }

  // The session that the headers or the connection name; `unknown`: they name one that is not.
  Session session(bool& unknown) const {
    unknown = false;
    if (inbound_.session)
      return server_.sessions_.find(inbound_.connection, inbound_.principal).value_or(Session{});
    const auto id = headers_.find("mcp-session-id");
    if (!id) return {};
    const auto found = headers_.repeated("mcp-session-id")
                           ? std::nullopt
                           : server_.sessions_.find(*id, inbound_.principal);
    unknown = !found;
    return found.value_or(Session{});
  }

  // Within which ids of requests are unique; empty over HTTP without a session.
  std::string scope_of(const Session& session) const {
    return inbound_.session ? "c" + std::to_string(inbound_.connection) : session.key;
  }

  // GET opens a session's stream, DELETE ends a session; both are of the legacy era.
  Received other_method() {
    if (inbound_.target.starts_with("/.well-known/"))
      return refuse({kInvalidRequest, 404, "there is no such resource here", nullptr});
    const auto version = headers_.find("mcp-protocol-version");
    const bool get = inbound_.method == "GET";
    if ((version && *version >= kModernVersion) || (!get && inbound_.method != "DELETE")) {
      Reply reply = refuse(
          {kServerError, 405, "Method Not Allowed: this protocol version takes POST", nullptr});
      reply.headers.emplace_back("Allow", kEndpointMethods);
      return reply;
    }
    bool unknown = false;
    Session named = session(unknown);
    if (unknown) return no_session();
    if (!named)
      return refuse({kServerError, 400, "Bad Request: Mcp-Session-Id header is required", nullptr});
    if (version && !is_legacy_version(*version))
      return refuse({kServerError, 400, "Bad Request: unsupported MCP-Protocol-Version", nullptr});
    if (!get) {
      server_.sessions_.terminate(named);
      server_.subscriptions_.forget(named.key);
      return Reply::empty(204);
    }
    Work work;
    work.use = Work::Use::kSessionStream;
    work.version = named.version;
    work.scope = named.key;
    work.session = std::move(named);
    work.over_http = true;
    work.connection = inbound_.connection;
    work.correlation_id = inbound_.correlation_id;
    work.wiring = server_.wiring_.get();
    if (const auto last = headers_.find("last-event-id")) work.last_event_id = *last;
    return work;
  }

  Received batch(Json items) {
    if (items.empty())
      return refuse({kInvalidRequest, 400, "an empty batch is not a request", nullptr});
    if (items.size() > kMaxBatch)
      return refuse({kInvalidRequest, 400,
                     "a batch has at most " + std::to_string(kMaxBatch) + " messages", nullptr});
    bool unknown = false;
    const Session named = session(unknown);
    if (unknown) return no_session();
    const auto header = headers_.find("mcp-protocol-version");
    const std::string_view version = named ? named.version : header ? *header : "2025-03-26";
    if (version != "2025-03-26" || (inbound_.session && !named))
      return refuse({kInvalidRequest, 400,
                     "batches belong to protocol version 2025-03-26: send one message at a time",
                     nullptr});
    for (const Json& item : items) {
      const std::string* const method = text_member(item, "method");
      if (claims_modern(item) || (method && *method == "initialize"))
        return refuse({kInvalidRequest, 400,
                       "initialize and requests of 2026-07-28 do not belong in a batch", nullptr});
    }
    Batch out{{}, inbound_.correlation_id};
    for (Json& item : items) out.items.push_back(one(std::move(item)));
    return out;
  }

  Single one(Json value) {
    Message message = read_message(std::move(value));
    if (message.kind == MessageKind::kInvalid)
      return refuse({kInvalidRequest, 400, message.fault, nullptr}, message.id);
    bool unknown = false;
    Session named = claims_modern(message.value) ? Session{} : session(unknown);
    const Classified wire = classify(message, headers_, over_http_, named.version);
    if (wire.era == Era::kModern) named = {}, unknown = false;
    if (unknown) return no_session(message.id);
    switch (message.kind) {
      case MessageKind::kNotification: return notice(std::move(message), std::move(named), wire);
      case MessageKind::kResponse: return client_answer(message, named, wire);
      default: return request(std::move(message), std::move(named), wire);
    }
  }

  Single notice(Message message, Session named, const Classified& wire) {
    Notice notice;
    notice.scope = scope_of(named);
    notice.opens_stream =
        message.method == "notifications/initialized" && inbound_.session && named;
    notice.session = std::move(named);
    notice.message = std::move(message);
    notice.reply = Reply::empty(wire.fault ? wire.fault->http_status : 202);
    return notice;
  }

  Single client_answer(const Message& message, const Session& named, const Classified& wire) {
    if (wire.era == Era::kModern)
      return refuse({kInvalidRequest, 400, "clients do not send responses in this protocol version",
                     nullptr});
    if (over_http_ && !named)
      return refuse({kInvalidRequest, 400, "a response belongs to a session", nullptr});
    ClientAnswer answer;
    answer.id = message.id;
    answer.scope = scope_of(named);
    if (const Json* const result = member(message.value, "result")) {
      answer.result = *result;
    } else {
      const Json* const error = member(message.value, "error");
      const std::string* const text = error ? text_member(*error, "message") : nullptr;
      answer.error = text ? *text : "the client refused";
    }
    answer.reply = Reply::empty(202);
    return answer;
  }

  Single request(Message message, Session named, const Classified& wire) {
    if (wire.fault) return refuse(*wire.fault, message.id);
    if (over_http_ && named && message.method == "initialize")
      return refuse({kInvalidRequest, 400, "the session is initialized already", nullptr},
                    message.id);
    Work work;
    work.message = std::move(message);
    work.era = wire.era;
    work.version = wire.version;
    work.scope = scope_of(named);
    work.session = std::move(named);
    work.over_http = over_http_;
    work.connection = inbound_.connection;
    work.connected = inbound_.session;
    work.correlation_id = inbound_.correlation_id;
    work.wiring = server_.wiring_.get();
    if (wire.era == Era::kModern) {
      const Json* const declared = member(work.message.meta(), kMetaCapabilities);
      work.capabilities = Capabilities::of(declared ? *declared : Json());
      if (work.message.method == "subscriptions/listen") work.use = Work::Use::kListen;
    } else {
      work.capabilities = work.session.capabilities;
    }
    name_target(work);
    if (wire.era == Era::kModern && work.tool)
      if (auto fault = tool_fault(work)) return refuse(*fault, work.message.id);
    return work;
  }

  void name_target(Work& work) const {
    const std::string* const name = text_member(work.message.params(), "name");
    if (!name) return;
    if (work.message.method == "tools/call") {
      work.tool = server_.offer().tool(*name);
    } else if (work.message.method == "prompts/get") {
      work.prompt = server_.offer().prompt(*name);
    }
  }

  // What has an HTTP status of its own must be said before anything is worked on.
  std::optional<Fault> tool_fault(const Work& work) const {
    if (Json missing = work.capabilities.missing(work.tool->needs); !missing.is_null())
      return Fault{kMissingClientCapability,
                   400,
                   "this tool needs a capability of the client",
                   {{"requiredCapabilities", std::move(missing)}}};
    if (!over_http_ || work.tool->headers.empty()) return std::nullopt;
    const Json* const arguments = member(work.message.params(), "arguments");
    return check_header_parameters(work.tool->headers, arguments ? *arguments : Json(), headers_);
  }

  Server& server_;
  const Inbound& inbound_;
  const bool over_http_;
  const Headers headers_;
};

Received Server::receive(const Inbound& inbound) { return Receiving(*this, inbound).run(); }

}  // namespace govhost::mcp
