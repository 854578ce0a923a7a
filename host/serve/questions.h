// Requests of this server to clients of legacy sessions, and the calls that wait for their answers.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "mcp/work.h"
#include "serve/exchange.h"

namespace govhost {

// Bounded by the calls in flight: only a call that waits has questions. Ids hold 128 random bits,
// so that nobody answers for somebody else. Thread-safe.
class Questions {
 public:
  static constexpr int kMaxRounds = 16;  // of one call
  static constexpr std::size_t kMaxAtOnce = 16;

  // Sends the requests; the exchange is parked until all are answered. False: too many, or too
  // often.
  bool ask(const std::shared_ptr<Exchange>& exchange, const mcp::InputNeeded& needed);

  // The exchange that an answer completes, now no longer parked; null: others are missing, or
  // nobody asked. `failed`: why the client did not answer.
  std::shared_ptr<Exchange> answered(const mcp::ClientAnswer& answer, std::string& failed);

  // Every exchange that waits for answers.
  std::vector<std::shared_ptr<Exchange>> waiting();
  // The exchange has ended without its answers.
  void forget(const Exchange& exchange);

 private:
  struct Question {
    // Kept alive here: a client of a session may close the stream that asked and answer later.
    std::shared_ptr<Exchange> exchange;
    std::string key;
  };

  std::mutex mutex_;
  std::unordered_map<std::string, Question> open_;  // by id as JSON text
};

}  // namespace govhost
