// What the tests of the wire share: a server that runs, messages in both eras, and tables of what
// is sent and what must come back.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/client.h"
#include "support/events.h"
#include "support/files.h"

namespace govhost::test::wire {

enum class Kind { kProduct, kFixtures };  // govhost, or the server with the suite's tools

// A server over HTTP.
class Server {
 public:
  explicit Server(Kind kind, std::vector<std::string> arguments = {},
                  std::map<std::string, std::string> environment = {});

  std::uint16_t port() const { return port_; }
  Process& process() const { return *process_; }
  // Over a connection of its own. A body makes it a POST of JSON.
  HttpAnswer post(std::string_view body, const HeaderList& headers = {}) const;
  HttpAnswer send(std::string_view method, const HeaderList& headers = {},
                  std::string_view body = {}) const;
  EventStreamReader stream(std::string_view method, const HeaderList& headers,
                           std::string_view body = {}) const;

 private:
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
};

// One server for all tests of a suite.
template <Kind kind>
class OnServer : public testing::Test {
 protected:
  static void SetUpTestSuite() { server = std::make_unique<Server>(kind); }
  static void TearDownTestSuite() { server.reset(); }
  static inline std::unique_ptr<Server> server;
};

std::string binary_of(Kind kind);

// JSON and event streams are both welcome; then the given headers, which win.
HeaderList usual(const HeaderList& more = {});

Json message(const std::string& method, Json params = Json::object(), Json id = 1);
Json notice(const std::string& method, Json params = Json::object());
Json initialize(const std::string& version = "2025-11-25", Json capabilities = Json::object());

inline constexpr const char* kTasksExtension = "io.modelcontextprotocol/tasks";
Json with_tasks();      // ClientCapabilities that declare the extension
Json with_questions();  // ... sampling, elicitation and roots

// A request of the modern era and the headers that belong to it.
Json modern(const std::string& method, Json params = Json::object(), Json id = 1,
            Json capabilities = Json::object());
HeaderList modern_headers(const Json& request, const HeaderList& more = {});
HttpAnswer ask_modern(const Server& server, const Json& request, const HeaderList& more = {});

// A legacy session over HTTP.
struct Session {
  Session(const Server& server, const std::string& version = "2025-11-25",
          Json capabilities = Json::object(), HeaderList more = {});

  HeaderList headers(const HeaderList& extra = {}) const;
  HttpAnswer post(const Json& body) const { return server->post(body.dump(), headers()); }
  Json ask(const std::string& method, Json params = Json::object(), Json id = 1) const;
  EventStreamReader stream(const Json& body) const {
    return server->stream("POST", headers(), body.dump());
  }
  EventStreamReader listen() const { return server->stream("GET", headers()); }

  const Server* server;
  std::string id, version;
  HeaderList more;
};

// A process on stdio whose answers come in any order.
class Stdio {
 public:
  explicit Stdio(Kind kind, std::vector<std::string> arguments = {});
  Process& process() { return process_; }
  void send(const Json& json) { process_.write(json.dump() + "\n"); }
  void open(const std::string& version = "2025-11-25", Json capabilities = Json::object());
  // The next message; null at the end or when none came.
  Json next(std::chrono::milliseconds limit = kPatience);
  // The next one that the predicate accepts; others are dropped.
  Json next_where(const std::function<bool(const Json&)>& wanted);
  Json ask(const Json& request);

 private:
  Process process_;
};

// One row of a table: what is sent over HTTP and what must come back.
struct Row {
  const char* name;
  std::string body;
  HeaderList headers;
  int status = 200;
  int code = 0;  // of the JSON-RPC error; 0: a result, or no body
  std::function<bool(const HttpAnswer&, const Json&)> also = nullptr;
  std::string method = "POST";
};
void check(const Server& server, const Row& row);

int code_of(const Json& answer);
bool has(const HttpAnswer& answer, const char* header);
std::string header(const HttpAnswer& answer, const char* name);
std::string text_of(const Json& answer);  // of the first content block of a call's result

}  // namespace govhost::test::wire
