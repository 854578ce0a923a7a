// Cursors and completion over the wire.
#include <set>
#include <string>

#include "wire/wire.h"

namespace govhost::test::wire {
namespace {

const std::pair<const char*, const char*> kLists[] = {
    {"tools/list", "tools"}, {"prompts/list", "prompts"}, {"resources/list", "resources"}};

Json list(const Server& server, const char* method, const Json& cursor = nullptr) {
  Json params = Json::object();
  if (!cursor.is_null()) params["cursor"] = cursor;
  return Json::parse(server.post(message(method, params).dump()).body);
}

TEST(Cursors, WalkEveryListInBothErasAndAreGoodForTheirListOnly) {
  const Server server(Kind::kFixtures, {"--set", "host.page_size=2"});
  std::map<std::string, std::string> cursors;
  for (const auto& [method, key] : kLists) {
    std::set<std::string> seen;
    Json cursor = nullptr;
    for (int pages = 0; pages < 200; ++pages) {
      const Json result = list(server, method, cursor)["result"];
      EXPECT_LE(result[key].size(), 2u);
      for (const Json& item : result[key]) EXPECT_TRUE(seen.insert(item.dump()).second) << item;
      if (!result.contains("nextCursor")) break;
      cursor = result["nextCursor"];
      if (pages == 0) cursors[method] = cursor;
    }
    EXPECT_GT(seen.size(), 2u) << method;
    const Json modern_page = Json::parse(
        ask_modern(server, modern(method, {{"cursor", cursors[method]}})).body)["result"];
    EXPECT_EQ(modern_page[key], list(server, method, cursors[method])["result"][key]);
  }
  for (const auto& [method, key] : kLists) {
    const std::string& mine = cursors[method];
    std::string tampered = mine;
    tampered[1] = tampered[1] == 'A' ? 'B' : 'A';
    for (const Json& bad : {Json(tampered), Json(mine + "A"), Json(mine.substr(1)), Json(5),
                            Json(true), Json::object(), Json("."), Json(std::string(10'000, '.'))})
      EXPECT_EQ(code_of(list(server, method, bad)), -32602) << method << bad;
    for (const auto& [other, cursor] : cursors) {
      if (other == method) continue;
      EXPECT_EQ(code_of(list(server, method, cursor)), -32602) << method << other;
    }
    EXPECT_TRUE(list(server, method, "").contains("result")) << "empty is the first page";
  }
  EXPECT_EQ(code_of(list(server, "resources/templates/list", cursors["resources/list"])), -32602);
}

TEST(Cursors, AreGoodOnEveryReplicaOfTheSameKeyAndOnNoOther) {
  const std::vector<std::string> keyed{"--set", "host.page_size=2", "--set",
                                       "host.keys=[\"env:GOVHOST_TEST_KEY\"]"};
  const Server one(Kind::kProduct, keyed, {{"GOVHOST_TEST_KEY", "a key of the wire tests"}});
  const Server two(Kind::kProduct, keyed, {{"GOVHOST_TEST_KEY", "a key of the wire tests"}});
  const Server other(Kind::kProduct, keyed, {{"GOVHOST_TEST_KEY", "another key of the tests"}});
  for (const auto& [method, key] : kLists) {
    const Json cursor = list(one, method)["result"]["nextCursor"];
    ASSERT_TRUE(cursor.is_string()) << method;
    EXPECT_EQ(list(two, method, cursor)["result"][key], list(one, method, cursor)["result"][key]);
    EXPECT_EQ(code_of(list(other, method, cursor)), -32602) << method;
  }
}

TEST(Completion, OfPromptsAndTemplates) {
  const Server server(Kind::kProduct);
  const Json prompt =
      Json::parse(server.post(message("prompts/list").dump()).body)["result"]["prompts"][0];
  const std::string name = prompt["name"], argument = prompt["arguments"][0]["name"];
  const auto row = [](const char* label, Json params, int code) {
    return Row{label, message("completion/complete", std::move(params)).dump(), {}, 200, code};
  };
  const Json of_prompt{{"type", "ref/prompt"}, {"name", name}};
  const Json value{{"name", argument}, {"value", ""}};
  Row good = row("prompt", {{"ref", of_prompt}, {"argument", value}}, 0);
  good.also = [](const HttpAnswer&, const Json& j) {
    const Json& c = j["result"]["completion"];
    return c["values"].is_array() && c["values"].size() <= 100 && c["total"].is_number() &&
           c["hasMore"].is_boolean();
  };
  const Row rows[] = {
      good,
      row("with a context",
          {{"ref", of_prompt}, {"argument", value}, {"context", {{"arguments", {{"x", "y"}}}}}}, 0),
      row("unknown argument", {{"ref", of_prompt}, {"argument", {{"name", "no"}, {"value", "x"}}}},
          0),
      row("unknown prompt",
          {{"ref", {{"type", "ref/prompt"}, {"name", "no"}}}, {"argument", value}}, -32602),
      row("prompt without a name", {{"ref", {{"type", "ref/prompt"}}}, {"argument", value}},
          -32602),
      row("resource without a uri", {{"ref", {{"type", "ref/resource"}}}, {"argument", value}},
          -32602),
      row("unknown template",
          {{"ref", {{"type", "ref/resource"}, {"uri", "x://{y}"}}},
           {"argument", {{"name", "y"}, {"value", ""}}}},
          0),
      row("unknown type", {{"ref", {{"type", "ref/tool"}}}, {"argument", value}}, -32602),
      row("no ref", {{"argument", value}}, -32602),
      row("no argument", {{"ref", of_prompt}}, -32602),
      row("value number", {{"ref", of_prompt}, {"argument", {{"name", argument}, {"value", 5}}}},
          -32602),
      row("nothing", Json::object(), -32602),
  };
  for (const Row& r : rows) check(server, r);
}

TEST(Resources, SubscriptionsAreTakenAndGivenBack) {
  const Server server(Kind::kFixtures);
  const Session session(server);
  const Json uri{{"uri", "test://watched-resource"}};
  EXPECT_TRUE(session.ask("resources/subscribe", uri).contains("result"));
  EXPECT_TRUE(session.ask("resources/subscribe", uri).contains("result")) << "twice is once";
  EXPECT_TRUE(session.ask("resources/unsubscribe", uri).contains("result"));
  for (int i = 0; i < 1000; ++i)
    ASSERT_TRUE(session.ask("resources/subscribe", {{"uri", "x://" + std::to_string(i)}})
                    .contains("result"))
        << i;
  EXPECT_EQ(code_of(session.ask("resources/subscribe", {{"uri", "x://one-more"}})), -31001);
  EXPECT_TRUE(session.ask("resources/unsubscribe", {{"uri", "x://0"}}).contains("result"));
  EXPECT_TRUE(session.ask("resources/subscribe", {{"uri", "x://one-more"}}).contains("result"));
  EXPECT_EQ(code_of(session.ask("resources/subscribe", {{"uri", std::string(5000, 'x')}})), -32602)
      << "what is kept is bounded";
}

}  // namespace
}  // namespace govhost::test::wire
