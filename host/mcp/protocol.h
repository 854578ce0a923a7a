// Which MCP a message speaks: the versions, and the ladder that sorts every message into the legacy
// era (initialize handshake) or the modern one (2026-07-28, each request describes itself). Both
// are served side by side; nothing is ever pinned to an era.
#pragma once

#include <gov/abi/auth.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mcp/message.h"

namespace govhost::mcp {

inline constexpr std::array<std::string_view, 4> kLegacyVersions = {"2024-11-05", "2025-03-26",
                                                                    "2025-06-18", "2025-11-25"};
inline constexpr std::string_view kLatestLegacy = kLegacyVersions.back();
inline constexpr std::string_view kModernVersion = "2026-07-28";

inline constexpr std::string_view kMetaVersion = "io.modelcontextprotocol/protocolVersion";
inline constexpr std::string_view kMetaCapabilities = "io.modelcontextprotocol/clientCapabilities";
inline constexpr std::string_view kMetaLogLevel = "io.modelcontextprotocol/logLevel";
inline constexpr std::string_view kMetaServerInfo = "io.modelcontextprotocol/serverInfo";

enum class Era { kLegacy, kModern };

// The headers of an HTTP request, by lower-case name. Empty for stdio.
class Headers {
 public:
  Headers() = default;
  explicit Headers(const gov_peer& peer)
      : pairs_(peer.headers, static_cast<std::size_t>(peer.header_count)) {}

  // nullopt when absent. A name sent twice yields the first; `repeated` tells.
  std::optional<std::string_view> find(std::string_view name) const;
  bool repeated(std::string_view name) const;

 private:
  std::span<const gov_pair> pairs_;
};

// What is wrong with a message, as JSON-RPC and HTTP say it.
struct Fault {
  int code = 0;
  int http_status = 400;
  std::string message;
  Json data;  // null: none
};

struct Classified {
  Era era = Era::kLegacy;
  std::string_view version;    // of the wire; legacy without a header: 2025-03-26 (spec 2025-06-18)
  std::optional<Fault> fault;  // answer this instead of dispatching
};

// `over_http`: headers are compared with the body as the modern era demands. `session_version` is
// what this connection negotiated by initialize, empty when it did not or is no session.
Classified classify(const Message& message, const Headers& headers, bool over_http,
                    std::string_view session_version);

// Decodes a header value that may carry =?base64?...?= (SEP-2243); nullopt when it is malformed.
std::optional<std::string> decode_header_value(std::string_view value);

bool is_legacy_version(std::string_view version);

}  // namespace govhost::mcp
