#include "console/console.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "console/files.h"
#include "core/scrub.h"

namespace govhost::console {
namespace {

TEST(Console, GivesDataWithoutSecretsWhateverIsInIt) {
  keep_out_of_texts("c4n4ry-of-a-page");
  Console console;
  console.add("page", [](const Query& query) {
    return nlohmann::json{{"asked", query.of("q")}, {"found", "a c4n4ry-of-a-page"}};
  });
  const ops::Page page = console.answer("/console/api/page.json?q=a%20b&q=c&x");
  EXPECT_EQ(page.status, 200u);
  EXPECT_EQ(page.type, "application/json");
  EXPECT_EQ(page.body, R"({"asked":"a b","found":"a [secret]"})");
}

TEST(Console, ADocumentThatIsNotUtf8IsShownAsFarAsItIs) {
  Console console;
  console.add("page", [](const Query&) { return nlohmann::json{{"title", "a\xff"}}; });
  EXPECT_EQ(console.answer("/console/api/page.json").body, "{\"title\":\"a\xEF\xBF\xBD\"}");
}

TEST(Console, AnAddressThatIsNoneIs404AndABadQuery400) {
  Console console;
  console.add("page", [](const Query&) { return nlohmann::json(); });
  for (const char* const target :
       {"/console/api/.json", "/console/api/other.json", "/console/page.json", "/console/api",
        "/console/index.html/", "/console/./app.js", "/console/APP.js"})
    EXPECT_EQ(console.answer(target).status, 404u) << target;
  EXPECT_EQ(console.answer("/console/api/page.json?a=%4").status, 400u);
  EXPECT_EQ(console.answer("/console?x=%4").status, 200u);
}

TEST(Console, EveryAssetHasATypeThatABrowserTakes) {
  const Console console;
  EXPECT_GE(assets().size(), 8u);
  for (const EmbeddedFile& file : assets()) {
    const ops::Page page = console.answer("/console/" + std::string(file.key));
    EXPECT_EQ(page.status, 200u);
    EXPECT_NE(page.type, "application/octet-stream") << file.key;
    EXPECT_EQ(page.body, file.text);
  }
}

}  // namespace
}  // namespace govhost::console
