// URLs of outgoing requests, and the prefixes that operators grant. Stricter than RFC 3986: what
// two parsers could read in two ways is refused, because one of them checks and another one
// connects.
#pragma once

#include <gov/status.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace govhost::egress {

struct Url {
  bool tls = false;
  std::string host;   // lower case; an IPv6 address without brackets
  std::string port;   // always there: "443"
  std::string path;   // begins with '/'
  std::string query;  // with '?', or empty

  std::string text() const;  // what is connected to
  bool same_origin(const Url& other) const;
};

// "http" or "https", a host, a port by choice, a path and a query of unreserved, escaped and a few
// other characters; no user, no fragment, no "." or ".." or empty segment, no escaped '/', '\', '.'
// or control character.
gov::Result<Url> parse_url(std::string_view text);

// What an instance may reach.
class Grants {
 public:
  // Each is a URL without a query; a path covers itself and what is below it.
  static gov::Result<Grants> parse(const std::vector<std::string>& prefixes);

  bool cover(const Url& url) const;
  // The operator wrote this very address as a host, so it may be private.
  bool name_address(std::string_view host) const;
  bool empty() const { return prefixes_.empty(); }

 private:
  std::vector<Url> prefixes_;
};

}  // namespace govhost::egress
