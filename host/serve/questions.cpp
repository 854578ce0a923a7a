#include "serve/questions.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/base64.h"
#include "core/random.h"

namespace govhost {
namespace {

std::string new_id() {
  std::array<std::uint8_t, 16> random{};
  random_bytes(random);
  return "\"q-" + to_base64url({reinterpret_cast<const char*>(random.data()), random.size()}) + '"';
}

}  // namespace

bool Questions::ask(const std::shared_ptr<Exchange>& exchange, const mcp::InputNeeded& needed) {
  if (needed.requests.empty() || needed.requests.size() > kMaxAtOnce ||
      ++exchange->rounds > kMaxRounds)
    return false;
  if (!exchange->work.inputs) exchange->work.inputs.emplace();
  exchange->work.inputs->state = needed.state;
  exchange->work.inputs->responses = mcp::Json::object();
  std::vector<std::string> messages;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, request] : needed.requests.items()) {
      const std::string id = new_id();
      open_.emplace(id, Question{exchange, key});
      std::string text = mcp::legacy_request(request, exchange->work.version).dump();
      text.erase(0, 1);
      messages.push_back(R"({"jsonrpc":"2.0","id":)" + id + ',' + text);
    }
    // From here on whoever ends the exchange also forgets its questions.
    exchange->parked = true;
  }
  exchange->be_idle();
  for (const std::string& message : messages) exchange->send(message);
  return true;
}

std::shared_ptr<Exchange> Questions::answered(const mcp::ClientAnswer& answer,
                                              std::string& failed) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(answer.id);
  if (found == open_.end()) return nullptr;
  const auto exchange = found->second.exchange;
  if (exchange->work.scope != answer.scope) return nullptr;
  if (answer.result.is_null())
    failed = answer.error;
  else
    exchange->work.inputs->responses[found->second.key] = answer.result;
  open_.erase(found);
  const bool waits = failed.empty() && std::any_of(open_.begin(), open_.end(), [&](const auto& q) {
                       return q.second.exchange == exchange;
                     });
  if (waits || !exchange->parked.exchange(false)) return nullptr;
  return exchange;
}

std::vector<std::shared_ptr<Exchange>> Questions::waiting() {
  std::vector<std::shared_ptr<Exchange>> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, question] : open_) all.push_back(question.exchange);
  return all;
}

void Questions::forget(const Exchange& exchange) {
  std::vector<std::shared_ptr<Exchange>> forgotten;  // let go outside the lock
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [&](auto& entry) {
    if (entry.second.exchange.get() != &exchange) return false;
    forgotten.push_back(std::move(entry.second.exchange));
    return true;
  });
}

}  // namespace govhost
