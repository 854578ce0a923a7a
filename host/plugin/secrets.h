// Secrets by reference, resolved at the time of use so that rotation needs no restart.
#pragma once

#include <gov/status.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "observe/log.h"
#include "plugin/adapters.h"
#include "plugin/secret.h"

namespace govhost::plugin {

// What needs nothing but this machine: "env:NAME", "file:/absolute/path" (one trailing line break
// is cut), "cred:NAME" (a systemd credential: a file of that name in $CREDENTIALS_DIRECTORY,
// systemd.exec(5)) or "exec:/absolute/path ARGUMENT..." (what a program prints). At most 64 KiB.
// Blocks for as long as the program runs. Errors name the reference, never the value.
gov::Result<Secret> resolve_secret(std::string_view reference);

// Those, and what stores hold: "NAME:reference" for a [[secrets]] of that name. What a program or a
// store said is kept for a while; when it cannot say it again the old value is still used, and the
// log tells. Thread-safe once all stores were added.
class Secrets {
 public:
  Secrets(Log& log, std::chrono::milliseconds refresh) : log_(log), refresh_(refresh) {}

  void add(std::string name, std::unique_ptr<SecretStore> store) {
    stores_.insert_or_assign(std::move(name), std::move(store));
  }

  // [worker] May block for kPatience, when nothing is kept for it.
  gov::Result<Secret> resolve(std::string_view reference);

  struct Age {
    std::string reference;
    std::chrono::system_clock::time_point refreshed;  // when it was last said
  };
  std::vector<Age> ages() const;  // of what is kept

  static constexpr std::chrono::seconds kPatience{10};

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    bool known = false, fetching = false, failing = false;
    Secret value;
    Clock::time_point good_until, retry_at;
    std::chrono::system_clock::time_point refreshed;
    gov::Status failure;
  };

  gov::Result<Secret> fetch(std::string_view reference, Clock::time_point& good_until);
  void take(const std::string& reference, Entry& entry, gov::Result<Secret> fetched,
            Clock::time_point good_until);

  Log& log_;
  const std::chrono::milliseconds refresh_;
  std::map<std::string, std::unique_ptr<SecretStore>, std::less<>> stores_;
  mutable std::mutex mutex_;
  std::condition_variable fetched_;
  std::map<std::string, Entry, std::less<>> kept_;  // as many as the configuration names
};

}  // namespace govhost::plugin
