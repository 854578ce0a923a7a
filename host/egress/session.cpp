#include "egress/session.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <utility>

#include "core/text.h"
#include "core/utf8.h"

namespace govhost::egress {
namespace {

constexpr std::size_t kMaxHeaders = std::size_t{64} << 10u;  // bytes of one answer
constexpr int kLongestPoll = 1000;                           // ms

int left_ms(const gov_call& call) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::nanoseconds(call.deadline_ns) - now);
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 86'400'000));
}

}  // namespace

struct Session::Transfer {
  const Settings& settings;
  const Exchange& exchange;
  const OnHead& on_head;
  const plugin::HttpClient::OnBody& on_body;
  Seen& seen;
  std::vector<std::pair<std::string, std::string>> headers;
  std::size_t header_bytes = 0;
  bool told = false;  // on_head was called
  gov::Status fault;  // of a callback, or of a check
  std::array<char, CURL_ERROR_SIZE> error{};
  curl_slist* list = nullptr;

  bool refuse(gov::Status why) {
    if (fault.ok()) fault = std::move(why);
    return false;
  }

  bool take_header(std::string_view line) {
    header_bytes += line.size();
    if (header_bytes > kMaxHeaders)
      return refuse(gov::resource_exhausted("the answer has more than 64 KiB of headers"));
    line = trim(line);
    if (line.starts_with("HTTP/")) {
      // A new head: what came before was an interim answer (RFC 9110, 15.2).
      headers.clear();
      const std::size_t space = line.find(' ');
      seen.code = 0;
      for (std::size_t i = space + 1; i < line.size() && i < space + 4; ++i)
        if (line[i] >= '0' && line[i] <= '9')
          seen.code = seen.code * 10 + static_cast<unsigned>(line[i] - '0');
      return true;
    }
    if (line.empty()) return seen.code < 200 || tell();
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
      headers.emplace_back(line.substr(0, colon), to_valid_utf8(trim(line.substr(colon + 1))));
    return true;
  }

  bool tell() {
    if (std::exchange(told, true)) return true;  // trailers
    gov::Status status = on_head(seen.code, headers);
    return status.ok() || refuse(std::move(status));
  }

  bool take_body(std::string_view part) {
    seen.bytes += part.size();
    if (seen.bytes > exchange.max_bytes)
      return refuse(gov::resource_exhausted("the answer is larger than " +
                                            std::to_string(exchange.max_bytes) + " bytes"));
    gov::Status status = on_body(part);
    return status.ok() || refuse(std::move(status));
  }

  bool may_connect(const curl_sockaddr& to) {
    // The proxy is the operator's own, and what is behind it is the proxy's to judge.
    if (exchange.any_address || !settings.proxy.empty()) return true;
    Address address{};
    if (to_address(to.addr, address) && (is_public(address) || settings.allowed.contain(address)))
      return true;
    return refuse(gov::permission_denied(
        "the name leads to an address that is not public; add its network to "
        "egress.allow_networks if that is meant"));
  }

  static std::size_t on_header(char* data, std::size_t, std::size_t n, void* self) {
    return static_cast<Transfer*>(self)->take_header({data, n}) ? n : 0;
  }
  static std::size_t on_data(char* data, std::size_t, std::size_t n, void* self) {
    return static_cast<Transfer*>(self)->take_body({data, n}) ? n : 0;
  }
  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr* to) {
    if (!static_cast<Transfer*>(self)->may_connect(*to)) return CURL_SOCKET_BAD;
    return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
  }
};

gov::Result<std::unique_ptr<Session>> Session::make(const Curl& curl, const Settings& settings) {
  std::unique_ptr<Session> session(new Session(curl, settings));
  session->easy_ = curl.easy_init();
  session->multi_ = curl.multi_init();
  if (session->easy_ == nullptr || session->multi_ == nullptr) throw std::bad_alloc();
  return session;
}

Session::~Session() {
  if (easy_ != nullptr) curl_.easy_cleanup(easy_);
  if (multi_ != nullptr) curl_.multi_cleanup(multi_);
}

void Session::set_up(Transfer& transfer) {
  const Exchange& exchange = transfer.exchange;
  curl_.easy_reset(easy_);
  set(CURLOPT_URL, exchange.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // a name server that hangs must not hold up the end of a call
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_PROXY, settings_.proxy.c_str());  // "" keeps the environment's out
  set(CURLOPT_NOPROXY, settings_.no_proxy.c_str());
  if (!settings_.ca_file.empty()) set(CURLOPT_CAINFO, settings_.ca_file.c_str());
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
  set(CURLOPT_ACCEPT_ENCODING, "");  // what this libcurl can decompress
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_USERAGENT, "govhost");
  set(CURLOPT_ERRORBUFFER, transfer.error.data());
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_data);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_socket);
  set(CURLOPT_OPENSOCKETDATA, &transfer);
  for (const std::string& header : exchange.headers)
    transfer.list = curl_.slist_append(transfer.list, header.c_str());
  set(CURLOPT_HTTPHEADER, transfer.list);
  if (exchange.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (exchange.method == "POST") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange.body.size()));
    set(CURLOPT_POSTFIELDS, exchange.body.data());
  }
}

gov::Status Session::run(Transfer& transfer, const gov_call& call) {
  curl_waitfd cancel{call.cancel_fd(&call), CURL_WAIT_POLLIN, 0};
  const unsigned extra = cancel.fd >= 0 ? 1 : 0;
  for (;;) {
    int running = 0;
    curl_.multi_perform(multi_, &running);
    int queued = 0;
    if (const CURLMsg* const message = curl_.multi_info_read(multi_, &queued))
      return outcome(transfer, message->data.result);
    if (call.cancelled(&call)) return gov::cancelled();
    const int left = left_ms(call);
    if (left == 0) return gov::deadline_exceeded("no answer within the time of the call");
    curl_.multi_poll(multi_, extra ? &cancel : nullptr, extra, std::min(left, kLongestPoll),
                     nullptr);
  }
}

gov::Status Session::outcome(const Transfer& transfer, CURLcode code) const {
  if (!transfer.fault.ok()) return transfer.fault;
  if (code == CURLE_OK) return {};
  const std::string why =
      transfer.error[0] != '\0' ? transfer.error.data() : curl_.easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return gov::deadline_exceeded("no answer in time: " + why);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return gov::unavailable("TLS: " + why + "; a private CA is named by egress.ca_file");
    default: return gov::unavailable(why);
  }
}

gov::Status Session::perform(const Exchange& exchange, const gov_call& call, const OnHead& on_head,
                             const plugin::HttpClient::OnBody& on_body, Seen& seen) {
  Transfer transfer{settings_, exchange, on_head, on_body, seen, {}, 0, false, {}, {}, nullptr};
  set_up(transfer);
  curl_.multi_add_handle(multi_, easy_);
  gov::Status status = run(transfer, call);
  long connects = 0;
  curl_.easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &connects);
  seen.reused = connects == 0 && seen.code != 0;
  curl_.multi_remove_handle(multi_, easy_);
  curl_.slist_free_all(transfer.list);
  if (status.ok() && !transfer.told)
    return gov::unavailable("the peer gave no answer that is HTTP");
  return status;
}

}  // namespace govhost::egress
