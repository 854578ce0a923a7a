#include "egress/url.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/text.h"

namespace govhost::egress {
namespace {

constexpr std::size_t kMaxUrl = 8192;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Escapes that a server may decode to something that changes where the path leads.
bool is_dangerous_escape(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value < 0x20 || value == 0x7f || is_one_of(static_cast<char>(value), "/\\.%");
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 253 || host.front() == '.' || host.front() == '-') return false;
  return std::all_of(host.begin(), host.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; });
}

bool is_ipv6(std::string_view host) {
  return host.size() >= 2 && host.size() <= 45 && std::all_of(host.begin(), host.end(), [](char c) {
           return is_hex(c) || c == ':' || c == '.';
         });
}

// Why the text cannot stand in a path or query; empty: it can.
std::string fault_of(std::string_view text, std::string_view more) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_letter(c) || is_digit(c) || is_one_of(c, "-._~!$&'()*+,;=:@/") || is_one_of(c, more))
      continue;
    if (c != '%' || i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))
      return "holds a character that must be percent-encoded";
    if (more.empty() && is_dangerous_escape(text.substr(i + 1, 2)))
      return "holds an escaped '/', '\\', '.', '%' or control character";
    i += 2;
  }
  return {};
}

std::string path_fault(std::string_view path) {
  if (std::string fault = fault_of(path, ""); !fault.empty()) return fault;
  std::vector<std::string_view> parts = split(path.substr(1), '/');
  if (parts.back().empty()) parts.pop_back();
  for (const std::string_view part : parts)
    if (part.empty() || part == "." || part == "..")
      return "has a path with an empty, \".\" or \"..\" part";
  return {};
}

}  // namespace

std::string Url::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return std::string(tls ? "https://" : "http://") + (v6 ? "[" + host + "]" : host) + ":" + port +
         path + query;
}

bool Url::same_origin(const Url& other) const {
  return tls == other.tls && host == other.host && port == other.port;
}

gov::Result<Url> parse_url(std::string_view text) {
  const auto refuse = [&](const std::string& why) { return gov::invalid("the URL " + why); };
  if (text.size() > kMaxUrl) return refuse("is longer than 8192 bytes");
  Url url;
  const std::string scheme = lower(text.substr(0, text.find(':')));
  if (scheme != "http" && scheme != "https") return refuse("must begin with https:// or http://");
  url.tls = scheme == "https";
  std::string_view rest = text.substr(scheme.size());
  if (!rest.starts_with("://")) return refuse("must begin with https:// or http://");
  rest.remove_prefix(3);

  const std::size_t end = std::min(rest.find_first_of("/?#\\"), rest.size());
  std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(end);
  if (authority.find('@') != std::string_view::npos) return refuse("must not name a user");
  const bool bracketed = authority.starts_with('[');
  const std::size_t close = bracketed ? authority.find(']') : 0;
  if (close == std::string_view::npos) return refuse("has a host without its ']'");
  const std::size_t colon = authority.find(':', close);
  url.port = url.tls ? "443" : "80";
  if (colon != std::string_view::npos) {
    const std::string_view digits = authority.substr(colon + 1);
    unsigned port = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || stop != digits.data() + digits.size() || port == 0 || port > 65535)
      return refuse("has no port from 1 to 65535");
    url.port = std::to_string(port);
    authority = authority.substr(0, colon);
  }
  if (bracketed) authority = authority.substr(1, authority.size() - 2);
  url.host = lower(authority);
  if (!(bracketed ? is_ipv6(url.host) : is_host(url.host)))
    return refuse("has no proper host name");

  const std::size_t question = std::min(rest.find('?'), rest.size());
  url.path = rest.substr(0, question);
  if (url.path.empty()) url.path = "/";
  url.query = rest.substr(question);
  if (std::string fault = url.path.front() == '/' ? path_fault(url.path) : "has no proper path";
      !fault.empty())
    return refuse(fault);
  if (std::string fault = fault_of(url.query, "?"); !fault.empty()) return refuse(fault);
  return url;
}

gov::Result<Grants> Grants::parse(const std::vector<std::string>& prefixes) {
  Grants grants;
  for (const std::string& prefix : prefixes) {
    auto url = parse_url(prefix);
    if (!url) return gov::invalid("\"" + prefix + "\": " + url.status().message());
    if (!url->query.empty()) return gov::invalid("\"" + prefix + "\": a grant has no query");
    grants.prefixes_.push_back(std::move(*url));
  }
  return grants;
}

bool Grants::cover(const Url& url) const {
  return std::any_of(prefixes_.begin(), prefixes_.end(), [&](const Url& grant) {
    if (!url.same_origin(grant) || !url.path.starts_with(grant.path)) return false;
    return grant.path.back() == '/' || url.path.size() == grant.path.size() ||
           url.path[grant.path.size()] == '/';
  });
}

bool Grants::name_address(std::string_view host) const {
  return std::any_of(prefixes_.begin(), prefixes_.end(),
                     [&](const Url& grant) { return grant.host == host; });
}

}  // namespace govhost::egress
