#include "tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <sys/stat.h>

#include <cstring>

namespace transport_http {
namespace {

template <auto Free>
struct With {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, With<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, With<EVP_PKEY_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, With<GENERAL_NAMES_free>>;

// HTTP/1.1 is all that is spoken here (RFC 7301, 3.2).
int choose_protocol(SSL*, const unsigned char** out, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, length, kOurs, sizeof kOurs - 1, offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// Without it OpenSSL asks at the terminal.
int no_password(char*, int, int, void*) { return -1; }

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string subject_of(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  return text_of(bio.get());
}

std::string time_of(const ASN1_TIME* time) {
  const Bio bio(BIO_new(BIO_s_mem()));
  ASN1_TIME_print_ex(bio.get(), time, ASN1_DTFLGS_ISO8601);
  return text_of(bio.get());
}

// A text with a NUL in it could be read as another name.
std::string text_of(const ASN1_STRING* text) {
  std::string out(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                  static_cast<std::size_t>(ASN1_STRING_length(text)));
  return out.find('\0') == std::string::npos ? out : std::string();
}

std::string name_of(const GENERAL_NAME* name) {
  int type = 0;
  const void* const value = GENERAL_NAME_get0_value(name, &type);
  const char* prefix = type == GEN_DNS     ? "DNS:"
                       : type == GEN_URI   ? "URI:"
                       : type == GEN_EMAIL ? "email:"
                                           : nullptr;
  if (prefix == nullptr) return {};
  const std::string text = text_of(static_cast<const ASN1_STRING*>(value));
  return text.empty() ? text : prefix + text;
}

std::string stamp_of(const std::string& path) {
  struct stat info {};
  if (path.empty() || ::stat(path.c_str(), &info) != 0) return "-";
  return std::to_string(info.st_ino) + "." + std::to_string(info.st_size) + "." +
         std::to_string(info.st_ctim.tv_sec) + "." + std::to_string(info.st_ctim.tv_nsec) + ";";
}

}  // namespace

std::string tls_fault() {
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason != nullptr ? reason : "unknown fault";
}

gov::Result<TlsOptions> read_tls_options(const gov::Config& config) {
  TlsOptions o;
  o.cert = config.text_or("tls.cert", "");
  o.has_key = config.text("tls.key").has_value();
  o.client_ca = config.text_or("tls.client_ca", "");
  o.allow_1_2 = config.text_or("tls.min_version", "1.3") == "1.2";
  o.handshake_timeout = std::chrono::milliseconds(config.integer("tls.handshake_timeout", 10'000));
  const std::string auth =
      config.text_or("tls.client_auth", o.client_ca.empty() ? "none" : "require");
  o.client_auth = auth == "require"   ? TlsOptions::ClientAuth::kRequire
                  : auth == "request" ? TlsOptions::ClientAuth::kRequest
                                      : TlsOptions::ClientAuth::kNone;
  if (o.cert.empty() != !o.has_key)
    return gov::invalid("tls.cert and tls.key belong together: set both");
  if (o.client_auth != TlsOptions::ClientAuth::kNone && o.client_ca.empty())
    return gov::invalid("tls.client_auth = \"" + auth +
                        "\" needs tls.client_ca, the file of the authorities that are trusted");
  if (o.cert.empty() && !o.client_ca.empty())
    return gov::invalid("tls.client_ca needs tls.cert and tls.key");
  return o;
}

std::string Tls::stamp() const { return stamp_of(options_.cert) + stamp_of(options_.client_ca); }

gov::Status Tls::use_key(SSL_CTX* context) const {
  Key key;
  const gov::Status read = host_.secret("tls.key", [&](std::string_view pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  });
  if (!read.ok()) return gov::invalid("tls.key: " + read.message());
  if (!key)
    return gov::invalid("tls.key is no private key in PEM without a password: " + tls_fault());
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return gov::invalid("tls.key is not the key of the certificate in tls.cert");
  }
  return {};
}

gov::Status Tls::use_client_ca(SSL_CTX* context) const {
  if (options_.client_auth == TlsOptions::ClientAuth::kNone) return {};
  if (SSL_CTX_load_verify_file(context, options_.client_ca.c_str()) != 1)
    return gov::invalid("tls.client_ca " + options_.client_ca +
                        " cannot be read as certificates in PEM: " + tls_fault());
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(options_.client_ca.c_str()));
  int mode = SSL_VERIFY_PEER;
  if (options_.client_auth == TlsOptions::ClientAuth::kRequire)
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(context, mode, nullptr);
  return {};
}

gov::Result<std::shared_ptr<SSL_CTX>> Tls::make() const {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), With<SSL_CTX_free>());
  if (!context) return gov::internal("TLS cannot be set up: " + tls_fault());
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw, options_.allow_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_options(
      raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  static constexpr unsigned char kName[] = "govhost";
  SSL_CTX_set_session_id_context(raw, kName, sizeof kName - 1);
  if (SSL_CTX_use_certificate_chain_file(raw, options_.cert.c_str()) != 1)
    return gov::invalid("tls.cert " + options_.cert +
                        " cannot be read as a certificate in PEM: " + tls_fault());
  if (gov::Status key = use_key(raw); !key.ok()) return key;
  if (gov::Status ca = use_client_ca(raw); !ca.ok()) return ca;
  return context;
}

gov::Status Tls::load() {
  if (!options_.enabled()) return {};
  seen_ = stamp();
  auto made = make();
  if (!made) return made.status();
  X509* const certificate = SSL_CTX_get0_certificate(made->get());
  const ASN1_TIME* const until = X509_get0_notAfter(certificate);
  host_.info("certificate in force",
             {{"subject", subject_of(certificate)}, {"not_after", time_of(until)}});
  if (X509_cmp_current_time(until) < 0)
    host_.error("the certificate has expired: clients will refuse it", {{"cert", options_.cert}});
  const std::lock_guard lock(mutex_);
  context_ = std::move(*made);
  return {};
}

// A certificate and its key are two files: between the exchange of one and of the other they do not
// fit, so a fault is tried again.
void Tls::refresh() {
  if (!options_.enabled() || (stamp() == seen_ && said_.empty())) return;
  const gov::Status loaded = load();
  if (!loaded.ok() && loaded.message() != said_)
    host_.error("the new certificate cannot be used; the one before stays in force",
                {{"reason", loaded.message()}});
  said_ = loaded.ok() ? std::string() : loaded.message();
}

void describe(const TlsPeer* from, std::vector<gov_str>& names, gov_peer& peer) {
  if (from == nullptr) return;
  for (const std::string& name : from->names) names.push_back(gov::to_c(name));
  peer.tls_subject = gov::to_c(from->subject);
  peer.tls_names = names.data();
  peer.tls_name_count = names.size();
  peer.flags |= GOV_PEER_TLS;
}

TlsPeer peer_of(const SSL* ssl) {
  TlsPeer peer;
  X509* const certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return peer;
  peer.subject = subject_of(certificate);
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    std::string name = name_of(sk_GENERAL_NAME_value(names.get(), i));
    if (!name.empty()) peer.names.push_back(std::move(name));
  }
  return peer;
}

}  // namespace transport_http
