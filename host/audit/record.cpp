#include "audit/record.h"

#include "core/digest.h"
#include "core/json_text.h"
#include "core/time.h"
#include "core/utf8.h"

namespace govhost::audit {
namespace {

constexpr std::size_t kMostArguments = 4096, kMostText = 1024;  // bytes

}  // namespace

void append_members(std::string& out, const Record& record, bool whole_arguments) {
  out += "\"ts\":\"";
  append_rfc3339(out, std::chrono::system_clock::now(), true);
  out += '"';
  const auto text = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out.append(",\"").append(name).append("\":");
    const std::string_view shown = value.substr(0, kMostText);
    if (is_plain(shown))
      out.append(1, '"').append(shown).append(1, '"');
    else
      append_json_string(out, to_valid_utf8(shown));
  };
  text("action", record.action);
  text("target", record.target);
  text("outcome", record.outcome);
  text("reason", record.reason);
  text("principal", record.principal);
  text("auth", record.method);
  text("credential", record.credential);
  text("src", record.address);
  text("transport", record.transport);
  text("correlation_id", record.correlation_id);
  text("trace_id", record.trace_id);
  if (!record.arguments.empty()) {
    text("args_sha256", to_hex(sha256(record.arguments)));
    if (whole_arguments && record.arguments.size() <= kMostArguments)
      out.append(",\"args\":").append(record.arguments);
  }
  text("snapshot", record.snapshot);
  if (record.duration)
    out.append(",\"duration_us\":").append(std::to_string(record.duration->count()));
  if (record.bytes) out.append(",\"bytes\":").append(std::to_string(*record.bytes));
}

}  // namespace govhost::audit
