#include "clients.h"

#include "text.h"

#include <algorithm>

namespace transport_http {

gov::Result<Proxies> Proxies::create(const std::vector<std::string>& networks) {
  Proxies out;
  for (const std::string& text : networks) {
    const auto network = Network::parse(text);
    if (!network)
      return gov::invalid("trusted_proxies: \"" + text +
                          "\" is no network; write for example 10.1.0.0/16 or 192.0.2.7");
    out.networks_.push_back(*network);
  }
  return out;
}

bool Proxies::trusts(std::string_view peer) const {
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const Network& network) { return network.holds(peer); });
}

namespace {

// As transports write it; the port of somebody behind a proxy is not known.
std::string text_of(std::string_view host) {
  if (host.empty()) return {};
  const bool v6 = host.find(':') != std::string_view::npos;
  return v6 ? "[" + std::string(host) + "]:0" : std::string(host) + ":0";
}

}  // namespace

std::string Proxies::client_of(std::span<const gov_pair> headers) const {
  std::string_view client;
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    if (gov::to_cpp(header->name) != "x-forwarded-for") continue;
    std::string_view rest = gov::to_cpp(header->value);
    while (!rest.empty()) {
      const std::size_t comma = rest.rfind(',');
      const std::string_view each =
          trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
      // Beyond what cannot be read nothing can be believed.
      if (!address_bytes(host_of(each))) return text_of(client);
      client = host_of(each);
      if (!trusts(each)) return text_of(client);
    }
  }
  return text_of(client);
}

std::string ClientCounts::enter(std::string_view address, std::size_t limit) {
  const auto bytes = address_bytes(host_of(address));
  if (!bytes) return {};
  const std::size_t significant = is_ipv4(*bytes) ? bytes->size() : bytes->size() / 2;
  std::string key(reinterpret_cast<const char*>(bytes->data()), significant);
  const std::lock_guard lock(mutex_);
  std::size_t& open = open_[key];
  if (open >= limit) return {};
  ++open;
  return key;
}

void ClientCounts::leave(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(key);
  if (found != open_.end() && --found->second == 0) open_.erase(found);
}

}  // namespace transport_http
