// Calls that outlive their request (extension io.modelcontextprotocol/tasks, draft).
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "content/visibility.h"
#include "mcp/input.h"
#include "mcp/json.h"
#include "mcp/message.h"
#include "plugin/adapters.h"
#include "plugin/call.h"

namespace govhost::mcp {

struct Tool;

// What is kept of one task. The call, for running it, belongs to whoever runs it.
struct TaskJob {
  const Tool* tool = nullptr;
  Json arguments;
  plugin::Principal principal;
  std::uint8_t capabilities = 0;  // bits of Capabilities
  std::string correlation_id;
  Inputs inputs;
  std::shared_ptr<plugin::CallContext> call;
};

// Whom a task belongs to: a principal as long as he sees the sources that he saw when it began,
// because its result tells of them.
std::string task_owner(const plugin::Principal& principal, const content::Visibility& visible);

// Bounded in number, per owner and in time: what is over is forgotten after kKeep, what does not
// end is cancelled after kLongest. Ids have 128 random bits, and are good for their owner only.
// Thread-safe.
class Tasks {
 public:
  static constexpr std::size_t kMaxTasks = 1024;
  static constexpr std::size_t kMaxOfOwner = 64;
  static constexpr std::chrono::minutes kKeep{10};
  static constexpr std::chrono::minutes kLongest{30};
  static constexpr int kPollMs = 500;

  // The new task as CreateTaskResult has it (without resultType); nullopt: there are too many.
  std::optional<Json> create(const std::string& owner, TaskJob job);

  // What is to be run next; nullopt when it has ended meanwhile.
  std::optional<TaskJob> begin(const std::string& id);
  // How a run ended. Each returns the DetailedTask for those who listen; null when the task had
  // been cancelled.
  Json complete(const std::string& id, Json result);
  Json fail(const std::string& id, int code, const std::string& message);
  Json ask(const std::string& id, InputNeeded needed);

  // For its owner; nullopt: there is no such task.
  std::optional<Json> get(const std::string& id, const std::string& owner);
  // Takes answers; `resume` tells that all of them are there and the task is to be run again.
  std::optional<Json> update(const std::string& id, const std::string& owner, const Json& responses,
                             bool& resume);
  std::optional<Json> cancel(const std::string& id, const std::string& owner);

 private:
  struct Task {
    std::string id, owner, status = "working", message;
    std::chrono::system_clock::time_point created, updated;
    Json requests = Json::object();  // not yet answered
    Json result, error;
    TaskJob job;
  };

  Task* find(const std::string& id, const std::string& owner);
  Json settle(const std::string& id, const char* status, Json Task::*member, Json value);
  void sweep();
  static bool ended(const Task& task);
  static Json brief(const Task& task);
  static Json detailed(const Task& task);

  std::mutex mutex_;
  std::list<Task> tasks_;  // oldest first
  std::unordered_map<std::string, std::list<Task>::iterator> by_id_;
};

}  // namespace govhost::mcp
