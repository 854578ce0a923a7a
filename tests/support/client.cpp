#include "support/client.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "support/files.h"

namespace govhost::test {
namespace {

std::string field(const std::string& line, const char* name) {
  return Json::parse(line).at(name).get<std::string>();
}

}  // namespace

std::vector<std::string> serving_aigf() { return {"--content", aigf().string()}; }
std::vector<std::string> serving_starter() { return {}; }

Client::Client(Wire wire, Era era, std::vector<std::string> arguments) : wire_(wire), era_(era) {
  std::vector<std::string> command{binary(), "serve"};
  if (wire == Wire::kStdio)
    command.insert(command.end(), {"--stdio"});
  else
    command.insert(command.end(), {"--http", "127.0.0.1:0", "--ops", "127.0.0.1:0"});
  command.insert(command.end(), arguments.begin(), arguments.end());
  process_ = std::make_unique<Process>(std::move(command));
  if (wire == Wire::kHttp) {
    const auto ready = process_->wait_error_line("\"serve.ready\"");
    const auto listening =
        process_->wait_error_line("\"transport.listening\"", std::chrono::milliseconds(0));
    const auto ops = process_->wait_error_line("\"ops.listening\"", std::chrono::milliseconds(0));
    if (!ready || !listening || !ops)
      throw std::runtime_error("govhost did not start:\n" + process_->error_text());
    port_ = port_of(field(*listening, "endpoint"));
    ops_port_ = port_of(field(*ops, "endpoint"));
    http_ = std::make_unique<HttpConnection>(port_);
  }
  if (era == Era::kLegacy) {
    const Json answer =
        request("initialize", {{"protocolVersion", "2025-11-25"},
                               {"capabilities", Json::object()},
                               {"clientInfo", {{"name", "test"}, {"version", "1"}}}});
    if (!answer.contains("result")) throw std::runtime_error("initialize: " + answer.dump());
    const Json note{{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}};
    if (wire == Wire::kStdio)
      process_->write(note.dump() + "\n");
    else
      post(note);
  }
}

Json Client::envelope(Json params) const {
  if (era_ == Era::kModern) {
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28";
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = Json::object();
  }
  return params;
}

Json Client::request(const std::string& method, Json params) {
  const Json message{{"jsonrpc", "2.0"},
                     {"id", next_id_++},
                     {"method", method},
                     {"params", envelope(std::move(params))}};
  const Json answer = wire_ == Wire::kStdio ? request_stdio(message) : request_http(message);
  EXPECT_EQ(answer.value("jsonrpc", ""), "2.0") << answer.dump();
  EXPECT_EQ(answer.value("id", Json()), message["id"]) << answer.dump();
  return answer;
}

Json Client::request_stdio(const Json& message) {
  process_->write(message.dump() + "\n");
  const auto line = process_->read_line();
  if (!line)
    throw std::runtime_error("no answer to " + message.dump() + "\n" + process_->error_text());
  return Json::parse(*line);
}

HttpAnswer Client::post(const Json& message, HeaderList extra) {
  HeaderList headers{{"Content-Type", "application/json"},
                     {"Accept", "application/json, text/event-stream"}};
  if (era_ == Era::kModern) {
    headers.emplace_back("MCP-Protocol-Version", "2026-07-28");
    headers.emplace_back("Mcp-Method", message.value("method", ""));
    const Json& params = message.value("params", Json::object());
    if (params.contains("uri"))
      headers.emplace_back("Mcp-Name", params["uri"].get<std::string>());
    else if (params.contains("name"))
      headers.emplace_back("Mcp-Name", params["name"].get<std::string>());
  } else if (message.value("method", "") != "initialize") {
    headers.emplace_back("MCP-Protocol-Version", "2025-11-25");
  }
  headers.insert(headers.end(), extra.begin(), extra.end());
  return http_->request("POST", "/mcp", headers, message.dump());
}

Json Client::request_http(const Json& message) {
  const HttpAnswer answer = post(message);
  if (answer.body.empty())
    throw std::runtime_error("no answer to " + message.dump() + "\n" + process_->error_text());
  return Json::parse(answer.body);
}

Json Client::call(const std::string& tool, Json arguments) {
  const Json answer = request("tools/call", {{"name", tool}, {"arguments", std::move(arguments)}});
  if (!answer.contains("result")) {
    ADD_FAILURE() << tool << ": " << answer.dump();
    return Json::object();
  }
  return answer["result"];
}

Json Client::structured(const std::string& tool, Json arguments) {
  const Json result = call(tool, std::move(arguments));
  EXPECT_FALSE(result.value("isError", true)) << result.dump();
  EXPECT_EQ(Json::parse(result["content"][0].value("text", "null")), result["structuredContent"]);
  return result.value("structuredContent", Json::object());
}

}  // namespace govhost::test
