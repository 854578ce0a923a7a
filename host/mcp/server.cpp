#include "mcp/server.h"

#include <algorithm>
#include <array>
#include <map>

#include "content/side_by_side.h"
#include "core/json_text.h"
#include "mcp/icons.h"
#include "mcp/resources.h"

namespace govhost::mcp {

const std::string_view kInstructions =
    "AI-governance knowledge base: risks, mitigations, regulatory frameworks and use cases. Start "
    "with `search` in plain words, or list_risks / list_mitigations / list_frameworks for an "
    "overview; then read whole documents with get_risk, get_mitigation or get_framework. Ids such "
    "as ri-10 or mi-3 work everywhere. Quote documents with their title, section and link, and say "
    "so when nothing was found. server_info tells which content the answers come from.";

namespace {

constexpr std::array<std::string_view, 20> kMethods = {"initialize",
                                                       "ping",
                                                       "server/discover",
                                                       "tools/list",
                                                       "tools/call",
                                                       "resources/list",
                                                       "resources/read",
                                                       "resources/templates/list",
                                                       "resources/subscribe",
                                                       "resources/unsubscribe",
                                                       "prompts/list",
                                                       "prompts/get",
                                                       "completion/complete",
                                                       "logging/setLevel",
                                                       "subscriptions/listen",
                                                       "tasks/get",
                                                       "tasks/update",
                                                       "tasks/cancel",
                                                       "notifications/initialized",
                                                       "notifications/cancelled"};

// As far as `visible` shows it: that something else changed is a secret too.
Change change_between(const content::Snapshot& before, const content::Snapshot& after,
                      const content::Visibility& visible) {
  Change change;
  content::side_by_side(before, after, [&](auto i, auto j) {
    const content::Document* const old = i ? &before.documents()[*i] : nullptr;
    const content::Document* const now = j ? &after.documents()[*j] : nullptr;
    if (!visible.sees(old != nullptr ? *old : *now)) return;
    const bool same = old != nullptr && now != nullptr && old->uri == now->uri;
    if (!same) change.resources = true;
    // What is gone has changed too for somebody who had it open.
    if (old != nullptr && (!same || old->provenance.sha256 != now->provenance.sha256))
      change.updated.insert(old->uri);
  });
  if (change.resources || !change.updated.empty())
    change.updated.insert({std::string(kIndexUri), std::string(kGraphUri)});
  return change;
}

}  // namespace

Features product_features() {
  Features features;
  for (const auto family : {document_tools, monitoring_tools, search_tools, graph_tools})
    for (Tool& tool : family()) features.tools.push_back(std::move(tool));
  features.prompts = all_prompts();
  return features;
}

std::string_view Work::method_name() const {
  if (use == Use::kSessionStream) return "GET";
  const auto found = std::find(kMethods.begin(), kMethods.end(), message.method);
  return found == kMethods.end() ? std::string_view("_OTHER") : *found;
}

Server::Server(Published& published, std::shared_ptr<const Wiring> wiring, ServerSettings settings)
    : published_(published),
      wiring_(std::move(wiring)),
      page_size_(settings.page_size),
      keys_(std::move(settings.keys)),
      offer_(std::move(settings.offer)) {
  server_info_ = Json{{"name", "govhost"},
                      {"title", "AI Governance Host"},
                      {"version", wiring_.get()->status.version},
                      {"description", "Serves AI-governance knowledge over MCP"},
                      {"icons", {icon(Picture::kShield)}}}
                     .dump();
}

void Server::closed(std::uint64_t connection) {
  if (sessions_.close(connection)) subscriptions_.forget("c" + std::to_string(connection));
}

void Server::rewire(std::shared_ptr<const Wiring> next) {
  const auto before = wiring_.get();
  wiring_.set(next);
  if (before->policy.decides_as(next->policy)) return;
  Change change;
  change.tools = change.prompts = change.resources = true;
  subscriptions_.tell([&](std::span<const std::string>) -> const Change& { return change; });
}

void Server::publish(std::shared_ptr<const Generation> next) {
  const auto before = published_.get();
  published_.set(next);
  if (!before) return;
  std::map<std::uint64_t, Change> changes;  // by what is hidden
  subscriptions_.tell([&](std::span<const std::string> scopes) -> const Change& {
    const content::Visibility visible = next->restrictions().visible_with(scopes);
    const auto [at, fresh] = changes.try_emplace(visible.hidden());
    if (fresh) at->second = change_between(before->snapshot(), next->snapshot(), visible);
    return at->second;
  });
}

bool Server::answers_at_once(const Work& work) const {
  if (work.tool && work.tool->interactive) return false;
  const bool searches = work.prompt != nullptr || (work.tool && work.tool->searches);
  return !searches || work.wiring->search->answers_at_once();
}

Reply Server::refuse(const Work& work, int code, int http_status, std::string message,
                     gov_status outcome) {
  return Reply::error({code, http_status, std::move(message), nullptr}, work.message.id,
                      work.correlation_id, outcome);
}

}  // namespace govhost::mcp
