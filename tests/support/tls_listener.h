// A TLS server that listens to whoever comes and keeps what they say.
#pragma once

#include <openssl/types.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "support/tls.h"

namespace govhost::test {

// One connection at a time.
class TlsListener {
 public:
  explicit TlsListener(const Certificate& certificate);
  ~TlsListener();
  TlsListener(const TlsListener&) = delete;

  std::uint16_t port() const { return port_; }
  // All that came until `text` did, or until the patience of a test ended.
  std::string wait_for(const std::string& text);
  // Ends the connection at hand; the next one is taken.
  void hang_up();

 private:
  void run();
  void listen_to(int fd);

  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable more_;
  std::string said_;
  int connection_ = -1;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace govhost::test
