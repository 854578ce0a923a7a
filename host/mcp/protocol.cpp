#include "mcp/protocol.h"

#include <gov/status.hpp>

#include <algorithm>

#include "core/base64.h"
#include "mcp/notes.h"

namespace govhost::mcp {
namespace {

Fault fault(int code, std::string message, int http_status = 400) {
  return {code, http_status, std::move(message), nullptr};
}

// Where the value of Mcp-Name comes from, by method; empty: the header is not expected.
std::string_view named_member(std::string_view method) {
  if (method == "tools/call" || method == "prompts/get") return "name";
  if (method == "resources/read") return "uri";
  if (method == "tasks/get" || method == "tasks/update" || method == "tasks/cancel")
    return "taskId";
  return {};
}

std::optional<Fault> check_envelope(const Message& message) {
  const Json& meta = message.meta();
  const Json* const version = member(meta, kMetaVersion);
  if (!version || !version->is_string())
    return fault(kInvalidParams, "params._meta." + std::string(kMetaVersion) + " must be a string");
  const Json* const capabilities = member(meta, kMetaCapabilities);
  if (!capabilities || !capabilities->is_object())
    return fault(kInvalidParams,
                 "params._meta." + std::string(kMetaCapabilities) + " must be an object");
  if (const Json* const level = member(meta, kMetaLogLevel)) {
    if (!level->is_string() || !severity_of(level->get_ref<const std::string&>()))
      return fault(kInvalidParams,
                   "params._meta." + std::string(kMetaLogLevel) + " is no log level of MCP");
  }
  return std::nullopt;
}

std::optional<Fault> check_header(const Headers& headers, std::string_view name,
                                  std::string_view shown, std::string_view expected) {
  const auto value = headers.find(name);
  if (!value) return fault(kHeaderMismatch, "the header " + std::string(shown) + " is missing");
  if (headers.repeated(name))
    return fault(kHeaderMismatch, "the header " + std::string(shown) + " was sent twice");
  const auto decoded = decode_header_value(*value);
  if (!decoded) return fault(kHeaderMismatch, "the header " + std::string(shown) + " is malformed");
  if (*decoded != expected)
    return fault(kHeaderMismatch, "the header " + std::string(shown) + " does not match the body");
  return std::nullopt;
}

// The order of these checks is part of the protocol: see the conformance scenario server-stateless.
std::optional<Fault> check_modern(const Message& message, const Headers& headers, bool over_http) {
  if (auto f = check_envelope(message)) return f;
  const std::string version = message.meta()[std::string(kMetaVersion)].get<std::string>();
  if (over_http)
    if (auto f = check_header(headers, "mcp-protocol-version", "MCP-Protocol-Version", version))
      return f;
  if (version != kModernVersion) {
    Fault f = fault(kUnsupportedVersion, "unsupported protocol version");
    f.data = {{"supported", {kModernVersion}}, {"requested", version}};
    return f;
  }
  if (!over_http) return std::nullopt;
  if (auto f = check_header(headers, "mcp-method", "Mcp-Method", message.method)) return f;
  const std::string_view named = named_member(message.method);
  if (named.empty()) return std::nullopt;
  const std::string* const name = text_member(message.params(), named);
  // A body without the name gets its own error from the method; the header cannot match anything.
  return name ? check_header(headers, "mcp-name", "Mcp-Name", *name) : std::nullopt;
}

}  // namespace

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const gov_pair& p : pairs_)
    if (gov::to_cpp(p.name) == name) return gov::to_cpp(p.value);
  return std::nullopt;
}

bool Headers::repeated(std::string_view name) const {
  return std::count_if(pairs_.begin(), pairs_.end(),
                       [&](const gov_pair& p) { return gov::to_cpp(p.name) == name; }) > 1;
}

bool is_legacy_version(std::string_view version) {
  return std::find(kLegacyVersions.begin(), kLegacyVersions.end(), version) !=
         kLegacyVersions.end();
}

std::optional<std::string> decode_header_value(std::string_view value) {
  constexpr std::string_view kOpen = "=?base64?";
  constexpr std::string_view kClose = "?=";
  if (!value.starts_with(kOpen) || !value.ends_with(kClose) ||
      value.size() < kOpen.size() + kClose.size())
    return std::string(value);
  value.remove_prefix(kOpen.size());
  value.remove_suffix(kClose.size());
  return from_base64(value);
}

Classified classify(const Message& message, const Headers& headers, bool over_http,
                    std::string_view session_version) {
  Classified result;
  const auto header = headers.find("mcp-protocol-version");
  const bool claimed = member(message.meta(), kMetaVersion) != nullptr;
  const bool modern_header = header && *header >= kModernVersion;  // also catches "garbage"

  if (message.method == "initialize" && !claimed) {
    if (modern_header)
      result.fault = fault(kHeaderMismatch,
                           "initialize belongs to versions before 2026-07-28; the header "
                           "MCP-Protocol-Version names a later one");
    result.version = kLatestLegacy;
    return result;
  }
  if (claimed || modern_header) {
    result.era = Era::kModern;
    result.version = kModernVersion;
    if (message.kind == MessageKind::kRequest)
      result.fault = check_modern(message, headers, over_http);
    return result;
  }
  if (!over_http) {
    result.version = session_version.empty() ? kLatestLegacy : session_version;
    return result;
  }
  result.version = session_version.empty() ? std::string_view("2025-03-26") : session_version;
  if (header) {
    const auto known = std::find(kLegacyVersions.begin(), kLegacyVersions.end(), *header);
    if (known == kLegacyVersions.end())
      result.fault = fault(kServerError, "Bad Request: unsupported MCP-Protocol-Version");
    else if (session_version.empty())
      result.version = *known;
  }
  return result;
}

}  // namespace govhost::mcp
