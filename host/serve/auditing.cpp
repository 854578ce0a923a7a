// What of a message goes into the audit trail.
#include <nlohmann/json.hpp>

#include "mcp/trace.h"
#include "serve/dispatch.h"

namespace govhost {
namespace {

// What a request is about: the tool, the prompt or the resource, as the caller named it.
std::string_view target_of(const mcp::Json& params) {
  for (const char* const name : {"name", "uri"})
    if (const mcp::Json* const value = mcp::member(params, name); value && value->is_string())
      return value->get_ref<const std::string&>();
  return {};
}

std::string_view outcome_of(const mcp::Reply& reply) {
  if (reply.http_status == 401 || reply.http_status == 403 ||
      reply.outcome == GOV_PERMISSION_DENIED || reply.outcome == GOV_UNAUTHENTICATED)
    return "denied";
  return reply.error_type.empty() ? "ok" : "error";
}

}  // namespace

std::optional<mcp::Reply> Dispatcher::record(const mcp::Work* work, const mcp::Reply& reply,
                                             std::string_view correlation_id,
                                             const CallerView& caller,
                                             std::chrono::steady_clock::time_point began) {
  if (trail_ == nullptr || reply.is_repeated) return std::nullopt;
  const auto generation = server_.generation();
  static thread_local std::string arguments;
  arguments.clear();
  audit::Record record{.action = "message",
                       .outcome = outcome_of(reply),
                       .reason = reply.error_type,
                       .correlation_id = correlation_id,
                       .principal = caller.subject,
                       .address = caller.address,
                       .transport = caller.transport,
                       .method = caller.method,
                       .credential = caller.credential,
                       .snapshot = generation ? std::string_view(generation->snapshot().digest())
                                              : std::string_view()};
  record.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - began);
  record.bytes = reply.size();
  if (work) {
    record.action = work->method_name();
    record.target = target_of(work->message.params());
    record.trace_id = mcp::trace_id_of(work->message);
    if (const mcp::Json* const given = mcp::member(work->message.params(), "arguments"))
      mcp::append_text(arguments, *given);
    record.arguments = arguments;
  }
  if (trail_->append(record)) return std::nullopt;
  mcp::Reply refused =
      mcp::Reply::error({mcp::kOverloaded, 503,
                         "nothing is answered while the audit trail cannot be written", nullptr},
                        work ? work->message.id : std::string(), correlation_id, GOV_UNAVAILABLE);
  refused.headers.emplace_back("Retry-After", "1");
  return refused;
}

}  // namespace govhost
