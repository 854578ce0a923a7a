// Syslog over TLS: messages of RFC 5424 in the frames of RFC 5425.
#pragma once

#include <memory>
#include <string>

#include "egress/curl.h"
#include "shipping/sink.h"

namespace govhost::shipping {

struct SyslogSinkSettings {
  std::string address;    // "siem.bank.example:6514"
  std::string ca_file;    // PEM; empty: the system's
  std::string cert, key;  // of this client, PEM files; empty: it shows none
  std::string host;       // of this machine, HOSTNAME of the messages
};

// The protocol knows no answer. What was sent counts as there once the other machine's kernel has
// acknowledged every byte on a connection that is still open; what it then loses is lost.
class SyslogSink final : public Sink {
 public:
  static gov::Result<std::unique_ptr<SyslogSink>> make(SyslogSinkSettings settings);
  ~SyslogSink() override;
  gov::Status send(std::span<const std::string> lines, plugin::CallContext& call) override;

 private:
  SyslogSink(SyslogSinkSettings settings, const egress::Curl& curl)
      : settings_(std::move(settings)), curl_(curl) {}
  gov::Status connect(const plugin::CallContext& call);
  void close();
  gov::Status send_all(std::string_view text, const plugin::CallContext& call);
  gov::Status wait_acknowledged(const plugin::CallContext& call);
  gov::Status still_open();
  int descriptor() const;
  std::string frame_of(std::string_view line) const;

  const SyslogSinkSettings settings_;
  const egress::Curl& curl_;
  CURL* easy_ = nullptr;  // null: not connected
};

}  // namespace govhost::shipping
