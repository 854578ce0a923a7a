// Tasks (extension io.modelcontextprotocol/tasks): from the call to the end, over HTTP.
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

class TaskWire : public OnServer<Kind::kFixtures> {
 protected:
  static Json ask(const char* method, Json params, Json capabilities = with_tasks()) {
    return Json::parse(
        ask_modern(*server, modern(method, std::move(params), 1, std::move(capabilities))).body);
  }
  static Json start(const char* tool, Json arguments = Json::object()) {
    return ask("tools/call", {{"name", tool}, {"arguments", std::move(arguments)}})["result"];
  }
  static Json of(const char* method, const Json& task, Json more = Json::object()) {
    more["taskId"] = task["taskId"];
    return ask(method, std::move(more));
  }
  // Hears of a task until it has this status; the task as it was told.
  static Json wait_for(EventStreamReader& stream, const char* status) {
    for (Json json = stream.next_json(); !json.is_null(); json = stream.next_json())
      if (json["method"] == "notifications/tasks" && json["params"]["status"] == status)
        return json["params"];
    return nullptr;
  }
  // What has ended before the stream opened is not told again, so it is asked for too.
  static Json until(const Json& task, const char* status) {
    const Json request =
        modern("subscriptions/listen", {{"notifications", {{"taskIds", {task["taskId"]}}}}}, "l",
               with_tasks());
    EventStreamReader stream = server->stream("POST", modern_headers(request), request.dump());
    EXPECT_EQ(stream.next_json()["method"], "notifications/subscriptions/acknowledged");
    const Json now = of("tasks/get", task)["result"];
    if (now["status"] == status) return now;
    return wait_for(stream, status);
  }
};

TEST_F(TaskWire, AreMadeOnlyForThoseWhoTakeThem) {
  const Json task = start("slow_compute", {{"seconds", 0}});
  EXPECT_EQ(task["resultType"], "task") << task;
  for (const char* name :
       {"taskId", "status", "createdAt", "lastUpdatedAt", "ttlMs", "pollIntervalMs"})
    EXPECT_TRUE(task.contains(name)) << name;
  EXPECT_FALSE(task.contains("requestState"));
  const Json call{{"name", "slow_compute"}, {"arguments", {{"seconds", 0}, {"label", "it"}}}};
  EXPECT_EQ(text_of(ask("tools/call", call, Json::object())), "computed it");
  EXPECT_EQ(text_of(Json::parse(server->post(message("tools/call", call).dump()).body)),
            "computed it");
  EXPECT_EQ(text_of(ask("tools/call", {{"name", "greet"}, {"arguments", {{"name", "Ada"}}}})),
            "Hello, Ada!");
}

TEST_F(TaskWire, EndAsTheirToolDoes) {
  const Json done = until(start("slow_compute", {{"seconds", 0}, {"label", "x"}}), "completed");
  EXPECT_EQ(done["result"]["content"][0]["text"], "computed x") << done;
  EXPECT_EQ(done["result"]["resultType"], "complete");
  const Json failed = until(start("failing_job"), "completed");
  EXPECT_EQ(failed["result"]["isError"], true) << failed;
  const Json broken = until(start("protocol_error_job"), "failed");
  EXPECT_EQ(broken["error"]["code"], -32603) << broken;
  EXPECT_FALSE(broken.contains("result"));
}

TEST_F(TaskWire, AskAndTakeAnswersInParts) {
  const auto value = [](const char* v) {
    return Json{{"action", "accept"}, {"content", {{"value", v}}}};
  };
  const Json task = start("multi_input");
  EXPECT_EQ(until(task, "input_required")["inputRequests"].size(), 2u);
  Json ack = of("tasks/update", task,
                {{"inputResponses", {{"first", value("1")}, {"unknown", 5}}}})["result"];
  EXPECT_EQ(ack["resultType"], "complete");
  for (const char* name : {"taskId", "status", "result", "error", "inputRequests"})
    EXPECT_FALSE(ack.contains(name)) << ack;
  const Json rest = of("tasks/get", task)["result"];
  EXPECT_EQ(rest["status"], "input_required");
  EXPECT_EQ(rest["inputRequests"].size(), 1u);
  EXPECT_TRUE(rest["inputRequests"].contains("second")) << rest;
  ack = of("tasks/update", task, {{"inputResponses", {{"second", value("2")}}}});
  EXPECT_TRUE(ack.contains("result"));
  EXPECT_EQ(until(task, "completed")["result"]["content"][0]["text"], "both inputs came");
  EXPECT_TRUE(
      of("tasks/update", task, {{"inputResponses", {{"second", value("3")}}}}).contains("result"))
      << "late answers are ignored";
  EXPECT_EQ(code_of(of("tasks/update", task, {{"inputResponses", 5}})), -32602);
  EXPECT_EQ(code_of(of("tasks/update", task)), -32602);
}

TEST_F(TaskWire, AreCancelledOnce) {
  const Json task = start("slow_compute", {{"seconds", 600}});
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(of("tasks/cancel", task)["result"]["resultType"], "complete");
  const Json now = of("tasks/get", task)["result"];
  EXPECT_EQ(now["status"], "cancelled");
  EXPECT_FALSE(now.contains("result"));
  const Json waiting = start("confirm_delete", {{"filename", "f"}});
  until(waiting, "input_required");
  EXPECT_TRUE(of("tasks/cancel", waiting).contains("result"));
  EXPECT_EQ(of("tasks/get", waiting)["result"]["status"], "cancelled");
}

TEST_F(TaskWire, QuestionsComeBeforeTheTask) {
  Json capabilities = with_questions();
  capabilities.update(with_tasks());
  Json result = ask("tools/call", {{"name", "test_tool_with_task"}}, capabilities)["result"];
  EXPECT_EQ(result["resultType"], "input_required") << result;
  const Json given{{"user_name", {{"action", "accept"}, {"content", {{"name", "Ada"}}}}}};
  result = ask("tools/call", {{"name", "test_tool_with_task"}, {"inputResponses", given}},
               capabilities)["result"];
  EXPECT_EQ(result["resultType"], "task") << result;
  EXPECT_EQ(until(result, "completed")["result"]["content"][0]["text"], "Hello, Ada!");
}

TEST_F(TaskWire, WhatIsRefused) {
  const Json task = start("slow_compute", {{"seconds", 600}});
  const auto row = [&](const char* name, const char* method, Json params, Json capabilities,
                       int status, int code, HeaderList more = {}) {
    const Json request = modern(method, std::move(params), 1, std::move(capabilities));
    return Row{name, request.dump(), modern_headers(request, more), status, code};
  };
  const Json id{{"taskId", task["taskId"]}};
  const Row rows[] = {
      row("get undeclared", "tasks/get", id, Json::object(), 400, -32021),
      row("cancel undeclared", "tasks/cancel", id, Json::object(), 400, -32021),
      row("update undeclared", "tasks/update", id, Json::object(), 400, -32021),
      row("get unknown", "tasks/get", {{"taskId", "task-x"}}, with_tasks(), 200, -32602),
      row("cancel unknown", "tasks/cancel", {{"taskId", "task-x"}}, with_tasks(), 200, -32602),
      row("update unknown", "tasks/update",
          {{"taskId", "task-x"}, {"inputResponses", Json::object()}}, with_tasks(), 200, -32602),
      row("no id", "tasks/get", Json::object(), with_tasks(), 200, -32602),
      row("another name in the header", "tasks/get", id, with_tasks(), 400, -32020,
          {{"Mcp-Name", "task-x"}}),
      row("list", "tasks/list", Json::object(), with_tasks(), 404, -32601),
      row("result", "tasks/result", id, with_tasks(), 404, -32601),
      {"in the legacy era", message("tasks/get", id).dump(), {}, 200, -32601},
  };
  for (const Row& r : rows) check(*server, r);
  EXPECT_TRUE(of("tasks/cancel", task).contains("result"));
}

TEST_F(TaskWire, OneOwnerHasSoManyOnly) {
  const Server own(Kind::kFixtures);
  const Json request = modern("tools/call", {{"name", "multi_input"}}, 1, with_tasks());
  int made = 0;
  Json last;
  for (; made < 100; ++made) {
    last = Json::parse(ask_modern(own, request).body);
    if (last.contains("error")) break;
  }
  EXPECT_EQ(made, 64);
  EXPECT_EQ(code_of(last), -31001) << last;
}

}  // namespace
}  // namespace govhost::test::wire
