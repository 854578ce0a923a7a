// Batches over HTTPS, in the form of Splunk's HTTP Event Collector, which other collectors (Vector,
// Fluent Bit, Cribl, OpenSearch Data Prepper) take too.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "egress/session.h"
#include "plugin/secret.h"
#include "shipping/sink.h"

namespace govhost::shipping {

struct HttpSinkSettings {
  std::string url;
  bool hec = true;     // else the lines as they are (application/x-ndjson)
  std::string scheme;  // of Authorization: "Splunk", "Bearer"
  std::string host;    // of this machine, for "host"
  std::function<gov::Result<plugin::Secret>()> token;  // null: none
};

class HttpSink final : public Sink {
 public:
  // `egress` outlives it.
  static gov::Result<std::unique_ptr<HttpSink>> make(HttpSinkSettings settings,
                                                     const egress::Settings& egress);
  gov::Status send(std::span<const std::string> lines, plugin::CallContext& call) override;

 private:
  HttpSink(HttpSinkSettings settings, std::unique_ptr<egress::Session> session)
      : settings_(std::move(settings)), session_(std::move(session)) {}
  std::string body_of(std::span<const std::string> lines) const;

  const HttpSinkSettings settings_;
  const std::unique_ptr<egress::Session> session_;
};

}  // namespace govhost::shipping
