// Plugin "stdio": newline-delimited messages on the process's own standard streams.
#include <gov/transport.hpp>

#include "session.h"

namespace transport_stdio {
namespace {

constexpr char kSchema[] = R"({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "max_message": {
      "type": "integer", "default": 1048576, "minimum": 1024, "maximum": 1073741824,
      "description": "Bytes of the longest line that is accepted. A longer one is answered with an error and dropped."
    },
    "max_in_flight": {
      "type": "integer", "default": 64, "minimum": 1, "maximum": 4096,
      "description": "Messages being answered at the same time. At the limit no more input is read."
    }
  }
})";

// Answers of other threads that may wait for a client that does not read.
constexpr std::size_t kMaxWaiting = 64u << 20u;

class StdioTransport final : public gov::Transport {
 public:
  StdioTransport(gov::Host host, const Options& options, std::shared_ptr<Outbox> outbox)
      : host_(host), options_(options), outbox_(std::move(outbox)) {}

  static gov::Result<std::unique_ptr<StdioTransport>> create(gov::Host host,
                                                             const gov::Config& config) {
    Options options;
    const std::int64_t message = config.integer("max_message", 1 << 20);
    const std::int64_t in_flight = config.integer("max_in_flight", 64);
    if (message < 1024) return gov::invalid("max_message is below 1024 bytes; raise it");
    if (in_flight < 1) return gov::invalid("max_in_flight is below 1; raise it");
    options.max_message = static_cast<std::size_t>(message);
    options.max_in_flight = static_cast<std::size_t>(in_flight);
    auto outbox = Outbox::create(kMaxWaiting);
    if (!outbox) return outbox.status();
    return std::make_unique<StdioTransport>(host, options, std::move(*outbox));
  }

  gov::Status run(const gov::Call& call, const gov::Dispatch& dispatch,
                  const Listening& listening) override {
    const auto* const streams = host_.service<gov_stdio_v1>(GOV_SERVICE_STDIO);
    if (!streams) {
      return gov::unavailable(
          "the host did not grant the standard streams; only one transport can have them, so "
          "configure `stdio` once");
    }
    listening("stdio");
    return Session(options_, *streams, call.cancel_fd(), dispatch, outbox_).serve();
  }

  void drain() override { outbox_->drain(); }

 private:
  const gov::Host host_;
  const Options options_;
  const std::shared_ptr<Outbox> outbox_;
};

}  // namespace
}  // namespace transport_stdio

GOV_PLUGIN(gov::component<transport_stdio::StdioTransport>(
    {.name = "stdio",
     .version = "1.0.0",
     .summary = "Serves one client on standard input and output, one message a line.",
     .config_schema = transport_stdio::kSchema}));
