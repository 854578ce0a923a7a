#include "mcp/server.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "core/json_text.h"

namespace govhost::mcp {

const std::string_view kInstructions =
    "AI-governance knowledge base: risks, mitigations, regulatory frameworks and use cases. Start "
    "with "
    "`search` in plain words, or list_risks / list_mitigations / list_frameworks for an overview; "
    "then read "
    "whole documents with get_risk, get_mitigation or get_framework. Ids such as ri-10 or mi-3 "
    "work "
    "everywhere. Quote documents with their title, section and link, and say so when nothing was "
    "found. "
    "server_info tells which content the answers come from.";

namespace {

constexpr std::array<std::string_view, 11> kMethods = {
    "initialize",   "ping",           "server/discover",          "tools/list",
    "tools/call",   "resources/list", "resources/read",           "resources/templates/list",
    "prompts/list", "prompts/get",    "notifications/initialized"};

std::vector<Tool> make_tools() {
  std::vector<Tool> all;
  for (auto family : {document_tools(), monitoring_tools(), search_tools(), graph_tools()})
    std::move(family.begin(), family.end(), std::back_inserter(all));
  return all;
}

template <class Item>
std::vector<std::string> texts_of(const std::vector<Item>& items) {
  std::vector<std::string> texts;
  for (const Item& item : items) texts.push_back(item.describe().dump());
  return texts;
}

Reply fault_reply(const Fault& fault, const Message& message, const std::string& correlation_id) {
  return Reply::error(fault, message.id, correlation_id, GOV_INVALID_ARGUMENT);
}

}  // namespace

std::string_view Work::method_name() const {
  const auto found = std::find(kMethods.begin(), kMethods.end(), message.method);
  return found == kMethods.end() ? std::string_view("_OTHER") : *found;
}

Server::Server(Published& published, search::Service& search, ServerStatus status,
               std::size_t page_size)
    : published_(published),
      search_(search),
      status_(std::move(status)),
      page_size_(page_size),
      tools_(make_tools()),
      prompts_(all_prompts()),
      tool_texts_(texts_of(tools_)),
      prompt_texts_(texts_of(prompts_)) {
  for (const Tool& tool : tools_) tool_by_name_.emplace(tool.name, &tool);
  for (const Prompt& prompt : prompts_) prompt_by_name_.emplace(prompt.name, &prompt);
  server_info_ = R"({"name":"govhost","title":"AI Governance Host","version":)";
  append_json_string(server_info_, status_.version);
  server_info_ += R"(,"description":"Serves AI-governance knowledge over MCP"})";
}

std::string_view Server::session_version(std::uint64_t connection) const {
  const std::lock_guard lock(sessions_mutex_);
  const auto found = sessions_.find(connection);
  return found == sessions_.end() ? std::string_view() : found->second;
}

void Server::closed(std::uint64_t connection) {
  const std::lock_guard lock(sessions_mutex_);
  sessions_.erase(connection);
}

std::variant<Reply, Work, Notice> Server::receive(Inbound inbound) {
  const bool over_http = !inbound.method.empty();
  const Headers headers = over_http ? Headers(*inbound.peer) : Headers();
  const auto refuse = [&](Fault fault, const std::string& id = {}) {
    return Reply::error(fault, id, inbound.correlation_id, GOV_INVALID_ARGUMENT);
  };

  if (over_http && inbound.method != "POST") {
    if (inbound.target.starts_with("/.well-known/"))
      return refuse({kInvalidRequest, 404, "there is no such resource here", nullptr});
    Reply reply =
        refuse({kServerError, 405, "Method Not Allowed: this endpoint takes POST", nullptr});
    reply.headers.emplace_back("Allow", "POST, OPTIONS");
    return reply;
  }

  std::optional<Json> json = parse_json(inbound.body);
  if (!json)
    return refuse({kParseError, 400,
                   "the message is not JSON of valid UTF-8 with at most 32 levels", nullptr});
  if (json->is_array())
    return refuse({kInvalidRequest, 400,
                   json->empty() ? "an empty batch is not a request"
                                 : "batches are not supported: send one message at a time",
                   nullptr});

  Message message = read_message(std::move(*json));
  if (message.kind == MessageKind::kInvalid)
    return refuse({kInvalidRequest, 400, message.fault, nullptr}, message.id);

  const std::string_view negotiated =
      inbound.session ? session_version(inbound.connection) : std::string_view();
  const Classified wire = classify(message, headers, over_http, negotiated);
  if (message.kind == MessageKind::kNotification)
    return Notice{std::move(message), inbound.connection,
                  Reply::empty(wire.fault ? wire.fault->http_status : 202)};
  if (message.kind == MessageKind::kResponse) {
    // Nothing was asked of the client, so no response is awaited. The modern era forbids them.
    if (wire.era == Era::kModern)
      return refuse({kInvalidRequest, 400, "clients do not send responses in this protocol version",
                     nullptr});
    return Reply::empty(202);
  }
  if (wire.fault) return fault_reply(*wire.fault, message, inbound.correlation_id);
  // This server mints no session ids, so one that comes in belongs to another process.
  if (over_http && wire.era == Era::kLegacy && headers.find("mcp-session-id"))
    return refuse({kSessionNotFound, 404, "Session not found", nullptr}, message.id);

  Work work{std::move(message), wire.era,        wire.version,
            inbound.connection, inbound.session, std::move(inbound.correlation_id)};
  const std::string* const name = text_member(work.message.params(), "name");
  if (name && work.message.method == "tools/call") {
    const auto found = tool_by_name_.find(*name);
    if (found != tool_by_name_.end()) work.tool = found->second;
  } else if (name && work.message.method == "prompts/get") {
    const auto found = prompt_by_name_.find(*name);
    if (found != prompt_by_name_.end()) work.prompt = found->second;
  }
  return work;
}

bool Server::answers_at_once(const Work& work) const {
  const bool searches = work.prompt != nullptr || (work.tool && work.tool->searches);
  return !searches || search_.answers_at_once();
}

Reply Server::refuse(const Work& work, int code, int http_status, std::string message,
                     gov_status outcome) {
  return Reply::error({code, http_status, std::move(message), nullptr}, work.message.id,
                      work.correlation_id, outcome);
}

}  // namespace govhost::mcp
