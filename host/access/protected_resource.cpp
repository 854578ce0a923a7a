#include "access/protected_resource.h"

#include <gov/status.hpp>

#include <nlohmann/json.hpp>

namespace govhost::access {
namespace {

std::string origin_of(const gov_peer& peer) {
  std::string_view host = "localhost";
  for (std::uint64_t i = 0; i < peer.header_count; ++i)
    if (gov::to_cpp(peer.headers[i].name) == "host") host = gov::to_cpp(peer.headers[i].value);
  const bool tls = GOV_HAS(&peer, flags) && (peer.flags & GOV_PEER_TLS) != 0;
  return (tls ? "https://" : "http://") + std::string(host);
}

// "https://h/a/mcp" to "https://h" and "/a/mcp".
std::pair<std::string_view, std::string_view> split(std::string_view url) {
  const std::size_t begin = url.find("://");
  const std::size_t path = begin == url.npos ? url.npos : url.find('/', begin + 3);
  if (path == url.npos) return {url, {}};
  return {url.substr(0, path), url.substr(path)};
}

}  // namespace

std::string ProtectedResource::metadata_url(const gov_peer& peer, std::string_view target) const {
  const std::string own = public_url_.empty() ? origin_of(peer) + std::string(target) : public_url_;
  auto [origin, path] = split(own);
  if (path == "/") path = {};
  return std::string(origin) + std::string(kWellKnown) + std::string(path);
}

std::optional<std::string> ProtectedResource::metadata(const gov_peer& peer,
                                                       std::string_view target) const {
  if (!known() || !target.starts_with(kWellKnown)) return std::nullopt;
  std::string_view path = target.substr(kWellKnown.size());
  if (path.ends_with('/')) path.remove_suffix(1);
  if (!path.empty() && !path.starts_with('/')) return std::nullopt;
  if (!public_url_.empty() && !path.empty() && path != split(public_url_).second)
    return std::nullopt;
  const std::string resource =
      public_url_.empty() ? origin_of(peer) + std::string(path) : public_url_;
  nlohmann::json out = {{"resource", resource},
                        {"authorization_servers", servers_},
                        {"bearer_methods_supported", {"header"}},
                        {"resource_name", "AI Governance Host"}};
  if (!scopes_.empty()) out["scopes_supported"] = scopes_;
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace govhost::access
