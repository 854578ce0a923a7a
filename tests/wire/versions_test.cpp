// Every method of every version of the legacy era, over both transports.
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

constexpr const char* kVersions[] = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"};

struct Asked {
  const char* method;
  Json params;
  const char* member;  // of the result
};

std::vector<Asked> everything(const std::string& uri) {
  return {{"ping", Json::object(), nullptr},
          {"tools/list", Json::object(), "tools"},
          {"tools/call", {{"name", "search"}, {"arguments", {{"query", "injection"}}}}, "content"},
          {"prompts/list", Json::object(), "prompts"},
          {"prompts/get",
           {{"name", "analyze_framework_compliance"},
            {"arguments", {{"framework", "nist-ai-600-1"}, {"use_case", "a chat bot"}}}},
           "messages"},
          {"resources/list", Json::object(), "resources"},
          {"resources/templates/list", Json::object(), "resourceTemplates"},
          {"resources/read", {{"uri", uri}}, "contents"},
          {"resources/subscribe", {{"uri", uri}}, nullptr},
          {"resources/unsubscribe", {{"uri", uri}}, nullptr},
          {"logging/setLevel", {{"level", "error"}}, nullptr},
          {"completion/complete",
           {{"ref", {{"type", "ref/prompt"}, {"name", "analyze_framework_compliance"}}},
            {"argument", {{"name", "framework"}, {"value", "n"}}}},
           "completion"}};
}

// Asks for everything; `ask` takes a method and params and gives the whole answer.
template <typename Ask>
void check_everything(Ask ask) {
  const Json resources = ask("resources/list", Json::object());
  ASSERT_TRUE(resources["result"]["resources"].is_array()) << resources;
  for (const Asked& a : everything(resources["result"]["resources"][0]["uri"])) {
    const Json answer = ask(a.method, a.params);
    ASSERT_TRUE(answer.contains("result")) << a.method << answer;
    if (a.member) {
      EXPECT_FALSE(answer["result"][a.member].empty()) << a.method << answer;
    } else {
      EXPECT_EQ(answer["result"], Json::object()) << a.method;
    }
  }
}

TEST(Versions, AreServedWholeOverHttp) {
  const Server server(Kind::kProduct);
  for (const char* version : kVersions) {
    SCOPED_TRACE(version);
    const Session session(server, version);
    EXPECT_EQ(session.version, version);
    check_everything([&](const std::string& method, const Json& params) {
      return Json::parse(session.post(message(method, params)).body, nullptr, false);
    });
  }
}

TEST(Versions, AreServedWholeOverStdio) {
  for (const char* version : kVersions) {
    SCOPED_TRACE(version);
    Stdio client(Kind::kProduct);
    client.open(version);
    check_everything([&](const std::string& method, const Json& params) {
      return client.ask(message(method, params));
    });
  }
}

}  // namespace
}  // namespace govhost::test::wire
