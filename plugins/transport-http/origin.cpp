#include "origin.h"

#include "text.h"

#include <algorithm>
#include <optional>

namespace transport_http {
namespace {

struct Authority {
  std::string_view name, port;
};

// "name", "name:port", "[::1]:port"; the port may be "*" in a pattern only.
std::optional<Authority> split(std::string_view text) {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
  }
  Authority found{text.substr(0, end), {}};
  if (found.name.empty() || found.name.find_first_of("/\\@?#%, \t") != std::string_view::npos)
    return std::nullopt;
  if (end == text.size()) return found;
  found.port = text.substr(end + 1);
  const bool digits = !found.port.empty() && found.port.size() <= 5 &&
                      std::all_of(found.port.begin(), found.port.end(), is_digit);
  if (text[end] != ':' || (!digits && found.port != "*")) return std::nullopt;
  return found;
}

std::string_view own_port(std::string_view scheme) {
  return equal_ignoring_case(scheme, "https") ? "443" : "80";
}

std::vector<std::string> own_names() { return {"localhost", "127.0.0.1", "[::1]"}; }

}  // namespace

gov::Result<OriginRules::Pattern> OriginRules::parse_host(std::string_view text) {
  const auto authority = split(text);
  if (!authority) {
    return gov::invalid("allowed_hosts names \"" + std::string(text) +
                        "\"; write NAME, NAME:PORT or *");
  }
  return Pattern{"", lower(authority->name),
                 authority->port.empty() ? "*" : std::string(authority->port)};
}

gov::Result<OriginRules::Pattern> OriginRules::parse_origin(std::string_view text) {
  const std::size_t mark = text.find("://");
  const bool with_scheme = mark != std::string_view::npos;
  const auto authority = split(with_scheme ? text.substr(mark + 3) : text);
  if (!authority || mark == 0) {
    return gov::invalid("allowed_origins names \"" + std::string(text) +
                        "\"; write https://NAME, https://NAME:PORT, https://NAME:*, NAME, null "
                        "or *");
  }
  Pattern pattern{lower(with_scheme ? text.substr(0, mark) : ""), lower(authority->name),
                  std::string(authority->port)};
  if (!with_scheme && pattern.port.empty()) pattern.port = "*";
  return pattern;
}

gov::Result<OriginRules> OriginRules::create(bool loopback, const std::vector<std::string>& hosts,
                                             const std::vector<std::string>& origins) {
  OriginRules rules;
  rules.any_host_ = !loopback && hosts.empty();
  for (const std::string& text : loopback&& hosts.empty() ? own_names() : hosts) {
    auto pattern = parse_host(text);
    if (!pattern) return pattern.status();
    rules.hosts_.push_back(std::move(*pattern));
  }
  for (const std::string& text : loopback&& origins.empty() ? own_names() : origins) {
    if (text == "null") {
      rules.null_origin_ = true;
      continue;
    }
    auto pattern = parse_origin(text);
    if (!pattern) return pattern.status();
    rules.origins_.push_back(std::move(*pattern));
  }
  return rules;
}

bool OriginRules::matches(const std::vector<Pattern>& patterns, std::string_view scheme,
                          std::string_view text) {
  const auto authority = split(text);
  if (!authority || authority->port == "*" || authority->name == "*") return false;
  const auto port_fits = [&](const Pattern& p) {
    if (p.port == "*" || p.port == authority->port) return true;
    // http://a and http://a:80 are one origin.
    const std::string_view own = own_port(scheme);
    return (p.port.empty() ? own : std::string_view(p.port)) ==
           (authority->port.empty() ? own : authority->port);
  };
  return std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& p) {
    return (p.scheme.empty() || equal_ignoring_case(p.scheme, scheme)) &&
           (p.name == "*" || equal_ignoring_case(p.name, authority->name)) && port_fits(p);
  });
}

bool OriginRules::host_allowed(std::string_view host) const {
  return any_host_ || matches(hosts_, "http", host);
}

bool OriginRules::origin_allowed(std::string_view origin) const {
  if (origin == "null") return null_origin_;
  const std::size_t mark = origin.find("://");
  if (mark == std::string_view::npos) return false;
  return matches(origins_, origin.substr(0, mark), origin.substr(mark + 3));
}

}  // namespace transport_http
