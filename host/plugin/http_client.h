// What stands behind gov.http/1 for one plugin instance.
#pragma once

#include <gov/abi.h>
#include <gov/status.hpp>

#include <functional>
#include <span>
#include <string_view>

namespace govhost::plugin {

class HttpClient {
 public:
  using OnHead = std::function<gov::Status(unsigned code, std::span<const gov_pair> headers)>;
  using OnBody = std::function<gov::Status(std::string_view part)>;

  virtual ~HttpClient() = default;
  // See gov_http_v1.send. `token`: the resolved secret, or empty. Any number of threads.
  virtual gov::Status send(const gov_call& call, const gov_http_request& request,
                           std::string_view token, const OnHead& on_head,
                           const OnBody& on_body) = 0;
};

}  // namespace govhost::plugin
