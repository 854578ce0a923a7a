// Who may read what the ops listener tells of this process.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace govhost::ops {

// A request, as far as rights go. Views into its headers; empty: not sent.
struct Asking {
  std::string_view authorization, host;
  bool browser = false;  // for a page that people open: a browser sends no bearer token by itself
};

struct Refusal {
  unsigned status = 403;
  std::string_view challenge;  // WWW-Authenticate; empty: none
  std::string_view sentence;
};

// Without a token: who is on this machine, when nobody else can reach the listener. With one: who
// has it. [any]
class Rights {
 public:
  // `token`: asked for at each request; an empty text lets nobody in. Null: there is none.
  // `is_local`: nobody from another machine reaches the listener.
  Rights(std::function<std::string()> token, bool is_local)
      : token_(std::move(token)), is_local_(is_local) {}

  // nullopt: he may. A bearer token (RFC 6750, 2.1), and for a browser also Basic credentials with
  // the token as the password of whatever user (RFC 7617).
  std::optional<Refusal> refusal(const Asking& asking) const;

 private:
  std::function<std::string()> token_;
  bool is_local_;
};

// Whether a Host header ("127.0.0.1:9464", "[::1]", "localhost") names this machine without asking
// a name server: a page whose name was made to point here sends its own name (DNS rebinding).
bool is_literal_host(std::string_view host);

// What a browser is told of every page for people: to run nothing but what this listener serves, to
// show it in no frame of others, to keep nothing.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kBrowserHeaders = {{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
}};

}  // namespace govhost::ops
