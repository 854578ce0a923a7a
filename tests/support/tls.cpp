#include "support/tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <csignal>
#include <stdexcept>

namespace govhost::test {
namespace {

template <class Write>
std::string pem_of(const Write& write) {
  BIO* const bio = BIO_new(BIO_s_mem());
  write(bio);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return out;
}

BIO* bio_of(const std::string& text) {
  return BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
}

X509* cert_of(const std::string& pem) {
  BIO* const bio = bio_of(pem);
  X509* const out = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  if (!out) throw std::runtime_error("no certificate");
  return out;
}

EVP_PKEY* key_of(const std::string& pem) {
  BIO* const bio = bio_of(pem);
  EVP_PKEY* const out = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  if (!out) throw std::runtime_error("no key");
  return out;
}

std::string common_name(X509* certificate) {
  char text[128] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, sizeof text);
  return text;
}

void extend(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
  if (!extension) throw std::runtime_error(value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

Certificate make_certificate(const std::string& name, const Certificate* issuer,
                             const std::string& names, long valid_seconds) {
  static long serial = 1;
  EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  X509* const certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
  X509_gmtime_adj(X509_getm_notAfter(certificate), valid_seconds);
  X509_set_pubkey(certificate, key);
  X509_NAME* const subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("Bank"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* const issuer_cert = issuer ? cert_of(issuer->cert) : nullptr;
  EVP_PKEY* const issuer_key = issuer ? key_of(issuer->key) : nullptr;
  X509* const by = issuer_cert ? issuer_cert : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(by));
  extend(certificate, by, NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE");
  extend(certificate, by, NID_subject_alt_name, names.c_str());
  X509_sign(certificate, issuer_key ? issuer_key : key, EVP_sha256());
  Certificate out{pem_of([&](BIO* bio) { PEM_write_bio_X509(bio, certificate); }),
                  pem_of([&](BIO* bio) {
                    PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
                  })};
  X509_free(certificate);
  X509_free(issuer_cert);
  EVP_PKEY_free(issuer_key);
  EVP_PKEY_free(key);
  return out;
}

struct TlsClient::State {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = nullptr;
  int fd = -1;
  ~State() {
    SSL_free(ssl);
    SSL_CTX_free(context);
    if (fd >= 0) ::close(fd);
  }
};

TlsClient::TlsClient(std::uint16_t port, const Options& options)
    : state_(std::make_unique<State>()) {
  std::signal(SIGPIPE, SIG_IGN);
  if (!options.ca.empty()) {
    X509* const ca = cert_of(options.ca);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(state_->context), ca);
    X509_free(ca);
    SSL_CTX_set_verify(state_->context, SSL_VERIFY_PEER, nullptr);
  }
  if (options.client != nullptr) {
    X509* const certificate = cert_of(options.client->cert);
    EVP_PKEY* const key = key_of(options.client->key);
    SSL_CTX_use_certificate(state_->context, certificate);
    SSL_CTX_use_PrivateKey(state_->context, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  if (options.max_version != 0) {
    SSL_CTX_set_security_level(state_->context, 0);  // or it would not even offer the old ones
    SSL_CTX_set_min_proto_version(state_->context, 0);
    SSL_CTX_set_max_proto_version(state_->context, options.max_version);
  }
  state_->fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  timeval limit{20, 0};
  ::setsockopt(state_->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(state_->fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    error_ = "cannot connect";
    return;
  }
  state_->ssl = SSL_new(state_->context);
  SSL_set_fd(state_->ssl, state_->fd);
  if (!options.alpn.empty()) {
    const std::string list = static_cast<char>(options.alpn.size()) + options.alpn;
    SSL_set_alpn_protos(state_->ssl, reinterpret_cast<const unsigned char*>(list.data()),
                        static_cast<unsigned>(list.size()));
  }
  connected_ = SSL_connect(state_->ssl) == 1;
  if (!connected_) note_error();
}

TlsClient::~TlsClient() = default;

void TlsClient::note_error() {
  const unsigned long code = ERR_get_error();
  const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  error_ = reason ? reason : "closed";
  ERR_clear_error();
}

std::string TlsClient::version() const { return SSL_get_version(state_->ssl); }

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(state_->ssl, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string TlsClient::server_name() const {
  return common_name(SSL_get0_peer_certificate(state_->ssl));
}

std::string TlsClient::request(const std::string& method, const std::string& target,
                               const std::string& headers, const std::string& body) {
  const std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers +
                           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  if (SSL_write(state_->ssl, text.data(), static_cast<int>(text.size())) <= 0) {
    note_error();
    return {};
  }
  std::string got;
  for (;;) {
    const std::size_t head = got.find("\r\n\r\n");
    if (head != std::string::npos) {
      std::string lower = got.substr(0, head);
      for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      const std::size_t at = lower.find("content-length: ");
      const std::size_t length = at == std::string::npos ? 0 : std::stoul(lower.substr(at + 16));
      if (got.size() >= head + 4 + length) return got;
    }
    char part[16384];
    const int n = SSL_read(state_->ssl, part, sizeof part);
    if (n <= 0) {
      note_error();
      return {};
    }
    got.append(part, static_cast<std::size_t>(n));
  }
}

}  // namespace govhost::test
