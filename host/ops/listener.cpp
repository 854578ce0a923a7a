#include "ops/listener.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "ops/rights.h"

namespace govhost::ops {

// What is given, and to whom.
struct Served {
  const Life& life;
  const Rights rights;
  const Listener::Pages pages;
};

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr int kMaxConnections = 64;
constexpr std::chrono::seconds kTimeout{10};
constexpr std::uint32_t kMaxHeader = 8192;

using Response = http::response<http::string_body>;

std::string_view header_of(const http::request<http::empty_body>& request, http::field name) {
  const auto value = request[name];
  return {value.data(), value.size()};
}

// False after refusing.
bool may_see(const http::request<http::empty_body>& request, const Served& served,
             Response& response, bool browser = false) {
  const auto refusal = served.rights.refusal({header_of(request, http::field::authorization),
                                              header_of(request, http::field::host), browser});
  if (!refusal) return true;
  response.result(refusal->status);
  if (!refusal->challenge.empty()) response.set(http::field::www_authenticate, refusal->challenge);
  response.body() = refusal->sentence;
  return false;
}

void give_metrics(const http::request<http::empty_body>& request, const Served& served,
                  Response& response) {
  if (!may_see(request, served, response)) return;
  response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
  response.body() = served.pages.metrics();
}

// One word: what the probe says, and whether that is a yes.
struct Verdict {
  std::string word = "ok";
  bool yes = true;
};

Verdict verdict_of(std::string_view path, Stage stage, const Health& health) {
  if (path == "/livez") return {};
  if (path == "/startupz")
    return stage == Stage::kStarting ? Verdict{std::string(name_of(stage)), false} : Verdict{};
  if (stage != Stage::kReady) return {std::string(name_of(stage)), false};
  if (!health.able) return {health.why, false};
  return {health.degraded ? "degraded" : "ok", true};
}

void give_probe(const http::request<http::empty_body>& request, std::string_view path, bool verbose,
                const Served& served, Response& response) {
  const Stage stage = served.life.stage();
  // /livez looks at nothing: a restart cures no source.
  const bool looks = verbose || (path == "/readyz" && stage == Stage::kReady);
  const Health health = looks ? served.pages.health() : Health();
  const Verdict verdict = verdict_of(path, stage, health);
  if (verbose && !may_see(request, served, response)) return;
  if (!verdict.yes) response.result(http::status::service_unavailable);
  response.body() = verdict.word + "\n";
  if (!verbose) return;
  response.set(http::field::content_type, "application/json");
  response.body() = "{\"status\":\"" + verdict.word + "\",\"stage\":\"" +
                    std::string(name_of(stage)) + "\",\"components\":" + health.components + "}\n";
}

bool is_of_console(std::string_view path) {
  return path == "/console" || path.starts_with("/console/");
}

void give_console(const http::request<http::empty_body>& request, std::string_view target,
                  const Served& served, Response& response) {
  if (!may_see(request, served, response, true)) return;
  Page page = served.pages.console(target);
  response.result(page.status);
  response.set(http::field::content_type, page.type);
  response.body() = std::move(page.body);
}

Response respond(const http::request<http::empty_body>& request, const Served& served) {
  Response response{http::status::ok, request.version()};
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.keep_alive(request.keep_alive());
  const std::string_view target(request.target().data(), request.target().size());
  const std::string_view path = target.substr(0, target.find('?'));
  const bool verbose = target.substr(path.size()) == "?verbose";
  const bool console = served.pages.console && is_of_console(path);
  if (console)
    for (const auto& [name, value] : kBrowserHeaders) response.set(name, value);
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
    response.body() = "only GET and HEAD\n";
  } else if (path == "/livez" || path == "/readyz" || path == "/startupz") {
    give_probe(request, path, verbose, served, response);
  } else if (path == "/metrics") {
    give_metrics(request, served, response);
  } else if (console) {
    give_console(request, target, served, response);
  } else {
    response.result(http::status::not_found);
    response.body() = "no such page; there are /livez, /readyz, /startupz, /metrics and /console\n";
  }
  response.prepare_payload();
  if (request.method() == http::verb::head) response.body().clear();
  return response;
}

// One connection; keeps itself alive through its pending operation.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const Served& served, int& open)
      : stream_(std::move(socket)), served_(served), open_(open) {
    ++open_;
  }
  ~Session() { --open_; }

  void read() {
    parser_.emplace();
    parser_->header_limit(kMaxHeader);
    stream_.expires_after(kTimeout);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->write();
                     });
  }

 private:
  void write() {
    response_ = respond(parser_->get(), served_);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (!error && self->response_.keep_alive()) self->read();
                      });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{kMaxHeader};
  std::optional<http::request_parser<http::empty_body>> parser_;
  Response response_;
  const Served& served_;
  int& open_;  // touched by the one thread only
};

// "HOST:PORT" with a numeric host; "[::1]:0" for IPv6.
gov::Result<tcp::endpoint> parse_endpoint(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos)
    return gov::invalid("ops.listen: '" + address +
                        "' must be ADDRESS:PORT, for example 127.0.0.1:9464");
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  unsigned port = 0;
  const char* const end = address.data() + address.size();
  const auto [stop, fault] = std::from_chars(address.data() + colon + 1, end, port);
  beast::error_code error;
  const auto ip = asio::ip::make_address(host, error);
  if (error || fault != std::errc{} || stop != end || port > 65535)
    return gov::invalid("ops.listen: '" + address +
                        "' must be a numeric ADDRESS:PORT, for example 127.0.0.1:9464");
  return tcp::endpoint(ip, static_cast<unsigned short>(port));
}

}  // namespace

struct Listener::Impl {
  explicit Impl(Served given) : served(std::move(given)), acceptor(loop) {}

  void accept() {
    acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error && open < kMaxConnections)
        std::make_shared<Session>(std::move(socket), served, open)->read();
      accept();
    });
  }

  const Served served;
  int open = 0;  // before the loop: its destructor still closes sessions
  asio::io_context loop{1};
  tcp::acceptor acceptor;
  std::string endpoint;
  std::thread thread;
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

gov::Result<std::unique_ptr<Listener>> Listener::open(ListenerSettings settings, const Life& life,
                                                      Pages pages) {
  const std::string& address = settings.address;
  const gov::Result<tcp::endpoint> endpoint = parse_endpoint(address);
  if (!endpoint) return endpoint.status();
  auto impl = std::make_unique<Impl>(
      Served{life, Rights(settings.token, endpoint->address().is_loopback()), std::move(pages)});
  beast::error_code error;
  impl->acceptor.open(endpoint->protocol(), error);
  if (!error) impl->acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) impl->acceptor.bind(*endpoint, error);
  if (!error) impl->acceptor.listen(kMaxConnections, error);
  if (error)
    return gov::unavailable(
        "cannot listen on " + address + " for probes: " + error.message() +
        "; choose another address with ops.listen or --ops, or set ops.enabled = false");
  const tcp::endpoint bound = impl->acceptor.local_endpoint();
  const std::string host = bound.address().is_v6() ? "[" + bound.address().to_string() + "]"
                                                   : bound.address().to_string();
  impl->endpoint = "http://" + host + ":" + std::to_string(bound.port());
  impl->accept();
  impl->thread = std::thread([raw = impl.get()] { raw->loop.run(); });
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

Listener::~Listener() {
  impl_->loop.stop();
  impl_->thread.join();
}

const std::string& Listener::endpoint() const { return impl_->endpoint; }

}  // namespace govhost::ops
