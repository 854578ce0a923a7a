// Sends requests over keep-alive connections, one in flight on each, and reports as JSON: requests
// per second, latencies, the server's CPU time, and whatever went wrong.
//   bench_load PORT PID CONNECTIONS SECONDS FILE [--any-id] [--header LINE]
// FILE holds the JSON-RPC request with the id 1000000000, which is replaced by the number of the
// request; every answer must carry the id of its own request unless --any-id is given.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kId = "1000000000";

struct Connection {
  int fd = -1;
  std::string input;
  std::string id;
  Clock::time_point sent;
  std::size_t answers = 0;
};

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bench_load: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("connect");
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

// Microseconds on a CPU of all threads of a process, also of those that have ended.
double cpu_time(int pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
    fail("the server's CPU clock");
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// The size of the whole answer at the front of `input`; 0 when it is not complete.
std::size_t complete(const std::string& input, std::size_t& body) {
  const std::size_t end = input.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  const std::size_t at = input.find("ontent-Length: ");
  if (at == std::string::npos || at > end) fail("an answer without Content-Length");
  body = end + 4;
  const std::size_t size = body + std::strtoull(input.c_str() + at + 15, nullptr, 10);
  return input.size() >= size ? size : 0;
}

class Load {
 public:
  Load(int port, int connections, const std::string& request, const std::string& header,
       bool any_id)
      : any_id_(any_id), connections_(static_cast<std::size_t>(connections)) {
    text_ =
        "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
        "\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n" +
        header +
        "MCP-Protocol-Version: 2025-11-25\r\nContent-Length: " + std::to_string(request.size()) +
        "\r\n\r\n" + request;
    id_at_ = text_.rfind(kId);
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    for (Connection& c : connections_) {
      c.fd = connect_to(port);
      epoll_event event{EPOLLIN, {.ptr = &c}};
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, c.fd, &event);
    }
  }

  void run(std::chrono::milliseconds duration, int pid) {
    for (Connection& c : connections_) send(c);
    // The first answers fill caches and are not counted.
    serve_until(Clock::now() + duration / 5);
    latencies_.clear();
    wrong_ids_ = 0;
    for (Connection& c : connections_) c.answers = 0;
    const double cpu = cpu_time(pid);
    const auto began = Clock::now();
    serve_until(began + duration);
    seconds_ = std::chrono::duration<double>(Clock::now() - began).count();
    cpu_us_ = cpu_time(pid) - cpu;
  }

  void report() {
    std::sort(latencies_.begin(), latencies_.end());
    const std::size_t n = latencies_.size();
    const auto percentile = [&](double p) {
      return n ? latencies_[std::min(n - 1, static_cast<std::size_t>(p * static_cast<double>(n)))]
               : 0.0;
    };
    std::size_t starved = 0;
    for (const Connection& c : connections_)
      starved += c.answers * 10 * connections_.size() < n;  // a tenth of its share
    std::printf(
        "{\"requests\":%zu,\"requests_per_s\":%.0f,\"p50_us\":%.0f,\"p95_us\":%.0f,\"p99_us\":%.0f,"
        "\"cpu_us\":%.2f,\"wrong_ids\":%zu,\"starved\":%zu}\n",
        n, static_cast<double>(n) / seconds_, percentile(0.50), percentile(0.95), percentile(0.99),
        n ? cpu_us_ / static_cast<double>(n) : 0, wrong_ids_, starved);
  }

 private:
  void send(Connection& c) {
    c.id = std::to_string(1'000'000'000 + ++count_ % 1'000'000'000);
    text_.replace(id_at_, kId.size(), c.id);
    c.sent = Clock::now();
    if (::send(c.fd, text_.data(), text_.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(text_.size()))
      fail("send");
  }

  void receive(Connection& c) {
    char chunk[65536];
    const ssize_t n = ::recv(c.fd, chunk, sizeof chunk, 0);
    if (n <= 0) fail("the server closed a connection");
    c.input.append(chunk, static_cast<std::size_t>(n));
    std::size_t body = 0;
    const std::size_t size = complete(c.input, body);
    if (size == 0) return;
    latencies_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - c.sent).count());
    // Whatever the order of members: the id stands within the first bytes of our own answers.
    if (!any_id_ &&
        std::string_view(c.input).substr(body, 64).find("\"id\":" + c.id) == std::string_view::npos)
      ++wrong_ids_;
    c.input.erase(0, size);
    ++c.answers;
    send(c);
  }

  void serve_until(Clock::time_point end) {
    epoll_event events[64];
    while (Clock::now() < end) {
      const int n = ::epoll_wait(epoll_, events, 64, 100);
      for (int i = 0; i < n; ++i) receive(*static_cast<Connection*>(events[i].data.ptr));
    }
  }

  const bool any_id_;
  int epoll_ = -1;
  std::vector<Connection> connections_;
  std::string text_;
  std::size_t id_at_ = 0, count_ = 0, wrong_ids_ = 0;
  std::vector<double> latencies_;
  double seconds_ = 1;
  double cpu_us_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(
        stderr, "usage: bench_load PORT PID CONNECTIONS SECONDS FILE [--any-id] [--header LINE]\n");
    return 64;
  }
  std::ifstream file(argv[5], std::ios::binary);
  const std::string request((std::istreambuf_iterator<char>(file)), {});
  if (request.find(kId) == std::string::npos) fail("the request has no id 1000000000");
  bool any_id = false;
  std::string header;
  for (int i = 6; i < argc; ++i) {
    any_id = any_id || std::string_view(argv[i]) == "--any-id";
    if (std::string_view(argv[i]) == "--header" && i + 1 < argc)
      header = std::string(argv[i + 1]) + "\r\n";
  }
  Load load(std::atoi(argv[1]), std::atoi(argv[3]), request, header, any_id);
  load.run(std::chrono::milliseconds(static_cast<int>(std::atof(argv[4]) * 1000)),
           std::atoi(argv[2]));
  load.report();
}
