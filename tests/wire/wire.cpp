#include "wire/wire.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace govhost::test::wire {
namespace {

bool same_name(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool named(const HeaderList& headers, const char* name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& h) { return same_name(h.first, name); });
}

}  // namespace

std::string binary_of(Kind kind) { return kind == Kind::kProduct ? binary() : GOVHOST_CONFORMANCE; }

Server::Server(Kind kind, std::vector<std::string> arguments,
               std::map<std::string, std::string> environment) {
  std::vector<std::string> command{binary_of(kind), "serve"};
  if (std::find(arguments.begin(), arguments.end(), "--config") == arguments.end())
    command.insert(command.end(), {"--http", "127.0.0.1:0"});
  command.insert(command.end(), {"--ops", "127.0.0.1:0"});
  command.insert(command.end(), arguments.begin(), arguments.end());
  process_ = std::make_unique<Process>(std::move(command), std::move(environment));
  const auto ready = process_->wait_error_line("\"serve.ready\"");
  const auto line = process_->wait_error_line("\"transport.listening\"");
  if (!ready || !line) throw std::runtime_error("no start:\n" + process_->error_text());
  port_ = port_of(Json::parse(*line)["endpoint"].get<std::string>());
}

HttpAnswer Server::post(std::string_view body, const HeaderList& headers) const {
  return send("POST", headers, body);
}

HttpAnswer Server::send(std::string_view method, const HeaderList& headers,
                        std::string_view body) const {
  HttpConnection http(port_);
  return http.request(method, "/mcp", method == "POST" ? usual(headers) : headers, body);
}

EventStreamReader Server::stream(std::string_view method, const HeaderList& headers,
                                 std::string_view body) const {
  return {port_, method, "/mcp", usual(headers), body};
}

HeaderList usual(const HeaderList& more) {
  HeaderList all;
  if (!named(more, "Content-Type")) all.emplace_back("Content-Type", "application/json");
  if (!named(more, "Accept")) all.emplace_back("Accept", "application/json, text/event-stream");
  for (const auto& h : more)
    if (!h.second.empty()) all.push_back(h);
  return all;
}

Json message(const std::string& method, Json params, Json id) {
  return {
      {"jsonrpc", "2.0"}, {"id", std::move(id)}, {"method", method}, {"params", std::move(params)}};
}

Json notice(const std::string& method, Json params) {
  return {{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}};
}

Json initialize(const std::string& version, Json capabilities) {
  return message("initialize", {{"protocolVersion", version},
                                {"capabilities", std::move(capabilities)},
                                {"clientInfo", {{"name", "test"}, {"version", "1"}}}});
}

Json with_tasks() { return {{"extensions", {{kTasksExtension, Json::object()}}}}; }

Json with_questions() {
  return {{"sampling", Json::object()}, {"elicitation", Json::object()}, {"roots", Json::object()}};
}

Json modern(const std::string& method, Json params, Json id, Json capabilities) {
  params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28";
  params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = std::move(capabilities);
  return message(method, std::move(params), std::move(id));
}

HeaderList modern_headers(const Json& request, const HeaderList& more) {
  const std::string method = request["method"];
  HeaderList all;
  if (!named(more, "MCP-Protocol-Version")) all.emplace_back("MCP-Protocol-Version", "2026-07-28");
  if (!named(more, "Mcp-Method")) all.emplace_back("Mcp-Method", method);
  const char* const member = method == "tools/call" || method == "prompts/get" ? "name"
                             : method == "resources/read"                      ? "uri"
                             : method.starts_with("tasks/")                    ? "taskId"
                                                                               : nullptr;
  const Json& params = request["params"];
  if (member && params.contains(member) && params[member].is_string() && !named(more, "Mcp-Name"))
    all.emplace_back("Mcp-Name", params[member].get<std::string>());
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

HttpAnswer ask_modern(const Server& server, const Json& request, const HeaderList& more) {
  return server.post(request.dump(), modern_headers(request, more));
}

Session::Session(const Server& on, const std::string& wanted, Json capabilities, HeaderList extra)
    : server(&on), version(wanted), more(std::move(extra)) {
  const HttpAnswer answer = on.post(initialize(wanted, std::move(capabilities)).dump(), more);
  if (answer.status != 200 || !answer.headers.contains("mcp-session-id"))
    throw std::runtime_error("initialize: " + std::to_string(answer.status) + " " + answer.body);
  id = answer.headers.at("mcp-session-id");
  EXPECT_EQ(post(notice("notifications/initialized")).status, 202);
}

HeaderList Session::headers(const HeaderList& extra) const {
  HeaderList all{{"Mcp-Session-Id", id}};
  if (version >= "2025-06-18") all.emplace_back("MCP-Protocol-Version", version);
  all.insert(all.end(), more.begin(), more.end());
  all.insert(all.end(), extra.begin(), extra.end());
  return all;
}

Json Session::ask(const std::string& method, Json params, Json number) const {
  const HttpAnswer answer = post(message(method, std::move(params), std::move(number)));
  return Json::parse(answer.body, nullptr, false);
}

Stdio::Stdio(Kind kind, std::vector<std::string> arguments)
    : process_([&] {
        std::vector<std::string> command{binary_of(kind), "serve", "--stdio"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return command;
      }()) {}

void Stdio::open(const std::string& version, Json capabilities) {
  const Json answer = ask(initialize(version, std::move(capabilities)));
  EXPECT_EQ(answer["result"]["protocolVersion"], version) << answer;
  send(notice("notifications/initialized"));
}

Json Stdio::next(std::chrono::milliseconds limit) {
  const auto line = process_.read_line(limit);
  if (!line) return nullptr;
  Json json = Json::parse(*line, nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << "no JSON on standard output: " << *line;
  return json;
}

Json Stdio::next_where(const std::function<bool(const Json&)>& wanted) {
  for (Json json = next(); !json.is_null(); json = next())
    if (wanted(json)) return json;
  return nullptr;
}

Json Stdio::ask(const Json& request) {
  send(request);
  return next_where([&](const Json& json) {
    return json.contains("id") && json["id"] == request["id"] && !json.contains("method");
  });
}

void check(const Server& server, const Row& row) {
  SCOPED_TRACE(row.name);
  const HttpAnswer answer = row.method == "POST" ? server.post(row.body, row.headers)
                                                 : server.send(row.method, row.headers, row.body);
  EXPECT_EQ(answer.status, row.status) << answer.body;
  const Json json = Json::parse(answer.body, nullptr, false);
  if (row.code != 0) {
    EXPECT_EQ(header(answer, "content-type"), "application/json");
    EXPECT_EQ(code_of(json), row.code) << answer.body;
    EXPECT_FALSE(json.contains("id") && json["id"].is_null()) << answer.body;
  } else if (!answer.body.empty() && row.status == 200 && !json.is_discarded()) {
    EXPECT_FALSE(json.contains("error")) << answer.body;
  }
  if (row.also) {
    EXPECT_TRUE(row.also(answer, json)) << answer.status << " " << answer.body;
  }
}

int code_of(const Json& answer) {
  if (!answer.is_object() || !answer.contains("error")) return 0;
  return answer["error"].value("code", 0);
}

bool has(const HttpAnswer& answer, const char* name) { return answer.headers.contains(name); }

std::string header(const HttpAnswer& answer, const char* name) {
  const auto found = answer.headers.find(name);
  return found == answer.headers.end() ? std::string() : found->second;
}

std::string text_of(const Json& answer) {
  const auto result = answer.is_object() ? answer.find("result") : answer.end();
  if (result == answer.end() || !result->contains("content")) return {};
  return (*result)["content"][0].value("text", "");
}

}  // namespace govhost::test::wire
