// TLS of one listener: certificate, key and whom it trusts, exchanged while it serves.
#pragma once

#include <gov/abi/auth.h>
#include <gov/plugin.hpp>

#include <openssl/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace transport_http {

struct TlsOptions {
  enum class ClientAuth { kNone, kRequest, kRequire };

  std::string cert;  // path of the certificate with its chain, PEM; empty: no TLS
  bool has_key = false;
  std::string client_ca;  // path of the authorities whose client certificates are taken
  ClientAuth client_auth = ClientAuth::kNone;
  bool allow_1_2 = false;
  std::chrono::milliseconds handshake_timeout{10'000};

  bool enabled() const { return !cert.empty(); }
};

// Reads the "tls" table; see kOptionsSchema.
gov::Result<TlsOptions> read_tls_options(const gov::Config& config);

// Who is at the other end, as its certificate says.
struct TlsPeer {
  std::string subject;             // RFC 4514: "CN=agent,O=Bank"; empty: it showed none
  std::vector<std::string> names;  // "DNS:a.example", "URI:spiffe://bank/agent"
};

// current() from any thread; the rest from one.
class Tls {
 public:
  Tls(gov::Host host, TlsOptions options) : host_(host), options_(std::move(options)) {}

  // Reads everything anew. On a fault what was in force stays.
  gov::Status load();
  // Reads anew what has changed on disk; says what is wrong once.
  void refresh();
  // Null: no TLS.
  std::shared_ptr<SSL_CTX> current() const {
    const std::lock_guard lock(mutex_);
    return context_;
  }
  const TlsOptions& options() const { return options_; }

 private:
  gov::Result<std::shared_ptr<SSL_CTX>> make() const;
  gov::Status use_key(SSL_CTX* context) const;
  gov::Status use_client_ca(SSL_CTX* context) const;
  std::string stamp() const;

  const gov::Host host_;
  const TlsOptions options_;
  mutable std::mutex mutex_;
  std::shared_ptr<SSL_CTX> context_;
  std::string seen_, said_;
};

// Into the fields of a peer; null: in the clear. `names` holds what the peer then views.
void describe(const TlsPeer* from, std::vector<gov_str>& names, gov_peer& peer);
// What the certificate of a finished handshake says.
TlsPeer peer_of(const SSL* ssl);
// Why OpenSSL failed last, for operators; clears it.
std::string tls_fault();

}  // namespace transport_http
