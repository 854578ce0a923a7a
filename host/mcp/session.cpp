#include "mcp/session.h"

#include <algorithm>
#include <array>

#include "core/base64.h"
#include "core/digest.h"
#include "core/random.h"
#include "core/time.h"
#include "mcp/protocol.h"

namespace govhost::mcp {
namespace {

constexpr std::string_view kSessionPurpose = "session";
constexpr std::size_t kIdentity = 22;
constexpr std::size_t kNonce = 16;  // bytes: 128 bits that nobody guesses

// version index, capability bits, Unix seconds (8 bytes), nonce, identity
constexpr std::size_t kPayload = 1 + 1 + 8 + kNonce + kIdentity;

}  // namespace

std::string identity_of(const plugin::Principal& principal) {
  const Digest digest = sha256(principal.issuer + '\n' + principal.subject);
  return to_base64url({reinterpret_cast<const char*>(digest.data()), 16});
}

std::string Sessions::mint(std::string_view version, Capabilities capabilities,
                           const plugin::Principal& principal) const {
  const auto known = std::find(kLegacyVersions.begin(), kLegacyVersions.end(), version);
  std::string payload;
  payload += static_cast<char>(known - kLegacyVersions.begin());
  payload += static_cast<char>(capabilities.bits());
  const auto issued = static_cast<std::uint64_t>(unix_seconds());
  for (unsigned shift = 0; shift < 64; shift += 8)
    payload += static_cast<char>(issued >> shift & 0xffu);
  std::array<std::uint8_t, kNonce> nonce{};
  random_bytes(nonce);
  payload.append(nonce.begin(), nonce.end());
  payload += identity_of(principal);
  return keys_.seal(kSessionPurpose, payload);
}

std::optional<Session> Sessions::find(std::string_view id,
                                      const plugin::Principal& principal) const {
  const auto payload = keys_.open(kSessionPurpose, id);
  if (!payload || payload->size() != kPayload) return std::nullopt;
  const std::string_view fields = *payload;
  const auto version = static_cast<unsigned char>(fields[0]);
  if (version >= kLegacyVersions.size()) return std::nullopt;
  std::uint64_t issued = 0;
  for (unsigned i = 0; i < 8; ++i)
    issued |= std::uint64_t{static_cast<unsigned char>(fields[2 + i])} << (8 * i);
  const std::int64_t age = unix_seconds() - static_cast<std::int64_t>(issued);
  if (age > std::chrono::seconds(kLifetime).count()) return std::nullopt;
  if (fields.substr(10 + kNonce) != identity_of(principal)) return std::nullopt;
  Session session{"s" + to_base64url(fields.substr(10, kNonce)), kLegacyVersions[version],
                  Capabilities(static_cast<std::uint8_t>(fields[1]))};
  const std::lock_guard lock(mutex_);
  if (terminated_.contains(session.key)) return std::nullopt;
  return session;
}

void Sessions::terminate(const Session& session) {
  const std::lock_guard lock(mutex_);
  if (!terminated_.insert(session.key).second) return;
  oldest_terminated_.push_back(session.key);
  if (oldest_terminated_.size() <= kMaxTerminated) return;
  terminated_.erase(oldest_terminated_.front());
  oldest_terminated_.pop_front();
}

bool Sessions::open(std::uint64_t connection, std::string_view version, Capabilities capabilities,
                    const plugin::Principal& principal) {
  Connection opened{{"c" + std::to_string(connection), version, capabilities},
                    principal.issuer,
                    principal.subject};
  const std::lock_guard lock(mutex_);
  if (connections_.size() >= kMaxConnections) return false;
  return connections_.emplace(connection, std::move(opened)).second;
}

std::optional<Session> Sessions::find(std::uint64_t connection,
                                      const plugin::Principal& principal) const {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return std::nullopt;
  const Connection& opened = found->second;
  if (opened.subject != principal.subject || opened.issuer != principal.issuer) return std::nullopt;
  return opened.session;
}

bool Sessions::close(std::uint64_t connection) {
  const std::lock_guard lock(mutex_);
  return connections_.erase(connection) > 0;
}

}  // namespace govhost::mcp
