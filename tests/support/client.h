// MCP clients for tests: one interface, over stdio or HTTP, in the legacy or the modern era.
#pragma once

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

#include "support/http.h"
#include "support/process.h"

namespace govhost::test {

using Json = nlohmann::json;

enum class Wire { kStdio, kHttp };
enum class Era { kLegacy, kModern };

// A running govhost and one client of it.
class Client {
 public:
  // Starts `govhost serve` with the arguments; HTTP takes a free port. The era's handshake is done.
  Client(Wire wire, Era era, std::vector<std::string> arguments);

  // The whole JSON-RPC answer.
  Json request(const std::string& method, Json params = Json::object());
  // The result of a tool call; fails the test on a JSON-RPC error.
  Json call(const std::string& tool, Json arguments = Json::object());
  // Its structured content.
  Json structured(const std::string& tool, Json arguments = Json::object());

  Process& process() { return *process_; }
  std::uint16_t port() const { return port_; }
  std::uint16_t ops_port() const { return ops_port_; }
  Era era() const { return era_; }
  HttpAnswer post(const Json& message, HeaderList extra = {});
  // Params with the modern envelope where the era needs it.
  Json envelope(Json params) const;

 private:
  Json request_stdio(const Json& message);
  Json request_http(const Json& message);

  const Wire wire_;
  const Era era_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<HttpConnection> http_;
  std::uint16_t port_ = 0, ops_port_ = 0;
  int next_id_ = 1;
};

// Arguments that serve this content.
std::vector<std::string> serving_aigf();
std::vector<std::string> serving_starter();

}  // namespace govhost::test
