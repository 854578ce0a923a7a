// The host's side of every call into a plugin.
#pragma once

#include <gov/plugin.hpp>

#include <exception>
#include <string>
#include <utility>

#include "core/scrub.h"

namespace govhost::plugin {

// Runs body(gov_error*) and turns its outcome into a Status that names the instance. What the
// plugin throws in spite of the contract becomes INTERNAL: a caught exception is better than a dead
// host, though a plugin with its own C++ runtime can still end the process (isolation cures that).
template <class Body>
gov::Status crossing(const std::string& instance, const char* what, Body&& body) {
  gov_error error{sizeof error, 0, {}};
  gov_status code = GOV_INTERNAL;
  try {
    code = std::forward<Body>(body)(&error);
  } catch (const std::exception& e) {
    std::string thrown = e.what();
    scrub(thrown);
    return gov::internal(instance + " broke the contract: " + what + " threw: " + thrown);
  } catch (...) {
    return gov::internal(instance + " broke the contract: " + what + " threw");
  }
  if (code == GOV_OK) return {};
  gov::Status failed = gov::detail::from_error(code, error);
  std::string reason =
      failed.message().empty() ? std::string(gov::name_of(code)) : failed.message();
  scrub(reason);
  return gov::Status(code, instance + ": " + reason).with_retry_after(failed.retry_after());
}

}  // namespace govhost::plugin
