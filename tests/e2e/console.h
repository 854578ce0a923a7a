// A server whose console is asked.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "support/client.h"
#include "support/files.h"

namespace govhost::test {

inline constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
    "'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

class ConsoleTest : public testing::Test {
 protected:
  // `ops`: further keys of [ops]; `more`: further tables.
  void start(const std::string& ops = "", const std::string& more = "") {
    begin("[ops]\n" + ops + "[[source]]\nplugin = \"starter\"\n" + more);
  }
  void begin(const std::string& tables) {
    const std::filesystem::path config =
        folder.write("govhost.toml",
                     "[[transport]]\nplugin = \"http\"\n[search]\nplugin = \"memory\"\n" + tables);
    client = std::make_unique<Client>(Wire::kHttp, Era::kModern,
                                      std::vector<std::string>{"--config", config.string()});
  }
  HttpAnswer ask(const std::string& target, const HeaderList& headers = {},
                 const std::string& method = "GET", const std::string& host = "127.0.0.1") const {
    HttpConnection ops(client->ops_port());
    HeaderList all = headers;
    all.emplace_back("Host", host);
    return ops.request(method, target, all, "");
  }
  Json data(const std::string& name) const {
    const HttpAnswer answer = ask("/console/api/" + name);
    EXPECT_EQ(answer.status, 200) << name;
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
    return Json::parse(answer.body);
  }
  // The data, once it is as it should be.
  Json data_when(const std::string& name, const std::function<bool(const Json&)>& good) const {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
      Json out = data(name);
      if (good(out) || std::chrono::steady_clock::now() > until) return out;
    }
  }
  static void expect_browser_headers(const HttpAnswer& answer) {
    EXPECT_EQ(answer.headers.at("content-security-policy"), kPolicy);
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.headers.at("referrer-policy"), "no-referrer");
    EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
    EXPECT_EQ(answer.headers.at("cross-origin-resource-policy"), "same-origin");
  }

  const TempDir folder;
  std::unique_ptr<Client> client;
};

}  // namespace govhost::test
