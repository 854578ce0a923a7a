// gov.http/1 for a plugin's own tests: answers that the test wrote, and the requests that came.
//
//   gov::testing::Host host;
//   gov::testing::FakeHttp http(host);
//   http.answer("https://api.example.org/risks", {200, {{"ETag", "\"1\""}}, "[]"});
#pragma once

#include <gov/abi/http.h>
#include <gov/http.hpp>
#include <gov/testing.hpp>

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace gov::testing {

// Grants itself to the host; lives as long as the plugin. Safe to use from several threads.
class FakeHttp {
 public:
  struct Request {
    std::string method, url, bearer_secret, basic_user, body;
    std::map<std::string, std::string> headers;
  };

  explicit FakeHttp(Host& host) {
    table_.struct_size = sizeof(gov_http_v1);
    table_.send = [](const gov_host* raw, const gov_call* call, const gov_http_request* request,
                     void* ctx,
                     gov_status (*head)(void*, std::uint32_t, const gov_pair*, std::uint64_t),
                     gov_status (*body)(void*, const void*, std::uint64_t), gov_error*) {
      const void* const table = raw->service(raw, GOV_SERVICE_HTTP);
      return static_cast<const Table*>(static_cast<const gov_http_v1*>(table))
          ->self->send(*call, *request, ctx, head, body);
    };
    table_.self = this;
    host.services[GOV_SERVICE_HTTP] = static_cast<const gov_http_v1*>(&table_);
  }
  FakeHttp(const FakeHttp&) = delete;

  // What the URL answers from now on; one that has no answer is refused as not granted.
  void answer(const std::string& url, HttpAnswer answer) {
    const std::lock_guard lock(mutex_);
    answers_[url] = {GOV_OK, std::move(answer)};
  }
  // No answer, but this status.
  void fail(const std::string& url, gov_status status) {
    const std::lock_guard lock(mutex_);
    answers_[url] = {status, {}};
  }
  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  struct Table : gov_http_v1 {
    FakeHttp* self = nullptr;
  };

  gov_status send(const gov_call& call, const gov_http_request& request, void* ctx,
                  gov_status (*head)(void*, std::uint32_t, const gov_pair*, std::uint64_t),
                  gov_status (*body)(void*, const void*, std::uint64_t)) {
    std::pair<gov_status, HttpAnswer> found{GOV_PERMISSION_DENIED, {}};
    {
      const std::lock_guard lock(mutex_);
      Request& kept = requests_.emplace_back();
      kept.method = to_cpp(request.method);
      kept.url = to_cpp(request.url);
      kept.bearer_secret = to_cpp(request.bearer_secret);
      if (GOV_HAS(&request, basic_user)) kept.basic_user = to_cpp(request.basic_user);
      kept.body = to_cpp(request.body);
      for (std::uint64_t i = 0; i < request.header_count; ++i)
        kept.headers.emplace(to_cpp(request.headers[i].name), to_cpp(request.headers[i].value));
      const auto answer = answers_.find(kept.url);
      if (answer != answers_.end()) found = answer->second;
    }
    if (call.cancelled(&call)) return GOV_CANCELLED;
    if (found.first != GOV_OK) return found.first;
    std::vector<gov_pair> headers;
    for (const auto& [name, value] : found.second.headers)
      headers.push_back({to_c(name), to_c(value)});
    const std::string& text = found.second.body;
    if (request.max_bytes != 0 && text.size() > request.max_bytes) return GOV_RESOURCE_EXHAUSTED;
    const gov_status told = head(ctx, found.second.code, headers.data(), headers.size());
    return told == GOV_OK && !text.empty() ? body(ctx, text.data(), text.size()) : told;
  }

  Table table_{};
  mutable std::mutex mutex_;
  std::map<std::string, std::pair<gov_status, HttpAnswer>> answers_;
  std::vector<Request> requests_;
};

}  // namespace gov::testing
