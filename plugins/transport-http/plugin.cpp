// Plugin "http": Streamable HTTP on Asio, with the grammar of HTTP from Beast.
#include <gov/transport.hpp>

#include "server.h"

#include <mutex>

namespace transport_http {
namespace {

class HttpTransport final : public gov::Transport {
 public:
  HttpTransport(gov::Host host, Options options, OriginRules rules)
      : host_(host),
        options_(std::move(options)),
        rules_(std::move(rules)),
        tls_(host, options_.tls) {}

  static gov::Result<std::unique_ptr<HttpTransport>> create(gov::Host host,
                                                            const gov::Config& config) {
    auto options = read_options(config);
    if (!options) return options.status();
    auto rules = OriginRules::create(options->endpoint.address().is_loopback(),
                                     options->allowed_hosts, options->allowed_origins);
    if (!rules) return rules.status();
    auto made = std::make_unique<HttpTransport>(host, std::move(*options), std::move(*rules));
    // Here, so that a certificate which cannot be used shows before anything is started.
    if (gov::Status loaded = made->tls_.load(); !loaded.ok()) return loaded;
    return made;
  }

  gov::Status run(const gov::Call& call, const gov::Dispatch& dispatch,
                  const Listening& listening) override {
    Server server(options_, router_, tls_, host_, dispatch);
    const gov::Status bound = server.listen();
    if (!bound.ok()) return bound;
    publish(&server);
    listening(server.endpoint());
    const gov::Status served = server.serve(call.cancel_fd());
    publish(nullptr);
    return served;
  }

  void drain() override {
    const std::lock_guard lock(mutex_);
    drained_ = true;
    if (server_) server_->drain();
  }

 private:
  void publish(Server* server) {
    const std::lock_guard lock(mutex_);
    server_ = server;
    if (server_ && drained_) server_->drain();
  }

  const gov::Host host_;
  const Options options_;
  const OriginRules rules_;
  const Router router_{options_, rules_};
  Tls tls_;
  std::mutex mutex_;
  Server* server_ = nullptr;  // while run() is running
  bool drained_ = false;
};

}  // namespace
}  // namespace transport_http

GOV_PLUGIN(gov::component<transport_http::HttpTransport>(
    {.name = "http",
     .version = "1.0.0",
     .summary = "Serves clients over Streamable HTTP with JSON answers and event streams.",
     .config_schema = transport_http::kOptionsSchema}));
