// Sessions of the legacy era (2024-11-05 to 2025-11-25): what `initialize` agreed on.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/key_ring.h"
#include "mcp/capabilities.h"
#include "plugin/adapters.h"

namespace govhost::mcp {

// Who a thing belongs to, in 22 characters: equal for equal issuer and subject only.
std::string identity_of(const plugin::Principal& principal);

struct Session {
  std::string key;           // names it in tables and never leaves the process; empty: no session
  std::string_view version;  // negotiated, static storage
  Capabilities capabilities;

  explicit operator bool() const { return !key.empty(); }
};

// Over HTTP a session is its id: an authenticated text that says what was agreed and for whom.
// Nothing is kept, so any replica with the same keys serves it and it survives a restart. On stdio
// the connection is the session. Thread-safe.
class Sessions {
 public:
  // Long, because nothing is held for it and clients do not begin anew by themselves.
  static constexpr std::chrono::hours kLifetime{24 * 7};
  static constexpr std::size_t kMaxConnections = 4096;
  static constexpr std::size_t kMaxTerminated = 65'536;

  explicit Sessions(const KeyRing& keys) : keys_(keys) {}

  // A new id in visible ASCII.
  std::string mint(std::string_view version, Capabilities capabilities,
                   const plugin::Principal& principal) const;
  // nullopt: not ours, expired, terminated, or somebody else's. Clients are not told which.
  std::optional<Session> find(std::string_view id, const plugin::Principal& principal) const;
  // DELETE: from now on the id is unknown. Of the newest kMaxTerminated only; an older one would be
  // served again, which gives nobody anything.
  void terminate(const Session& session);

  // False when the connection has a session already or there are too many.
  bool open(std::uint64_t connection, std::string_view version, Capabilities capabilities,
            const plugin::Principal& principal);
  // nullopt also for another principal than the one who opened it.
  std::optional<Session> find(std::uint64_t connection, const plugin::Principal& principal) const;
  // False: it had no session.
  bool close(std::uint64_t connection);

 private:
  struct Connection {
    Session session;
    std::string issuer, subject;  // of who opened it
  };

  const KeyRing& keys_;
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, Connection> connections_;
  std::unordered_set<std::string> terminated_;
  std::deque<std::string> oldest_terminated_;
};

}  // namespace govhost::mcp
