// An HTTP server of the test's own, which can misbehave in every way that a network can.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace govhost::test {

class Upstream {
 public:
  struct Request {
    std::string method, target;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body = {};
    int connection = 0;  // 1, 2, ...
    std::string header(const std::string& name) const {
      const auto found = headers.find(name);
      return found == headers.end() ? "" : found->second;
    }
  };
  enum class How {
    kWell,
    kHang,     // nothing comes, until the test ends
    kReset,    // half of the body, then RST
    kTrickle,  // a byte every few milliseconds
    kGarbage,  // no HTTP
  };
  struct Answer {
    int code = 200;
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    How how = How::kWell;
  };
  // What every source must live with, and what it says of it then.
  struct Failure {
    const char* name;
    Answer answer;
    const char* problem;
  };
  static std::vector<Failure> failures();

  using Handler = std::function<Answer(const Request&)>;

  // `handler` is called on several threads.
  explicit Upstream(Handler handler);
  ~Upstream();
  Upstream(const Upstream&) = delete;

  void handle_with(Handler handler);  // from the next request on

  std::string url(const std::string& target = "/") const;  // "http://127.0.0.1:PORT/"
  std::uint16_t port() const { return port_; }
  std::vector<Request> requests() const;
  std::size_t count() const { return requests().size(); }

 private:
  void accept();
  void serve(int fd, int connection);
  bool write(int fd, const Answer& answer, bool head);
  bool wait_end(int milliseconds);  // true: the test ends

  Handler handler_;  // under mutex_
  int listener_ = -1, end_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false;
  std::vector<Request> requests_;
  std::vector<std::thread> threads_;  // of connections; touched by accept() and the destructor
  std::vector<int> open_;
  std::thread acceptor_;
};

}  // namespace govhost::test
