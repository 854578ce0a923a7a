#include "support/wire_record.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace govhost::test {
namespace {

using Json = nlohmann::json;

constexpr const char* kVersionKey = "io.modelcontextprotocol/protocolVersion";
constexpr const char* kSubscriptionKey = "io.modelcontextprotocol/subscriptionId";
constexpr std::size_t kLongRequest = 4096;

const char* folder() { return std::getenv("GOVHOST_WIRE_DIR"); }

const Json& at(const Json& object, const char* key) {
  static const Json kNull;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? kNull : *found;
}

std::string test_name() {
  const auto* unit = testing::UnitTest::GetInstance();
  if (const auto* test = unit->current_test_info())
    return std::string(test->test_suite_name()) + "." + test->name();
  return unit->current_test_suite() ? unit->current_test_suite()->name() : "";
}

// Appends in one write, so that lines of several threads do not mix.
void append(const Json& line) {
  const std::string path = std::string(folder()) + "/" + program_invocation_short_name + "-" +
                           std::to_string(::getpid()) + ".jsonl";
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  EXPECT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size())) << path;
  ::close(fd);
}

// Every whole line of `pending` after `text` came in.
template <typename Handler>
void for_lines(std::string& pending, std::string_view text, Handler handle) {
  pending.append(text);
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = pending.find('\n', begin)) != std::string::npos; begin = end + 1)
    if (pending.find_first_not_of(" \r", begin) < end)
      handle(std::string_view(pending).substr(begin, end - begin));
  pending.erase(0, begin);
}

std::string header(std::string_view head, std::string_view name) {
  for (std::size_t at = 0; (at = head.find("\r\n", at)) != std::string_view::npos;) {
    at += 2;
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    const bool same =
        line.size() > name.size() && line[name.size()] == ':' &&
        std::equal(name.begin(), name.end(), line.begin(),
                   [](unsigned char a, unsigned char b) { return a == std::tolower(b); });
    if (!same) continue;
    const std::size_t value = line.find_first_not_of(" \t", name.size() + 1);
    return value == std::string_view::npos ? "" : std::string(line.substr(value));
  }
  return {};
}

// What was asked in sessions, for those that fetch the answer elsewhere.
class SessionRequests {
 public:
  static SessionRequests& all() {
    static SessionRequests requests;
    return requests;
  }
  void put(const std::string& session, const Json& request) {
    const std::lock_guard lock(mutex_);
    requests_[session + request["id"].dump()] = request;
  }
  Json get(const std::string& session, const Json& id) {
    const std::lock_guard lock(mutex_);
    const auto found = requests_.find(session + id.dump());
    return found == requests_.end() ? Json() : found->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Json> requests_;
};

}  // namespace

void WireRecord::wrote_lines(std::string_view text) {
  if (folder()) for_lines(outgoing_, text, [&](std::string_view line) { asked(line, {}); });
}

void WireRecord::read_lines(std::string_view text) {
  if (!folder()) return;
  // The last line before the end of input needs no break.
  if (Json::accept(outgoing_)) asked(std::exchange(outgoing_, {}), {});
  for_lines(incoming_, text, [&](std::string_view line) { answered(line, "stdio"); });
}

void WireRecord::wrote_http(std::string_view request) {
  const std::size_t end = request.find("\r\n\r\n");
  if (!folder() || end == std::string_view::npos) return;
  const std::string_view head = request.substr(0, end + 2);
  session_ = header(head, "mcp-session-id");
  asked(request.substr(end + 4), header(head, "mcp-protocol-version"));
}

void WireRecord::read_http(const std::string& content_type, std::string_view body) {
  if (!folder() || body.empty()) return;
  if (content_type.starts_with("text/event-stream")) {
    std::string pending;
    for_lines(pending, body, [&](std::string_view line) {
      if (!line.starts_with("data:")) return;
      line.remove_prefix(5);
      if (line.find_first_not_of(" \r") != line.npos) answered(line, "http");
    });
  } else if (content_type.starts_with("application/json")) {
    answered(body, "http");
  }
}

void WireRecord::read_event(std::string_view data) {
  if (folder() && !data.empty()) answered(data, "http");
}

void WireRecord::asked(std::string_view text, const std::string& version_header) {
  header_ = version_header.empty() ? Json() : Json(version_header);
  Json all = Json::parse(text, nullptr, false);
  // What cannot be read here may be in pieces that the server puts together.
  last_ = all.is_discarded() ? Json{{"unread", true}} : Json();
  for (Json& message : all.is_array() ? all : Json::array({all})) {
    if (!at(message, "method").is_string()) continue;
    last_ =
        text.size() < kLongRequest
            ? message
            : Json{{"jsonrpc", "2.0"}, {"id", at(message, "id")}, {"method", message["method"]}};
    if (!message.contains("id")) continue;
    requests_[message["id"].dump()] = last_;
    if (!session_.empty()) SessionRequests::all().put(session_, last_);
  }
}

void WireRecord::answered(std::string_view text, const char* transport) {
  Json all = Json::parse(text, nullptr, false);
  if (all.is_discarded()) all = Json(std::string(text));
  for (const Json& message : all.is_array() ? all : Json::array({all})) {
    // Over HTTP there are answers of other kinds too: those of authorization, of probes.
    const bool rpc =
        message.is_object() && (message.contains("jsonrpc") || message.contains("result"));
    if (rpc || transport == std::string_view("stdio")) note(message, transport);
  }
}

// The request that a message answers, or on whose behalf it is sent.
Json WireRecord::request_of(const Json& message) const {
  const Json& params = at(message, "params");
  const bool call = message.contains("method");
  for (const Json& id : {call ? at(at(params, "_meta"), kSubscriptionKey) : at(message, "id")})
    if (const auto found = requests_.find(id.dump()); found != requests_.end())
      return found->second;
  const Json& token = at(params, "progressToken");
  for (const auto& [id, request] : requests_)
    if (!token.is_null() && at(at(at(request, "params"), "_meta"), "progressToken") == token)
      return request;
  if (!call && !session_.empty())
    if (Json asked = SessionRequests::all().get(session_, at(message, "id")); !asked.is_null())
      return asked;
  return last_;
}

void WireRecord::note(const Json& message, const char* transport) {
  const Json request = message.is_object() ? request_of(message) : last_;
  const Json& result = at(message, "result");
  if (at(request, "method") == "initialize" && result.contains("protocolVersion"))
    negotiated_ = result["protocolVersion"];
  Json version = at(at(at(request, "params"), "_meta"), kVersionKey);
  if (version.is_null()) version = header_.is_null() ? negotiated_ : header_;
  append({{"test", test_name()},
          {"version", std::move(version)},
          {"transport", transport},
          {"request", request},
          {"message", message}});
}

}  // namespace govhost::test
