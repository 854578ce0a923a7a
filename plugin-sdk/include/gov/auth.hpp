// Write an authenticator: derive from gov::Auth and say who is asking.
#pragma once

#include <gov/abi/auth.h>
#include <gov/plugin.hpp>

#include <array>
#include <span>

namespace gov {

// The other end of a connection; views live for the call.
class Peer {
 public:
  explicit Peer(const gov_peer& raw) : raw_(raw) {}
  std::string_view transport() const { return to_cpp(raw_.transport); }
  std::string_view address() const { return to_cpp(raw_.address); }
  std::string_view tls_subject() const { return to_cpp(raw_.tls_subject); }
  // "DNS:a.example", "URI:spiffe://bank/agent" of that certificate.
  std::span<const gov_str> tls_names() const {
    if (!GOV_HAS(&raw_, tls_name_count)) return {};
    return {raw_.tls_names, static_cast<std::size_t>(raw_.tls_name_count)};
  }
  std::optional<std::uint32_t> uid() const {
    return raw_.uid == GOV_NO_UID ? std::nullopt : std::optional(raw_.uid);
  }
  std::span<const gov_pair> headers() const {
    return {raw_.headers, static_cast<std::size_t>(raw_.header_count)};
  }
  // Values of all headers of that name (lower case), in the order received.
  std::vector<std::string_view> header(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const gov_pair& h : headers())
      if (to_cpp(h.name) == name) values.push_back(to_cpp(h.value));
    return values;
  }

 private:
  const gov_peer& raw_;
};

struct Principal {
  std::string_view subject{}, issuer{}, method{};  // never a secret: they appear in logs and audit
  std::span<const std::string> scopes = {};
  std::int64_t expires_ms = 0;       // Unix time; 0: does not expire
  std::string_view credential = {};  // which one it was: the jti of a JWT, the id of a key
};

class Auth : public Plugin {
 public:
  using KindBase = Auth;
  static constexpr const char* kKind = GOV_KIND_AUTH;
  static const gov_auth_v1* table();

  // Takes the principal; views need to live for the call only.
  class Found {
   public:
    Found(void* ctx, void (*found)(void*, const gov_principal*)) : ctx_(ctx), found_(found) {}
    void operator()(const Principal& p) const {
      std::array<gov_str, 8> few;  // most have no more, and this is done for each request
      std::vector<gov_str> many(p.scopes.size() > few.size() ? p.scopes.size() : 0);
      gov_str* const scopes = many.empty() ? few.data() : many.data();
      for (std::size_t i = 0; i < p.scopes.size(); ++i) scopes[i] = to_c(p.scopes[i]);
      const gov_principal raw{sizeof raw,        0,      to_c(p.subject), to_c(p.issuer),
                              to_c(p.method),    scopes, p.scopes.size(), p.expires_ms,
                              to_c(p.credential)};
      found_(ctx_, &raw);
    }

   private:
    void* ctx_;
    void (*found_)(void*, const gov_principal*);
  };

  // [worker] Success after exactly one found(); gov::not_mine() when the request holds no
  // credential of this kind; gov::unauthenticated() when it holds a bad one.
  virtual Status authenticate(const Call&, const Peer&, const Found& found) = 0;
  // [any] The WWW-Authenticate scheme this plugin accepts, for example "Bearer".
  virtual std::string challenge() = 0;
  // [any] OAuth authorization servers that clients get its credentials from (RFC 9728).
  virtual std::vector<std::string> issuers() { return {}; }
};

inline const gov_auth_v1* Auth::table() {
  using Self = detail::Instance<Auth>;
  static constexpr gov_auth_v1 kTable{
      sizeof(gov_auth_v1), 0,
      [](gov_instance* i, const gov_call* call, const gov_peer* peer, void* ctx,
         void (*found)(void*, const gov_principal*), gov_error* error) noexcept {
        return detail::guarded(error, [&] {
          return Self::of(i).authenticate(Call(*call), Peer(*peer), Found(ctx, found));
        });
      },
      [](gov_instance* i, void* ctx, void (*scheme)(void*, gov_str), gov_error* error) noexcept {
        return detail::guarded(error, [&] {
          scheme(ctx, to_c(Self::of(i).challenge()));
          return Status();
        });
      },
      [](gov_instance* i, void* ctx, void (*issuer)(void*, gov_str), gov_error* error) noexcept {
        return detail::guarded(error, [&] {
          for (const std::string& url : Self::of(i).issuers()) issuer(ctx, to_c(url));
          return Status();
        });
      }};
  return &kTable;
}

}  // namespace gov
