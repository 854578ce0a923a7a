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
  exchange->parked = true;
  std::vector<std::string> messages;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, request] : needed.requests.items()) {
      const std::string id = new_id();
      open_.emplace(id, Question{exchange, exchange.get(), key});
      std::string text = mcp::legacy_request(request, exchange->work.version).dump();
      text.erase(0, 1);
      messages.push_back(R"({"jsonrpc":"2.0","id":)" + id + ',' + text);
    }
  }
  for (const std::string& message : messages) exchange->send(message);
  return true;
}

std::shared_ptr<Exchange> Questions::answered(const mcp::ClientAnswer& answer,
                                              std::string& failed) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(answer.id);
  if (found == open_.end()) return nullptr;
  const auto exchange = found->second.exchange.lock();
  if (!exchange || exchange->work.scope != answer.scope) return nullptr;
  if (answer.result.is_null())
    failed = answer.error;
  else
    exchange->work.inputs->responses[found->second.key] = answer.result;
  open_.erase(found);
  const bool waits = failed.empty() && std::any_of(open_.begin(), open_.end(), [&](const auto& q) {
                       return q.second.of == exchange.get();
                     });
  if (waits || !exchange->parked.exchange(false)) return nullptr;
  return exchange;
}

void Questions::forget(const Exchange& exchange) {
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [&](const auto& entry) { return entry.second.of == &exchange; });
}

}  // namespace govhost
