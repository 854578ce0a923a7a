// Outgoing HTTP of one plugin instance: what was granted to it, and nothing else.
#pragma once

#include <gov/status.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "egress/session.h"
#include "egress/url.h"
#include "observe/log.h"
#include "plugin/http_client.h"

namespace govhost::egress {

// Thread-safe. At most kConcurrent requests at once; more wait within their deadline.
class Client final : public plugin::HttpClient {
 public:
  static constexpr std::size_t kConcurrent = 8;

  // UNAVAILABLE: there is no libcurl. `settings` and `log` outlive the client.
  static gov::Result<std::unique_ptr<Client>> make(std::string instance, Grants grants,
                                                   const Settings& settings, Log& log);

  gov::Status send(const gov_call& call, const gov_http_request& request, std::string_view token,
                   const OnHead& on_head, const OnBody& on_body) override;

 private:
  struct Attempt;
  Client(const Curl& curl, std::string instance, Grants grants, const Settings& settings, Log& log)
      : curl_(curl),
        instance_(std::move(instance)),
        grants_(std::move(grants)),
        settings_(settings),
        log_(log) {}
  gov::Status follow(Attempt& attempt, const gov_call& call);
  gov::Result<std::unique_ptr<Session>> borrow(const gov_call& call);
  void give_back(std::unique_ptr<Session> session);
  void report(const Attempt& attempt, const gov::Status& status) const;

  const Curl& curl_;
  const std::string instance_;
  const Grants grants_;
  const Settings& settings_;
  Log& log_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Session>> idle_;  // under mutex_
  std::size_t busy_ = 0;                        // under mutex_
};

}  // namespace govhost::egress
