// What an HTTP answer costs at least with Boost.Beast: one thread reads requests and answers each
// with the same bytes from a fixed buffer. Prints its port.
//   bench_floor FILE    FILE: the body of every answer
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(asio::ip::tcp::socket socket, const std::string& answer)
      : socket_(std::move(socket)), answer_(answer) {}

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [self = shared_from_this()](error_code ec, std::size_t) {
                       if (!ec) self->write();
                     });
  }

 private:
  void write() {
    asio::async_write(socket_, asio::buffer(answer_),
                      [self = shared_from_this()](error_code ec, std::size_t) {
                        if (!ec) self->read();
                      });
  }

  asio::ip::tcp::socket socket_;
  const std::string& answer_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
};

class Floor {
 public:
  Floor(asio::io_context& loop, std::string answer)
      : acceptor_(loop, {asio::ip::make_address("127.0.0.1"), 0}), answer_(std::move(answer)) {}

  unsigned port() const { return acceptor_.local_endpoint().port(); }
  void accept() {
    acceptor_.async_accept([this](error_code ec, asio::ip::tcp::socket socket) {
      if (ec) return;
      socket.set_option(asio::ip::tcp::no_delay(true));
      std::make_shared<Session>(std::move(socket), answer_)->read();
      accept();
    });
  }

 private:
  asio::ip::tcp::acceptor acceptor_;
  const std::string answer_;
};

}  // namespace

int main(int argc, char** argv) {
  std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "usage: bench_floor FILE\n");
    return 64;
  }
  const std::string body((std::istreambuf_iterator<char>(file)), {});
  asio::io_context loop{1};
  Floor floor(loop, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n\r\n" + body);
  floor.accept();
  std::printf("%u\n", floor.port());
  std::fflush(stdout);
  loop.run();
}
