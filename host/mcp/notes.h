// What a tool may tell the client while it works: progress and log messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mcp/json.h"
#include "mcp/stream.h"

namespace govhost::mcp {

// RFC 5424 severities, as MCP names them.
enum class Severity { kDebug, kInfo, kNotice, kWarning, kError, kCritical, kAlert, kEmergency };

std::optional<Severity> severity_of(std::string_view name);
std::string_view name_of(Severity severity);

// Lives for one call, on the thread that works on it. Sends nothing that the client did not ask
// for.
class Notes {
 public:
  // `stream` null: nobody listens.
  Notes(Stream* stream, const Json* progress_token, std::optional<Severity> least)
      : stream_(stream), token_(progress_token ? progress_token->dump() : ""), least_(least) {}
  Notes() = default;

  // Values must grow (MCP, utilities/progress); one that does not is left out. `total` 0: unknown.
  void progress(double done, double total = 0, std::string_view message = {});
  // `data` is any JSON; never a secret.
  void log(Severity severity, const Json& data);
  // Lets the client poll for the answer instead of keeping the connection (SEP-1699).
  void hang_up() {
    if (stream_) stream_->hang_up();
  }
  bool wants_log(Severity severity) const { return stream_ && least_ && severity >= *least_; }

 private:
  Stream* stream_ = nullptr;
  std::string token_;
  std::optional<Severity> least_;
  double last_ = -1;
};

}  // namespace govhost::mcp
