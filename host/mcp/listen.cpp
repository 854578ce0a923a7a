// subscriptions/listen (2026-07-28, server/utilities/subscriptions).
#include <unordered_set>

#include "mcp/server.h"

namespace govhost::mcp {

std::optional<Reply> Server::listen(const Work& work, const plugin::Principal& principal,
                                    const Subscriptions::Subscriber& subscriber) {
  const auto refuse_with = [&](int code, int status, std::string message, gov_status outcome,
                               Json data = nullptr) {
    return Reply::error({code, status, std::move(message), std::move(data)}, work.message.id,
                        work.correlation_id, outcome);
  };
  const Json* const wanted = member(work.message.params(), "notifications");
  if (!wanted || !wanted->is_object())
    return refuse_with(kInvalidParams, 200, "notifications: must be an object",
                       GOV_INVALID_ARGUMENT);
  Json honoured = Json::object();
  const auto flag = [&](const char* name) {
    const Json* const value = member(*wanted, name);
    const bool on = value && value->is_boolean() && value->get<bool>();
    if (on) honoured[name] = true;
    return on;
  };
  Subscriptions::Filter filter;
  filter.tools = flag("toolsListChanged");
  filter.prompts = flag("promptsListChanged");
  filter.resources = flag("resourcesListChanged");
  const auto texts = [&](const char* name, std::unordered_set<std::string>& out) {
    const Json* const values = member(*wanted, name);
    if (!values) return true;
    if (!values->is_array() || values->size() > Subscriptions::kMaxUris) return false;
    for (const Json& value : *values) {
      if (!value.is_string()) return false;
      out.insert(value.get<std::string>());
    }
    honoured[name] = *values;
    return true;
  };
  if (!texts("resourceSubscriptions", filter.uris) || !texts("taskIds", filter.tasks))
    return refuse_with(kInvalidParams, 200,
                       "resourceSubscriptions and taskIds: must be arrays of at most " +
                           std::to_string(Subscriptions::kMaxUris) + " strings",
                       GOV_INVALID_ARGUMENT);
  if (!filter.tasks.empty() && !work.capabilities.has(Capabilities::kTasks))
    return refuse_with(
        kMissingClientCapability, 400, "taskIds need the tasks extension", GOV_INVALID_ARGUMENT,
        {{"requiredCapabilities", {{"extensions", {{kTasksExtension, Json::object()}}}}}});
  if (!filter.tasks.empty()) {
    const auto generation = published_.get();
    const std::string owner =
        task_owner(principal, generation->restrictions().visible_to(principal));
    std::erase_if(filter.tasks, [&](const std::string& id) { return !tasks_.get(id, owner); });
  }
  if (subscriptions_.listen(subscriber, work.message.id, std::move(filter), honoured))
    return std::nullopt;
  return refuse_with(kOverloaded, 429,
                     "no stream can be opened now: too many are open, or the server is ending",
                     GOV_RESOURCE_EXHAUSTED);
}

}  // namespace govhost::mcp
