// Where the keys come from, and that they are current.
#pragma once

#include <gov/http.hpp>
#include <gov/own_call.hpp>
#include <gov/plugin.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "credential_file.h"
#include "key_set.h"

namespace jwt {

// Looks for the keys again on a thread of its own: on schedule, and when a token names a key that
// is not known. The second at most once in a cooldown, or everybody who can make up a name could
// have the issuer asked as often as he likes. Thread-safe after start().
class KeyStore {
 public:
  using Clock = std::chrono::steady_clock;
  struct Settings {
    std::string issuer;
    std::string jwks_uri;    // empty: as the issuer's metadata says
    std::string keys_file;   // a file instead; looked at once a second
    std::string cache_file;  // copy of what was fetched; empty: none
    std::chrono::milliseconds refresh{900'000}, cooldown{30'000}, stale_grace{86'400'000},
        timeout{5'000};
  };

  KeyStore(gov::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}
  ~KeyStore() { stop(); }
  KeyStore(const KeyStore&) = delete;

  // Fails when no later try can be better: a file that is not there, an address that is not
  // granted.
  gov::Status start(const gov::Call& call);
  void stop();

  // Null: there are none, or they are older than the grace allows.
  std::shared_ptr<const KeySet> current() const;

  // The same after the issuer was asked once more, because a token names a key that is not among
  // them. Null with `status` otherwise: GOV_UNAUTHENTICATED while nobody may ask again yet.
  std::shared_ptr<const KeySet> look_again(const gov::Call& call, gov::Status& status);

 private:
  struct Held {
    std::shared_ptr<const KeySet> keys;
    std::string text;  // that they were read from
    Clock::time_point good_until{};
  };

  void run();
  gov::Status load_file();
  gov::Status load_cache();
  gov::Status fetch(const gov_call* call);
  gov::Result<std::string> find_uri(const gov::Call& call);
  gov::Result<std::string> get(const gov::Call& call, const std::string& url);
  gov::Status take(const std::string& text, std::chrono::milliseconds age);
  void keep(const std::string& text);
  std::shared_ptr<const Held> held() const {
    const std::lock_guard lock(held_mutex_);
    return held_;
  }

  const gov::Host host_;
  const Settings settings_;
  std::string found_uri_;  // touched by one fetch at a time
  // Not std::atomic<std::shared_ptr>: that of libstdc++ 12 lets go of its lock without a release,
  // which ThreadSanitizer reports.
  mutable std::mutex held_mutex_;
  std::shared_ptr<const Held> held_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false, wanted_ = false, fetching_ = false;
  std::uint64_t rounds_ = 0;  // fetches that have ended
  int waiting_ = 0;
  Clock::time_point next_{};  // scheduled
  std::optional<Clock::time_point> asked_;
  gov::OwnCall* call_ = nullptr;  // of the fetch that runs
  auth_common::FileStamp file_;   // as it was read last
  std::thread thread_;
};

}  // namespace jwt
