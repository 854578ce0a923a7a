#include "shipping/syslog_sink.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <utility>

namespace govhost::shipping {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// 13: log audit; 6: informational (RFC 5424, 6.2.1).
constexpr int kPriority = 13 * 8 + 6;
constexpr int kMostSaid = 64;                  // pieces of 512 bytes at once
constexpr long kConnectTimeout = 10'000;       // ms
constexpr std::chrono::milliseconds kSoon{5};  // between two looks at what is acknowledged

int left_ms(const plugin::CallContext& call) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(call.deadline() - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000));
}

// With six digits of a second at most (RFC 5424, 6.2.3).
std::string time_of(std::string_view line) {
  constexpr std::string_view kTime = "\"ts\":\"";
  const std::size_t at = line.find(kTime);
  if (at == std::string_view::npos) return "-";
  std::string_view text = line.substr(at + kTime.size());
  text = text.substr(0, text.find('"'));
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::string(text);
  return std::string(text.substr(0, std::min(dot + 7, text.size() - 1))) + "Z";
}

}  // namespace

gov::Result<std::unique_ptr<SyslogSink>> SyslogSink::make(SyslogSinkSettings settings) {
  const auto curl = egress::Curl::load();
  if (!curl) return curl.status();
  return std::unique_ptr<SyslogSink>(new SyslogSink(std::move(settings), **curl));
}

SyslogSink::~SyslogSink() { close(); }

void SyslogSink::close() {
  if (easy_ != nullptr) curl_.easy_cleanup(std::exchange(easy_, nullptr));
}

std::string SyslogSink::frame_of(std::string_view line) const {
  std::string message = "<" + std::to_string(kPriority) + ">1 " + time_of(line) + " " +
                        settings_.host + " govhost " + std::to_string(::getpid()) + " audit - ";
  message += line;
  return std::to_string(message.size()) + " " + message;
}

// libcurl makes the connection: names, TLS and certificates as for everything else.
gov::Status SyslogSink::connect(const plugin::CallContext& call) {
  if (easy_ != nullptr) return {};
  easy_ = curl_.easy_init();
  if (easy_ == nullptr) throw std::bad_alloc();
  std::array<char, CURL_ERROR_SIZE> error{};
  const auto set = [&](CURLoption option, auto value) { curl_.easy_setopt(easy_, option, value); };
  const std::string url = "https://" + settings_.address;
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_CONNECT_ONLY, 1L);
  set(CURLOPT_SSL_ENABLE_ALPN, 0L);  // it is not HTTP
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!settings_.ca_file.empty()) set(CURLOPT_CAINFO, settings_.ca_file.c_str());
  if (!settings_.cert.empty()) set(CURLOPT_SSLCERT, settings_.cert.c_str());
  if (!settings_.key.empty()) set(CURLOPT_SSLKEY, settings_.key.c_str());
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeout);
  set(CURLOPT_ERRORBUFFER, error.data());
  set(
      CURLOPT_OPENSOCKETFUNCTION, +[](void*, curlsocktype, curl_sockaddr* to) -> curl_socket_t {
        return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
      });
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFODATA, &call);
  set(
      CURLOPT_XFERINFOFUNCTION,
      +[](void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) -> int {
        return static_cast<const plugin::CallContext*>(self)->cancelled() ? 1 : 0;
      });
  const CURLcode code = curl_.easy_perform(easy_);
  if (code == CURLE_OK) return {};
  const std::string why = error[0] != '\0' ? error.data() : curl_.easy_strerror(code);
  close();
  return gov::unavailable(settings_.address + ": " + why);
}

int SyslogSink::descriptor() const {
  curl_socket_t fd = CURL_SOCKET_BAD;
  curl_.easy_getinfo(easy_, CURLINFO_ACTIVESOCKET, &fd);
  return fd;
}

gov::Status SyslogSink::send(std::span<const std::string> lines, plugin::CallContext& call) {
  gov::Status sent = connect(call);
  // The other end may have gone since the last time.
  if (sent.ok()) sent = still_open();
  for (std::size_t i = 0; sent.ok() && i < lines.size(); ++i)
    sent = send_all(frame_of(lines[i]), call);
  if (sent.ok()) sent = wait_acknowledged(call);
  if (!sent.ok()) close();
  return sent;
}

gov::Status SyslogSink::send_all(std::string_view text, const plugin::CallContext& call) {
  while (!text.empty()) {
    std::size_t n = 0;
    const CURLcode code = curl_.easy_send(easy_, text.data(), text.size(), &n);
    if (code != CURLE_OK && code != CURLE_AGAIN)
      return gov::unavailable(settings_.address + ": " + curl_.easy_strerror(code));
    text.remove_prefix(code == CURLE_OK ? n : 0);
    if (code == CURLE_OK) continue;
    if (call.cancelled()) return gov::cancelled();
    const int left = left_ms(call);
    if (left == 0) return gov::deadline_exceeded(settings_.address + " takes nothing");
    pollfd ready{descriptor(), POLLOUT, 0};
    ::poll(&ready, 1, left);
  }
  return {};
}

gov::Status SyslogSink::wait_acknowledged(const plugin::CallContext& call) {
  for (;;) {
    int waiting = 0;
    if (::ioctl(descriptor(), SIOCOUTQ, &waiting) != 0)
      return gov::unavailable(settings_.address + ": the connection has ended");
    if (gov::Status open = still_open(); !open.ok()) return open;
    if (waiting == 0) return {};
    if (call.cancelled()) return gov::cancelled();
    if (left_ms(call) == 0)
      return gov::deadline_exceeded(settings_.address + " acknowledges nothing");
    pollfd ended{descriptor(), POLLIN, 0};
    ::poll(&ended, 1, static_cast<int>(kSoon.count()));
  }
}

// Nothing is said by the other end but that it goes.
gov::Status SyslogSink::still_open() {
  for (int i = 0; i < kMostSaid; ++i) {
    char ignored[512];
    std::size_t n = 0;
    const CURLcode code = curl_.easy_recv(easy_, ignored, sizeof ignored, &n);
    if (code == CURLE_AGAIN) return {};
    if (code != CURLE_OK || n == 0)
      return gov::unavailable(settings_.address + ": the other end has closed the connection");
  }
  return gov::unavailable(settings_.address + ": the other end talks and talks; it is no syslog");
}

}  // namespace govhost::shipping
