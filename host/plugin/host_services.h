// What one plugin instance can ask of the host: the gov_host table and what stands behind it.
#pragma once

#include <gov/abi.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "observe/log.h"
#include "plugin/http_client.h"
#include "plugin/secret.h"

namespace govhost::plugin {

class Secrets;

// Owned by its Instance. Safe for calls from any thread of the plugin.
class HostServices {
 public:
  // `secret_of` maps an option's name to the secret reference it holds, or to an empty text.
  // `secrets`: of all kinds; null: only of those that need no store.
  HostServices(Log& log, std::string instance,
               std::function<std::string(std::string_view option)> secret_of, Secrets* secrets);
  HostServices(const HostServices&) = delete;

  // Grants a service; `table` must outlive the instance. Before the instance is created only.
  void grant(std::string id, const void* table) { services_[std::move(id)] = table; }
  // Grants gov.http/1. Before the instance is created only.
  void grant_http(std::unique_ptr<HttpClient> client);
  const gov_host* table() const { return &table_; }

 private:
  static HostServices& of(const gov_host* host) { return *static_cast<HostServices*>(host->ctx); }
  void write(std::int32_t level, std::string_view text, const gov_pair* fields, std::uint64_t n);
  gov_status secret(std::string_view option, void* ctx, void (*use)(void*, gov_bytes),
                    gov_error* error);
  gov_status send(const gov_call& call, const gov_http_request& request, void* ctx,
                  gov_status (*head)(void*, std::uint32_t, const gov_pair*, std::uint64_t),
                  gov_status (*body)(void*, const void*, std::uint64_t), gov_error* error);
  gov::Result<Secret> resolve(std::string_view option) const;
  bool admit(std::uint64_t& suppressed);

  Log& log_;
  const std::string instance_;
  const std::function<std::string(std::string_view)> secret_of_;
  Secrets* const secrets_;
  std::map<std::string, const void*, std::less<>> services_;
  std::unique_ptr<HttpClient> http_;  // null: not granted
  gov_host table_{};

  // Flood control: a looping plugin must not fill the disk.
  std::mutex mutex_;
  std::chrono::steady_clock::time_point second_{};
  std::uint64_t in_second_ = 0;
  std::uint64_t suppressed_ = 0;
};

}  // namespace govhost::plugin
