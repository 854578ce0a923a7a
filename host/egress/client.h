// Outgoing HTTP of one plugin instance: what was granted to it, and nothing else.
#pragma once

#include <gov/status.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "audit/trail.h"
#include "egress/session.h"
#include "egress/url.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "plugin/http_client.h"

namespace govhost::egress {

// Who is told of every request; all of it outlives the clients.
struct Observers {
  Log& log;
  Metrics& metrics;
  const std::unique_ptr<audit::Trail>& trail;  // null: nothing is recorded
};

// Thread-safe. At most kConcurrent requests at once; more wait within their deadline.
class Client final : public plugin::HttpClient {
 public:
  static constexpr std::size_t kConcurrent = 8;

  // `plugin`: what messages call the instance ("source aigf"), `name`: what the configuration does.
  // UNAVAILABLE: there is no libcurl. `settings` outlive the client.
  static gov::Result<std::unique_ptr<Client>> make(std::string plugin, std::string name,
                                                   Grants grants, const Settings& settings,
                                                   Observers observers);

  gov::Status send(const gov_call& call, const gov_http_request& request, std::string_view token,
                   const OnHead& on_head, const OnBody& on_body) override;

 private:
  struct Attempt;
  Client(const Curl& curl, std::string plugin, std::string name, Grants grants,
         const Settings& settings, Observers observers)
      : curl_(curl),
        plugin_(std::move(plugin)),
        name_(std::move(name)),
        grants_(std::move(grants)),
        settings_(settings),
        observers_(observers) {}
  gov::Status follow(Attempt& attempt, const gov_call& call);
  gov::Result<std::unique_ptr<Session>> borrow(const gov_call& call);
  void give_back(std::unique_ptr<Session> session);
  gov::Status report(const Attempt& attempt, gov::Status status) const;

  const Curl& curl_;
  const std::string plugin_, name_;
  const Grants grants_;
  const Settings& settings_;
  const Observers observers_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Session>> idle_;  // under mutex_
  std::size_t busy_ = 0;                        // under mutex_
};

}  // namespace govhost::egress
