// Who sees the operators' console, and what a browser is told of it.
#include "e2e/console.h"

#include <algorithm>

namespace govhost::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kToken = "c4n4ry-token-of-console-4711";

TEST_F(ConsoleTest, IsOnePageWithItsAssetsAndNothingFromElsewhere) {
  start();
  const HttpAnswer page = ask("/console");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
  expect_browser_headers(page);
  EXPECT_EQ(ask("/console/").body, page.body);
  EXPECT_EQ(page.body.find("://"), std::string::npos) << "an asset from elsewhere";
  EXPECT_EQ(page.body.find("<style"), std::string::npos);
  EXPECT_EQ(page.body.find("style="), std::string::npos);
  std::size_t all = page.body.size();
  for (const fs::directory_entry& file :
       fs::directory_iterator(fs::path(source_tree()) / "host/console/assets")) {
    const std::string name = file.path().filename();
    const HttpAnswer asset = ask("/console/" + name);
    EXPECT_EQ(asset.status, 200) << name;
    expect_browser_headers(asset);
    EXPECT_EQ(asset.body.size(), fs::file_size(file.path())) << name;
    if (name.ends_with(".js")) {
      EXPECT_EQ(asset.headers.at("content-type"), "text/javascript; charset=utf-8");
      for (const char* const markup : {"innerHTML", "outerHTML", "insertAdjacentHTML",
                                       "document.write", "eval(", "new Function"})
        EXPECT_EQ(asset.body.find(markup), std::string::npos) << name << " has " << markup;
    }
    all += asset.body.size();
  }
  EXPECT_LT(all, 100u * 1024);
}

TEST_F(ConsoleTest, WhatIsNotThereIs404AndNothingCanBeChanged) {
  start();
  for (const char* const target :
       {"/console/none.js", "/console/api/none.json", "/console/api/overview",
        "/console/../etc/passwd", "/console/api/", "/console//index.html", "/console/%2e%2e/x"}) {
    const HttpAnswer answer = ask(target);
    EXPECT_EQ(answer.status, 404) << target;
    expect_browser_headers(answer);
  }
  EXPECT_EQ(ask("/consolex").status, 404);
  EXPECT_EQ(ask("/console/api/knowledge.json?q=%zz").status, 400);
  for (const char* const method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    const HttpAnswer answer = ask("/console/api/overview.json", {}, method);
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD");
    expect_browser_headers(answer);
  }
  HttpConnection ops(client->ops_port());
  ops.begin("HEAD", "/console", {{"Host", "127.0.0.1"}}, "");
  const HttpAnswer head = ops.receive(kPatience, true);
  EXPECT_EQ(head.status, 200);
  EXPECT_GT(std::stoi(head.headers.at("content-length")), 100);
}

TEST_F(ConsoleTest, APageWhoseNameWasMadeToPointHereGetsNothing) {
  start();
  for (const char* const host : {"evil.example", "evil.example:9464", "127.0.0.1.evil.example",
                                 "localhost.evil", "[::1].evil", "[evil]", "0x7f000001", ""}) {
    const HttpAnswer answer = ask("/console/api/config.json", {}, "GET", host);
    EXPECT_EQ(answer.status, 403) << host;
    EXPECT_EQ(std::count(answer.body.begin(), answer.body.end(), '\n'), 1);
    EXPECT_EQ(ask("/console", {}, "GET", host).status, 403) << host;
  }
  for (const char* const host : {"127.0.0.1", "127.0.0.1:9464", "localhost", "LOCALHOST:1", "[::1]",
                                 "[::1]:9464", "192.0.2.7"})
    EXPECT_EQ(ask("/console", {}, "GET", host).status, 200) << host;
}

TEST_F(ConsoleTest, WithATokenIsForWhoeverHasItAsABearerOrAsAPassword) {
  folder.write("token", std::string(kToken) + "\n");
  start("metrics_token = \"file:" + (folder.path() / "token").string() + "\"\n");
  for (const char* const target : {"/console", "/console/app.js", "/console/api/overview.json"}) {
    const HttpAnswer none = ask(target);
    EXPECT_EQ(none.status, 401) << target;
    EXPECT_EQ(none.headers.at("www-authenticate"),
              "Basic realm=\"govhost console\", charset=\"UTF-8\"");
    EXPECT_EQ(none.body.find(kToken), std::string::npos);
    expect_browser_headers(none);
    EXPECT_EQ(ask(target, {{"Authorization", "Bearer " + std::string(kToken)}}).status, 200);
    // ops:TOKEN, :TOKEN, BASIC with any user
    EXPECT_EQ(ask(target, {{"Authorization", "Basic b3BzOmM0bjRyeS10b2tlbi1vZi1jb25zb2xlLTQ3MTE="}})
                  .status,
              200);
    EXPECT_EQ(
        ask(target, {{"Authorization", "basic OmM0bjRyeS10b2tlbi1vZi1jb25zb2xlLTQ3MTE="}}).status,
        200);
    for (const std::string& bad :
         {std::string("Bearer x"), std::string("Bearer "), std::string("Basic "),
          std::string("Basic !!!"), std::string("Basic b3Bz"), std::string("Basic b3BzOg=="),
          std::string("Basic b3BzOng="), "Basic " + std::string(kToken), std::string(kToken)})
      EXPECT_EQ(ask(target, {{"Authorization", bad}}).status, 401) << bad;
  }
  // The token says who it is, so the name in the address does not matter; Prometheus sends bearers.
  EXPECT_EQ(ask("/console", {{"Authorization", "Bearer " + std::string(kToken)}}, "GET",
                "ops.bank.example")
                .status,
            200);
  EXPECT_EQ(
      ask("/metrics", {{"Authorization", "Basic OmM0bjRyeS10b2tlbi1vZi1jb25zb2xlLTQ3MTE="}}).status,
      401);
  const HttpAnswer config =
      ask("/console/api/config.json", {{"Authorization", "Bearer " + std::string(kToken)}});
  EXPECT_EQ(config.body.find(kToken), std::string::npos);
  EXPECT_NE(config.body.find("ops.metrics_token"), std::string::npos);
}

TEST_F(ConsoleTest, WithoutATokenIsForThisMachineAlone) {
  const fs::path config = folder.write(
      "govhost.toml",
      "[[transport]]\nplugin = \"http\"\noptions.listen = \"127.0.0.1:0\"\n[search]\nplugin = "
      "\"memory\"\n[ops]\nlisten = \"0.0.0.0:0\"\n[[source]]\nplugin = \"starter\"\n");
  Process server({binary(), "serve", "--config", config.string()});
  const auto line = server.wait_error_line("\"ops.listening\"");
  ASSERT_TRUE(line && server.wait_error_line("\"serve.ready\""));
  HttpConnection ops(port_of(Json::parse(*line)["endpoint"].get<std::string>()));
  for (const char* const target : {"/console", "/console/api/overview.json"}) {
    const HttpAnswer answer = ops.request("GET", target, {{"Host", "127.0.0.1"}}, "");
    EXPECT_EQ(answer.status, 403);
    EXPECT_NE(answer.body.find("ops.metrics_token"), std::string::npos);
  }
}

}  // namespace
}  // namespace govhost::test
