#include "access/rate_limit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/digest.h"

namespace govhost::access {
namespace {

constexpr std::size_t kLongestKey = 128;  // a longer one stands by its digest

}  // namespace

RateLimit::RateLimit(Settings settings)
    : settings_(std::move(settings)),
      interval_(std::chrono::duration_cast<Clock::duration>(
          std::chrono::duration<double>(1 / settings_.per_second))),
      shard_keys_(std::max<std::size_t>(settings_.most_keys / kShards, 1)) {}

RateLimit::Verdict RateLimit::ask(std::string_view key, std::string_view tool,
                                  Clock::time_point now) {
  std::string digest;
  if (key.size() > kLongestKey) key = digest = to_hex(sha256(key));
  const auto weight = settings_.cost.find(tool);
  const auto cost = interval_ * (weight == settings_.cost.end() ? 1 : weight->second);
  Shard& shard = shards_[std::hash<std::string_view>{}(key) % kShards];
  const std::lock_guard lock(shard.mutex);
  Entry& entry = entry_of(shard, key, now);
  const Clock::time_point full = std::max(entry.full, now) + cost;
  const Clock::duration over = full - now - interval_ * settings_.burst;
  if (over > Clock::duration::zero()) {
    ++refused_;
    return {false, !std::exchange(entry.refusing, true), over};
  }
  ++allowed_;
  entry.full = full;
  entry.refusing = false;
  return {};
}

RateLimit::Entry& RateLimit::entry_of(Shard& shard, std::string_view key, Clock::time_point now) {
  if (const auto found = shard.by_key.find(key); found != shard.by_key.end()) {
    shard.used.splice(shard.used.begin(), shard.used, found->second);
    return shard.used.front();
  }
  if (shard.used.size() >= shard_keys_) {
    shard.by_key.erase(shard.used.back().key);
    shard.used.pop_back();
    ++evictions_;
  }
  shard.used.push_front({std::string(key), now, false});
  shard.by_key.emplace(shard.used.front().key, shard.used.begin());
  return shard.used.front();
}

std::size_t RateLimit::keys() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    count += shard.used.size();
  }
  return count;
}

void RateLimits::add(Per per, RateLimit::Settings settings) {
  limits_.emplace_back(per, std::make_unique<RateLimit>(std::move(settings)));
}

std::optional<RateLimits::Refusal> RateLimits::ask(Per per, std::string_view key,
                                                   std::string_view tool, Clock::time_point now) {
  for (const auto& [of, limit] : limits_) {
    if (of != per) continue;
    const RateLimit::Verdict verdict = limit->ask(key, tool, now);
    if (!verdict.allowed) return Refusal{limit.get(), verdict};
  }
  return std::nullopt;
}

std::vector<const RateLimit*> RateLimits::all() const {
  std::vector<const RateLimit*> out;
  for (const auto& [per, limit] : limits_) out.push_back(limit.get());
  return out;
}

std::string network_of(std::string_view address) {
  std::string host(address.substr(0, address.rfind(':')));
  if (host.size() < 2 || host.front() != '[') return host;
  host = host.substr(1, host.size() - 2);
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, host.c_str(), &bytes) != 1) return host;
  char text[INET6_ADDRSTRLEN] = {};
  if (IN6_IS_ADDR_V4MAPPED(&bytes)) {
    ::inet_ntop(AF_INET, &bytes.s6_addr[12], text, sizeof text);
    return text;
  }
  std::memset(&bytes.s6_addr[8], 0, 8);
  ::inet_ntop(AF_INET6, &bytes, text, sizeof text);
  return std::string(text) + "/64";
}

}  // namespace govhost::access
