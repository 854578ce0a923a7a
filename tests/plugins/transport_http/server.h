// The built plugin, serving on a free port of the loopback address.
#pragma once

#include "client.h"
#include "plugins/transport_stdio/fake_host.h"

#include <future>
#include <optional>

namespace transport_tests {

inline constexpr std::uint32_t kLast = GOV_REPLY_LAST, kIdle = GOV_REPLY_IDLE;

class Server {
 public:
  explicit Server(gov::testing::Config config = {}) {
    config.set("listen", "127.0.0.1:0");
    plugin_.emplace(gov::testing::Loaded::open(TRANSPORT_SO, "http", records, config));
    std::promise<std::string> endpoint;
    auto known = endpoint.get_future();
    running_ = std::async(std::launch::async, [this, &endpoint] {
      return plugin_->transport().run(
          plugin_->instance(), call_.raw(), host.raw(), &endpoint,
          [](void* ctx, gov_str text) {
            static_cast<std::promise<std::string>*>(ctx)->set_value(std::string(gov::to_cpp(text)));
          },
          plugin_->error());
    });
    endpoint_ = known.get();
    const std::size_t colon = endpoint_.rfind(':');
    port_ = static_cast<std::uint16_t>(std::stoi(endpoint_.substr(colon + 1)));
  }
  ~Server() {
    if (running_.valid()) {
      cancel();
      EXPECT_EQ(result(), GOV_OK) << error();
    }
  }

  std::uint16_t port() const { return port_; }
  const std::string& endpoint() const { return endpoint_; }
  void cancel() { call_.cancel(); }
  void drain() { plugin_->transport().drain(plugin_->instance()); }
  gov_status result() {
    if (running_.wait_for(std::chrono::seconds(20)) != std::future_status::ready) return -1;
    return running_.get();
  }
  const char* error() { return plugin_->error()->message; }

  gov::testing::Host records;
  FakeHost host;

 private:
  gov::testing::Call call_;
  std::optional<gov::testing::Loaded> plugin_;
  std::future<gov_status> running_;
  std::string endpoint_;
  std::uint16_t port_ = 0;
};

}  // namespace transport_tests
