// Certificates of the test's own and a client that speaks TLS.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace govhost::test {

// A certificate and its key, PEM.
struct Certificate {
  std::string cert, key;
};

// `names`: of subjectAltName, "DNS:localhost, URI:spiffe://bank/agent". Null issuer: its own.
Certificate make_certificate(const std::string& common_name, const Certificate* issuer = nullptr,
                             const std::string& names = "DNS:localhost, IP:127.0.0.1",
                             long valid_seconds = 3600);

class TlsClient {
 public:
  struct Options {
    std::string ca = {};                  // PEM; empty: whatever the server shows is taken
    const Certificate* client = nullptr;  // null: none is shown
    int max_version = 0;                  // as OpenSSL counts them; 0: any
    std::string alpn = {};                // of one protocol; empty: none is offered
  };

  explicit TlsClient(std::uint16_t port) : TlsClient(port, Options{}) {}
  TlsClient(std::uint16_t port, const Options& options);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;

  // Of TLS 1.3 a client learns of a refusal with the first read only.
  bool connected() const { return connected_; }
  const std::string& error() const { return error_; }  // "tlsv13 alert certificate required"
  std::string version() const;                         // "TLSv1.3"
  std::string protocol() const;                        // by ALPN; empty: none
  std::string server_name() const;                     // common name of its certificate

  // The whole answer, head and body; empty: the connection ended, see error().
  std::string request(const std::string& method, const std::string& target,
                      const std::string& headers, const std::string& body);

 private:
  struct State;
  void note_error();

  std::unique_ptr<State> state_;
  bool connected_ = false;
  std::string error_;
};

}  // namespace govhost::test
