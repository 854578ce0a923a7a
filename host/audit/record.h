// What is recorded of a decision.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace govhost::audit {

// Views live for the call. Empty: not known, and left out.
struct Record {
  std::string_view action = {};   // the method ("tools/call"), or "content.accept", "start", "stop"
  std::string_view target = {};   // the tool, prompt, resource, source
  std::string_view outcome = {};  // "ok", "denied", "error"
  std::string_view reason = {};   // as error.type in the log
  std::string_view correlation_id = {}, principal = {}, address = {}, transport = {};
  std::string_view method = {}, credential = {};  // by which the principal was known: "jwt", a jti
  std::string_view trace_id = {};   // that the caller says it belongs to
  std::string_view arguments = {};  // JSON text
  std::string_view snapshot = {};   // digest of the content in service
  std::optional<std::chrono::microseconds> duration = {};
  std::optional<std::size_t> bytes = {};  // of the answer
};

// As members of a line, with the time and the digest of the arguments. With `whole_arguments` they
// stand there too, unless they are longer than 4 KiB.
void append_members(std::string& out, const Record& record, bool whole_arguments);

}  // namespace govhost::audit
