#include "mcp/tasks.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base64.h"
#include "core/random.h"
#include "core/time.h"
#include "mcp/session.h"

namespace govhost::mcp {
namespace {

std::string new_id() {
  std::array<std::uint8_t, 16> bytes{};
  random_bytes(bytes);
  return "task-" + to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

std::string task_owner(const plugin::Principal& principal, const content::Visibility& visible) {
  std::string owner = identity_of(principal);
  if (!visible.everything()) (owner += '\n') += std::to_string(visible.hidden());
  return owner;
}

bool Tasks::ended(const Task& task) {
  return task.status != "working" && task.status != "input_required";
}

Json Tasks::brief(const Task& task) {
  Json out{{"taskId", task.id},
           {"status", task.status},
           {"createdAt", to_rfc3339(task.created)},
           {"lastUpdatedAt", to_rfc3339(task.updated)},
           {"ttlMs", std::chrono::milliseconds(kLongest).count()},
           {"pollIntervalMs", kPollMs}};
  if (!task.message.empty()) out["statusMessage"] = task.message;
  return out;
}

Json Tasks::detailed(const Task& task) {
  Json out = brief(task);
  if (task.status == "input_required") out["inputRequests"] = task.requests;
  if (task.status == "completed") out["result"] = task.result;
  if (task.status == "failed") out["error"] = task.error;
  return out;
}

// Called with the lock held.
void Tasks::sweep() {
  const auto now = std::chrono::system_clock::now();
  for (auto task = tasks_.begin(); task != tasks_.end();) {
    const bool over = ended(*task) ? now - task->updated > kKeep : now - task->created > kLongest;
    if (!over) {
      ++task;
      continue;
    }
    task->job.call->cancel();
    by_id_.erase(task->id);
    task = tasks_.erase(task);
  }
}

std::optional<Json> Tasks::create(const std::string& owner, TaskJob job) {
  const std::lock_guard lock(mutex_);
  sweep();
  const auto of_owner =
      std::count_if(tasks_.begin(), tasks_.end(), [&](const Task& t) { return t.owner == owner; });
  if (tasks_.size() >= kMaxTasks || static_cast<std::size_t>(of_owner) >= kMaxOfOwner)
    return std::nullopt;
  Task task;
  task.id = new_id();
  task.owner = owner;
  task.created = task.updated = std::chrono::system_clock::now();
  task.job = std::move(job);
  tasks_.push_back(std::move(task));
  by_id_.emplace(tasks_.back().id, std::prev(tasks_.end()));
  return brief(tasks_.back());
}

std::optional<TaskJob> Tasks::begin(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || found->second->status != "working") return std::nullopt;
  return found->second->job;
}

Json Tasks::settle(const std::string& id, const char* status, Json Task::*member, Json value) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || found->second->status != "working") return nullptr;
  Task& task = *found->second;
  task.status = status;
  task.*member = std::move(value);
  task.updated = std::chrono::system_clock::now();
  return detailed(task);
}

Json Tasks::complete(const std::string& id, Json result) {
  return settle(id, "completed", &Task::result, std::move(result));
}

Json Tasks::fail(const std::string& id, int code, const std::string& message) {
  return settle(id, "failed", &Task::error, {{"code", code}, {"message", message}});
}

Json Tasks::ask(const std::string& id, InputNeeded needed) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(id);
    if (found != by_id_.end()) found->second->job.inputs.state = std::move(needed.state);
  }
  return settle(id, "input_required", &Task::requests, std::move(needed.requests));
}

// Called with the lock held.
Tasks::Task* Tasks::find(const std::string& id, const std::string& owner) {
  sweep();
  const auto found = by_id_.find(id);
  return found == by_id_.end() || found->second->owner != owner ? nullptr : &*found->second;
}

std::optional<Json> Tasks::get(const std::string& id, const std::string& owner) {
  const std::lock_guard lock(mutex_);
  const Task* const task = find(id, owner);
  if (!task) return std::nullopt;
  return detailed(*task);
}

std::optional<Json> Tasks::update(const std::string& id, const std::string& owner,
                                  const Json& responses, bool& resume) {
  const std::lock_guard lock(mutex_);
  resume = false;
  Task* const task = find(id, owner);
  if (!task) return std::nullopt;
  if (task->status != "input_required") return detailed(*task);
  for (const auto& [key, response] : responses.items())
    if (task->requests.erase(key) > 0) task->job.inputs.responses[key] = response;
  task->updated = std::chrono::system_clock::now();
  resume = task->requests.empty();
  if (resume) task->status = "working";
  return detailed(*task);
}

std::optional<Json> Tasks::cancel(const std::string& id, const std::string& owner) {
  const std::lock_guard lock(mutex_);
  Task* const task = find(id, owner);
  if (!task) return std::nullopt;
  if (!ended(*task)) {
    task->status = "cancelled";
    task->updated = std::chrono::system_clock::now();
    task->job.call->cancel();
  }
  return detailed(*task);
}

}  // namespace govhost::mcp
