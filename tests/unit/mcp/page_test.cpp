#include "mcp/page.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace govhost::mcp {
namespace {

constexpr std::string_view kDigest = "0123456789abcdef";

const KeyRing& keys() {
  static const KeyRing ring({"a key of the unit tests"});
  return ring;
}

std::optional<Page> page(const Json& params, std::size_t total = 7, std::size_t size = 3) {
  return page_of(params, {"resources", kDigest, total, size}, keys());
}

std::optional<Page> at(const std::string& cursor) { return page({{"cursor", cursor}}); }

TEST(Page, CursorsWalkTheWholeList) {
  std::vector<std::pair<std::size_t, std::size_t>> seen;
  Json params = Json::object();
  for (;;) {
    const auto p = page(params);
    ASSERT_TRUE(p) << params;
    seen.emplace_back(p->begin, p->end);
    if (p->next.empty()) break;
    params["cursor"] = p->next;
    ASSERT_LT(seen.size(), 10u);
  }
  EXPECT_EQ(seen, (std::vector<std::pair<std::size_t, std::size_t>>{{0, 3}, {3, 6}, {6, 7}}));
}

TEST(Page, OfAListThatFitsIsTheOnlyOne) {
  for (const std::size_t total : {0u, 1u, 2u, 3u}) {
    const auto p = page(Json::object(), total);
    ASSERT_TRUE(p);
    EXPECT_EQ(p->begin, 0u);
    EXPECT_EQ(p->end, total);
    EXPECT_EQ(p->next, "");
  }
  EXPECT_NE(page(Json::object(), 4)->next, "");
}

TEST(Page, NoCursorOrAnEmptyOneIsTheFirst) {
  for (const Json& params : {Json::object(), Json{{"cursor", ""}}, Json(nullptr), Json::array()}) {
    const auto p = page(params);
    ASSERT_TRUE(p) << params;
    EXPECT_EQ(p->begin, 0u);
  }
}

TEST(Page, CursorsThatAreNoTextAreRefused) {
  for (const Json& cursor : {Json(3), Json(nullptr), Json::object(), Json::array(), Json(true)})
    EXPECT_FALSE(page({{"cursor", cursor}})) << cursor;
}

TEST(Page, CursorsOfAnotherListAreRefused) {
  const std::string mine = page(Json::object())->next;
  ASSERT_TRUE(at(mine));
  const Json params{{"cursor", mine}};
  EXPECT_FALSE(page_of(params, {"tools", kDigest, 7, 3}, keys()));
  EXPECT_FALSE(page_of(params, {"resource", kDigest, 7, 3}, keys()));
  EXPECT_FALSE(page_of(params, {"resources", "0123456789aXcdef", 7, 3}, keys()))
      << "the content has changed";
  EXPECT_FALSE(page_of(params, {"resources", kDigest, 3, 3}, keys())) << "the list has shrunk";
  EXPECT_FALSE(page_of(params, {"resources", kDigest, 7, 3}, KeyRing())) << "signed by another key";
  EXPECT_TRUE(page_of(params, {"resources", kDigest, 7, 3},
                      KeyRing({"the key that follows it", "a key of the unit tests"})));
}

TEST(Page, TamperedCursorsAreRefused) {
  const std::string mine = page(Json::object())->next;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    std::string changed = mine;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(at(changed)) << changed;
    EXPECT_FALSE(at(mine.substr(0, i) + mine.substr(i + 1)));
    EXPECT_FALSE(i > 0 && at(mine.substr(0, i))) << i;
  }
  for (const char* bad : {".", "...", "3", "resources", " "}) EXPECT_FALSE(at(bad)) << bad;
  EXPECT_FALSE(at(std::string(1'000'000, '.')));
  EXPECT_FALSE(at(mine + std::string(1, '\0')));
}

}  // namespace
}  // namespace govhost::mcp
