// Tasks: a call that goes on after its request, and the methods that ask for it.
#include <exception>

#include "mcp/answering.h"

namespace govhost::mcp {
namespace {

// A call result that was written for a reply, as a JSON value.
Json result_value(const ToolResult& answer) {
  Json value = Json::parse(std::string(answer.text.text()) + "}");
  value["resultType"] = "complete";
  return value;
}

}  // namespace

bool Server::offers_tasks() const {
  const std::vector<Tool>& tools = offer().features().tools;
  return background_ &&
         std::any_of(tools.begin(), tools.end(), [](const Tool& tool) { return tool.can_defer(); });
}

Reply Answering::deferred(const Json& arguments) {
  TaskJob job;
  job.tool = work_.tool;
  job.arguments = arguments;
  job.principal = caller_.principal;
  job.capabilities = work_.capabilities.bits();
  job.correlation_id = work_.correlation_id;
  std::string fault;
  job.inputs = inputs(fault).value_or(Inputs{});
  job.call = std::make_shared<plugin::CallContext>(
      std::chrono::steady_clock::now() + Tasks::kLongest, work_.correlation_id);
  job.call->set_subject(caller_.principal.subject);
  const auto created =
      server_.tasks_.create(task_owner(caller_.principal, visible_), std::move(job));
  const std::string id = created ? (*created)["taskId"].get<std::string>() : std::string();
  if (!created || !server_.background_([&server = server_, id] { server.run_task(id); })) {
    if (created) server_.tasks_.fail(id, kOverloaded, "too many calls are in flight");
    return error({kOverloaded, 200, "too many tasks; wait for some to end", nullptr},
                 GOV_RESOURCE_EXHAUSTED);
  }
  return result(ResultText::of(*created), {}, true, "task");
}

// [worker] One run of a task's tool, from its beginning or since the last question.
void Server::run_task(const std::string& id) {
  const auto job = tasks_.begin(id);
  if (!job) return;
  const auto generation = published_.get();
  const auto wiring = wiring_.get();
  const Capabilities client(job->capabilities);
  Notes notes;
  const content::Visibility visible = generation->restrictions().visible_to(job->principal);
  ToolContext context{generation,     *wiring->search,     wiring->status, counters_, *job->call,
                      job->principal, job->correlation_id, visible,        client,    job->inputs,
                      notes,          subscriptions_,      false};
  Json told;
  try {
    ToolResult answer = job->tool->handler(job->arguments, context);
    if (answer.input)
      told = tasks_.ask(id, std::move(*answer.input));
    else if (answer.fault)
      told = tasks_.fail(id, answer.fault->code, answer.fault->message);
    else
      told = tasks_.complete(id, result_value(answer));
  } catch (const std::exception&) {
    told = tasks_.fail(id, kInternalError, "internal error");
  }
  if (told.is_null()) return;
  Change change;
  change.task = std::move(told);
  subscriptions_.tell(change);
}

Reply Answering::task_method(std::string_view name) {
  if (name != "get" && name != "update" && name != "cancel") return unknown_method();
  if (!work_.capabilities.has(Capabilities::kTasks))
    return error(
        {kMissingClientCapability,
         400,
         "tasks need the tasks extension",
         {{"requiredCapabilities", {{"extensions", {{kTasksExtension, Json::object()}}}}}}},
        GOV_INVALID_ARGUMENT);
  const std::string* const id = text_member(params(), "taskId");
  if (!id) return bad_params("taskId: must be a string");
  const std::string owner = task_owner(caller_.principal, visible_);
  std::optional<Json> task;
  bool resume = false;
  if (name == "get") {
    task = server_.tasks_.get(*id, owner);
  } else if (name == "cancel") {
    task = server_.tasks_.cancel(*id, owner);
  } else {
    const Json* const responses = member(params(), "inputResponses");
    if (!responses || !responses->is_object())
      return bad_params("inputResponses: must be an object");
    task = server_.tasks_.update(*id, owner, *responses, resume);
  }
  if (!task) return bad_params("there is no such task, or it has expired");
  if (name == "get") return result(ResultText::of(*task), {}, false);
  if (resume && !server_.background_([&server = server_, id = *id] { server.run_task(id); }))
    task = server_.tasks_.fail(*id, kOverloaded, "too many calls are in flight");
  Change change;
  change.task = std::move(*task);
  server_.subscriptions_.tell(change);
  return result(ResultText::fixed("{"), {}, false);
}

}  // namespace govhost::mcp
