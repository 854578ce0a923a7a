// A client of the host's egress, its upstream and its log.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/unique_fd.h"
#include "egress/client.h"
#include "plugin/call.h"
#include "support/upstream.h"

namespace govhost::egress {

using namespace std::chrono_literals;
using test::Upstream;
using How = Upstream::How;
using Clock = std::chrono::steady_clock;

struct Answer {
  gov::Status status;
  unsigned code = 0;
  std::map<std::string, std::string> headers;
  std::string body;
};

class EgressClient : public testing::Test {
 protected:
  void make(const std::vector<std::string>& grants) {
    auto made = Client::make("source test", "test", *Grants::parse(grants), settings,
                             {log, metrics, trail});
    ASSERT_TRUE(made.ok()) << made.status().message();
    client = std::move(*made);
  }
  Answer get(const std::string& url, std::vector<gov_pair> headers = {},
             const std::string& token = {}, std::uint64_t max_bytes = 0,
             plugin::CallContext* own = nullptr) {
    plugin::CallContext call(Clock::now() + 20s);
    const gov_http_request request{
        sizeof request, 0,  gov::to_c(method), gov::to_c(url), {}, headers.data(),
        headers.size(), {}, max_bytes,         gov::to_c(user)};
    Answer out;
    out.status = client->send(
        *(own ? own : &call)->raw(), request, token,
        [&](unsigned code, std::span<const gov_pair> all) {
          out.code = code;
          for (const gov_pair& each : all)
            out.headers.emplace(gov::to_cpp(each.name), gov::to_cpp(each.value));
          return gov::Status();
        },
        [&](std::string_view part) {
          out.body.append(part);
          return gov::Status();
        });
    return out;
  }
  // Requests that ended so.
  std::uint64_t counted(std::string_view outcome) const {
    for (const auto& metric : metrics.fetches.read().metric)
      if (metric.label.at(0).value == "test" && metric.label.at(1).value == outcome)
        return metric.histogram.sample_count;
    return 0;
  }
  std::string logged() {
    log.out().flush(5s);
    std::array<char, 65536> buffer{};
    std::string out;
    for (ssize_t n = 0;
         (n = ::recv(log_pair[0].get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0;)
      out.append(buffer.data(), static_cast<std::size_t>(n));
    return out;
  }

  static std::array<UniqueFd, 2> make_pair() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
  }

  Upstream upstream{[](const auto&) { return Upstream::Answer{200, "hello"}; }};
  std::string method = "GET";
  std::string user;  // of Basic; empty: Bearer
  Settings settings;
  std::array<UniqueFd, 2> log_pair = make_pair();
  LineWriter lines{log_pair[1].get()};
  Metrics metrics;
  std::unique_ptr<audit::Trail> trail;
  Log log{lines, Level::kDebug};
  std::unique_ptr<Client> client;
};

}  // namespace govhost::egress
