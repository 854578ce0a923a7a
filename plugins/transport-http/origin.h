// Who may be addressed and which web pages may ask: the guard against DNS rebinding.
#pragma once

#include <gov/status.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace transport_http {

// The Host and Origin lists of one listener. Constant after create(), so usable from any thread.
class OriginRules {
 public:
  // Empty lists stand for the defaults: this machine's own names on a loopback address, otherwise
  // any Host and no Origin.
  static gov::Result<OriginRules> create(bool loopback, const std::vector<std::string>& hosts,
                                         const std::vector<std::string>& origins);

  bool host_allowed(std::string_view host) const;
  bool origin_allowed(std::string_view origin) const;

 private:
  struct Pattern {
    std::string scheme;  // empty: any
    std::string name;    // lower case; "*": any
    std::string port;    // empty: the scheme's own; "*": any
  };

  static gov::Result<Pattern> parse_host(std::string_view text);
  static gov::Result<Pattern> parse_origin(std::string_view text);
  static bool matches(const std::vector<Pattern>& patterns, std::string_view scheme,
                      std::string_view authority);

  bool any_host_ = false;
  bool null_origin_ = false;
  std::vector<Pattern> hosts_;
  std::vector<Pattern> origins_;
};

}  // namespace transport_http
