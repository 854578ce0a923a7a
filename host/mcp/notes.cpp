#include "mcp/notes.h"

#include <algorithm>
#include <array>

namespace govhost::mcp {
namespace {

constexpr std::array<std::string_view, 8> kNames = {"debug", "info",     "notice", "warning",
                                                    "error", "critical", "alert",  "emergency"};

}  // namespace

std::optional<Severity> severity_of(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Severity>(found - kNames.begin());
}

std::string_view name_of(Severity severity) { return kNames[static_cast<std::size_t>(severity)]; }

void Notes::progress(double done, double total, std::string_view message) {
  if (!stream_ || token_.empty() || !(done > last_)) return;
  last_ = done;
  Json params{{"progress", done}};
  if (total > 0) params["total"] = total;
  if (!message.empty()) params["message"] = message;
  std::string text = params.dump();
  text.pop_back();
  // The token as it came: an integer beyond 2^53 must not pass through a double.
  stream_->send(R"({"jsonrpc":"2.0","method":"notifications/progress","params":)" + text +
                ",\"progressToken\":" + token_ + "}}");
}

void Notes::log(Severity severity, const Json& data) {
  if (!wants_log(severity)) return;
  stream_->send(
      Json{{"jsonrpc", "2.0"},
           {"method", "notifications/message"},
           {"params", {{"level", name_of(severity)}, {"logger", "govhost"}, {"data", data}}}}
          .dump());
}

}  // namespace govhost::mcp
