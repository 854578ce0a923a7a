#include "support/tls_listener.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <stdexcept>

#include "support/process.h"

namespace govhost::test {
namespace {

BIO* memory(const std::string& text) {
  return BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
}

}  // namespace

TlsListener::TlsListener(const Certificate& certificate)
    : context_(SSL_CTX_new(TLS_server_method())) {
  BIO* const cert = memory(certificate.cert);
  BIO* const key = memory(certificate.key);
  X509* const own = PEM_read_bio_X509(cert, nullptr, nullptr, nullptr);
  EVP_PKEY* const secret = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
  const bool usable =
      SSL_CTX_use_certificate(context_, own) == 1 && SSL_CTX_use_PrivateKey(context_, secret) == 1;
  X509_free(own);
  EVP_PKEY_free(secret);
  BIO_free(cert);
  BIO_free(key);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (!usable || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("TlsListener");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

TlsListener::~TlsListener() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

void TlsListener::run() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    {
      const std::lock_guard lock(mutex_);
      connection_ = fd;
      if (stopping_) ::shutdown(fd, SHUT_RDWR);
    }
    listen_to(fd);
    const std::lock_guard lock(mutex_);
    connection_ = -1;
    ::close(fd);
    if (stopping_) return;
  }
}

void TlsListener::listen_to(int fd) {
  SSL* const tls = SSL_new(context_);
  SSL_set_fd(tls, fd);
  char chunk[4096];
  if (SSL_accept(tls) == 1)
    for (int n = 0; (n = SSL_read(tls, chunk, sizeof chunk)) > 0;) {
      const std::lock_guard lock(mutex_);
      said_.append(chunk, static_cast<std::size_t>(n));
      more_.notify_all();
    }
  SSL_free(tls);
}

void TlsListener::hang_up() {
  const std::lock_guard lock(mutex_);
  if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
}

std::string TlsListener::wait_for(const std::string& text) {
  std::unique_lock lock(mutex_);
  more_.wait_for(lock, kPatience, [&] { return said_.find(text) != std::string::npos; });
  return said_;
}

}  // namespace govhost::test
