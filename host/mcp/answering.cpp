// The methods: one function each, from a request that was understood to its answer.
#include <algorithm>
#include <span>

#include "core/utf8.h"
#include "mcp/page.h"
#include "mcp/resources.h"
#include "mcp/server.h"

namespace govhost::mcp {
namespace {

// How long clients may keep an answer: lists and documents change only with a new snapshot, but a
// client that cannot be told should look again soon.
constexpr std::int64_t kContentTtlMs = 60'000;
constexpr std::int64_t kStaticTtlMs = 3'600'000;
constexpr std::size_t kMaxSessions = 4096;

Json capabilities() {
  return {{"tools", Json::object()}, {"prompts", Json::object()}, {"resources", Json::object()}};
}

std::string violations_text(const std::vector<config::Violation>& violations) {
  std::string text;
  for (const config::Violation& v : violations) {
    if (!text.empty()) text += "; ";
    text += v.message;
  }
  return text;
}

}  // namespace

// The answer to one request. Lives on the stack of the thread that gives it.
class Answering {
 public:
  Answering(Server& server, const Work& work, const plugin::Principal& principal,
            plugin::CallContext& call)
      : server_(server),
        work_(work),
        principal_(principal),
        call_(call),
        generation_(server.published_.get()),
        visible_(generation_->scopes().visible_to(principal)) {}

  Reply run() {
    const std::string& method = work_.message.method;
    const bool legacy = work_.era == Era::kLegacy;
    if (method == "tools/call") return call_tool();
    if (method == "tools/list") return list("tools", "tools", server_.tool_texts_, kStaticTtlMs);
    if (method == "resources/list") return list_resources();
    if (method == "resources/read") return read_resource();
    if (method == "resources/templates/list") return list_templates();
    if (method == "prompts/list")
      return list("prompts", "prompts", server_.prompt_texts_, kStaticTtlMs);
    if (method == "prompts/get") return get_prompt();
    if (legacy && method == "initialize") return initialize();
    if (legacy && method == "ping") return result(ResultText::fixed("{"), {}, false);
    if (!legacy && method == "server/discover") return discover();
    return error({kMethodNotFound, legacy ? 200 : 404, "method not found", nullptr},
                 GOV_UNIMPLEMENTED);
  }

 private:
  const Json& params() const { return work_.message.params(); }

  Reply result(ResultText text, CacheHint cache = {}, bool about_content = true) {
    Frame frame{&work_.message,
                work_.era,
                work_.correlation_id,
                about_content ? generation_.get() : nullptr,
                cache,
                server_.server_info_};
    Reply reply = Reply::result(std::move(text), frame);
    reply.pin(generation_);
    return reply;
  }
  Reply error(const Fault& fault, gov_status outcome) {
    return Reply::error(fault, work_.message.id, work_.correlation_id, outcome);
  }
  Reply bad_params(std::string message, Json data = nullptr) {
    return error({kInvalidParams, 200, std::move(message), std::move(data)}, GOV_INVALID_ARGUMENT);
  }

  Reply initialize() {
    const std::string* const asked = text_member(params(), "protocolVersion");
    const Json* const client = member(params(), "clientInfo");
    const Json* const declared = member(params(), "capabilities");
    if (!asked || !client || !client->is_object() || !declared || !declared->is_object())
      return bad_params(
          "initialize needs protocolVersion (string), capabilities (object) and clientInfo "
          "(object)");
    const auto known = std::find(kLegacyVersions.begin(), kLegacyVersions.end(), *asked);
    const std::string_view version = known == kLegacyVersions.end() ? kLatestLegacy : *known;
    if (work_.session) {
      const std::lock_guard lock(server_.sessions_mutex_);
      if (server_.sessions_.size() >= kMaxSessions ||
          !server_.sessions_.emplace(work_.connection, version).second)
        return error({kInvalidRequest, 200, "the session is initialized already", nullptr},
                     GOV_INVALID_ARGUMENT);
    }
    return result(ResultText::of({{"protocolVersion", version},
                                  {"capabilities", capabilities()},
                                  {"serverInfo", Json::parse(server_.server_info_)},
                                  {"instructions", kInstructions}}));
  }

  Reply discover() {
    return result(ResultText::of({{"supportedVersions", {kModernVersion}},
                                  {"capabilities", capabilities()},
                                  {"instructions", kInstructions}}),
                  {kStaticTtlMs, true});
  }

  // `key` names the array in the result and the list in cursors.
  Reply list(std::string_view key, std::string_view digest, std::span<const std::string> items,
             std::int64_t ttl_ms) {
    const auto page = page_of(params(), key, digest, items.size(), server_.page_size_);
    if (!page)
      return bad_params(
          "cursor: not a cursor of this list, or the list has changed; start again without one");
    std::string text = "{\"" + std::string(key) + "\":[";
    for (std::size_t i = page->begin; i < page->end; ++i) {
      if (i > page->begin) text += ',';
      text += items[i];
    }
    text += ']';
    if (!page->next.empty()) text += ",\"nextCursor\":\"" + page->next + '"';
    return result(ResultText::built(std::move(text)), {ttl_ms, true});
  }

  Reply list_resources() {
    const ResourceList resources(*generation_, visible_);
    const auto page = page_of(params(), "resources", generation_->snapshot().digest(),
                              resources.size(), server_.page_size_);
    if (!page)
      return bad_params(
          "cursor: not a cursor of this list, or the content has changed; start again without one");
    Json out{{"resources", Json::array()}};
    for (std::size_t i = page->begin; i < page->end; ++i)
      out["resources"].push_back(resources.describe(i));
    if (!page->next.empty()) out["nextCursor"] = page->next;
    return result(ResultText::of(out), {kContentTtlMs, false});
  }

  Reply list_templates() {
    const Json all = resource_templates();
    std::vector<std::string> texts;
    for (const Json& t : all) texts.push_back(t.dump());
    return list("resourceTemplates", "templates", texts, kStaticTtlMs);
  }

  Reply read_resource() {
    const std::string* const uri = text_member(params(), "uri");
    if (!uri) return bad_params("uri: must be a string");
    const ResourceTarget found = resolve_uri(generation_->snapshot(), *uri, visible_);
    if (!found) {
      Fault fault{work_.era == Era::kLegacy ? kResourceNotFound : kInvalidParams,
                  200,
                  found.ambiguous() ? "Resource name is ambiguous" : "Resource not found",
                  {{"uri", *uri}}};
      if (found.ambiguous())
        for (const content::Document* d : found.candidates)
          fault.data["candidates"].push_back(d->uri);
      return error(fault, GOV_NOT_FOUND);
    }
    return result(ResultText::built(resource_contents(*generation_, found, *uri, visible_)),
                  {kContentTtlMs, false});
  }

  Reply call_tool() {
    const std::string* const name = text_member(params(), "name");
    if (!name) return bad_params("name: must be a string");
    if (!work_.tool) return bad_params("Unknown tool: " + std::string(utf8_prefix(*name, 128)));
    const Json* arguments = member(params(), "arguments");
    static const Json kNone = Json::object();
    if (!arguments || arguments->is_null()) arguments = &kNone;
    if (!arguments->is_object()) return bad_params("arguments: must be an object");

    ToolResult answer = [&] {
      const auto violations = config::validate(work_.tool->arguments, *arguments);
      // Since 2025-11-25 a result rather than an error, so that a model can correct itself.
      if (!violations.empty())
        return ToolResult::error("invalid_argument", violations_text(violations));
      ToolContext context = tool_context();
      return work_.tool->handler(*arguments, context);
    }();
    Reply reply = result(std::move(answer.text));
    if (answer.is_error) {
      reply.outcome = GOV_INVALID_ARGUMENT;
      reply.error_type = "tool_error";
      reply.detail = std::move(answer.detail);
    }
    return reply;
  }

  Reply get_prompt() {
    const std::string* const name = text_member(params(), "name");
    if (!name) return bad_params("name: must be a string");
    if (!work_.prompt) return bad_params("Unknown prompt: " + std::string(utf8_prefix(*name, 128)));
    static const Json kNone = Json::object();
    const Json* arguments = member(params(), "arguments");
    if (!arguments || arguments->is_null()) arguments = &kNone;
    if (std::string wrong = work_.prompt->check(*arguments); !wrong.empty())
      return bad_params(std::move(wrong));
    ToolContext context = tool_context();
    const gov::Result<std::string> text = work_.prompt->write(*arguments, context);
    if (!text) {
      Reply reply =
          error({kInternalError, 200,
                 "the prompt could not be written because search is unavailable", nullptr},
                text.status().code());
      reply.detail = text.status().message();
      return reply;
    }
    return result(ResultText::of(
        {{"description", work_.prompt->description},
         {"messages", {{{"role", "user"}, {"content", {{"type", "text"}, {"text", *text}}}}}}}));
  }

  ToolContext tool_context() {
    return {generation_, server_.search_, server_.status_,      server_.counters_,
            call_,       principal_,      work_.correlation_id, visible_};
  }

  Server& server_;
  const Work& work_;
  const plugin::Principal& principal_;
  plugin::CallContext& call_;
  const std::shared_ptr<const Generation> generation_;
  const content::Visibility visible_;
};

Reply Server::answer(const Work& work, const plugin::Principal& principal,
                     plugin::CallContext& call) {
  return Answering(*this, work, principal, call).run();
}

}  // namespace govhost::mcp
