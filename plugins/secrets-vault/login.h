// The token with which Vault is asked, from its AppRole method.
#pragma once

#include <gov/http.hpp>
#include <gov/plugin.hpp>

#include <chrono>
#include <mutex>
#include <string>

namespace vault {

struct Options {
  std::string url, space;                  // `space`: the namespace, or empty
  std::string role_id, mount = "approle";  // empty role_id: the option "token" holds the token
};

// Wipes the text when it ends: what Vault answers holds secrets.
class Wiped {
 public:
  explicit Wiped(std::string& text) : text_(text) {}
  ~Wiped();
  Wiped(const Wiped&) = delete;

 private:
  std::string& text_;
};

// What every request needs.
gov::HttpRequest request_to(const Options& options, std::string_view url);
// Why Vault did not do what it was asked for, by its answer.
gov::Status failure_of(const gov::HttpAnswer& answer, std::string_view what);

// Thread-safe; one login at a time.
class Login {
 public:
  Login(const Options& options, gov::Host host, gov::Http http)
      : options_(options), host_(host), http_(http) {}
  ~Login();

  // A token that is good for a while. `refused`: one that was no longer taken.
  gov::Result<std::string> token(const gov::Call& call, std::string_view refused = {});

 private:
  gov::Status log_in(const gov::Call& call);

  const Options& options_;
  const gov::Host host_;
  const gov::Http http_;
  std::mutex mutex_;
  std::string token_;
  std::chrono::steady_clock::time_point renew_at_;
};

}  // namespace vault
