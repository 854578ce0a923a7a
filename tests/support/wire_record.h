// Records what servers under test say, so that wire_schema_test can hold it against the schemas of
// the protocol: one file per process in $GOVHOST_WIRE_DIR, one line per message. Nothing without
// it.
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>

namespace govhost::test {

// What goes over one connection, or over one process's standard input and output.
class WireRecord {
 public:
  // Lines of JSON-RPC, in pieces as they are written and read.
  void wrote_lines(std::string_view text);
  void read_lines(std::string_view text);
  // A whole HTTP request, or a piece of one, of which nothing is learnt.
  void wrote_http(std::string_view request);
  void read_http(const std::string& content_type, std::string_view body);
  // Of one event of a stream that is read bit by bit.
  void read_event(std::string_view data);

 private:
  using Json = nlohmann::json;

  void asked(std::string_view text, const std::string& version_header);
  void answered(std::string_view text, const char* transport);
  void note(const Json& message, const char* transport);
  Json request_of(const Json& message) const;

  std::map<std::string, Json> requests_;  // by the text of their id
  Json last_, negotiated_, header_;       // null until there is one
  std::string session_;                   // whose requests may be answered over another connection
  std::string outgoing_, incoming_;       // lines that have no end yet
};

}  // namespace govhost::test
