#include "config/toml.h"
#include "config/nesting.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::config {
namespace {

std::string fault_of(std::string_view text) {
  Tree tree;
  const auto fault = parse_toml(text, "x.toml", tree);
  return fault ? fault->text() : "none";
}

TEST(Toml, KeepsTheLineOfEveryValue) {
  Tree tree;
  const char* text =
      "[host]\n"                     // 1
      "threads = 2\n"                // 2
      "[[source]]\n"                 // 3
      "name = 'a'\n"                 // 4
      "rules = [\n"                  // 5
      "  {kind = 'x'},\n"            // 6
      "  {kind = 'y'},\n"            // 7
      "]\n"                          // 8
      "  [source.options]\n"         // 9
      "  path = '''\n"               // 10
      "two lines'''\n"               // 11
      "  [source.options.a.b]\n"     // 12
      "  c.d = 1\n"                  // 13
      "  [[source.options.list]]\n"  // 14
      "  e = 1\n"                    // 15
      "[[source]]\n"                 // 16
      "options.k = true\n";          // 17
  ASSERT_FALSE(parse_toml(text, "x.toml", tree));
  const std::pair<const char*, std::size_t> lines[] = {
      {"/host", 1},
      {"/host/threads", 2},
      {"/source/0", 3},
      {"/source/0/name", 4},
      {"/source/0/rules", 5},
      {"/source/0/rules/0/kind", 6},
      {"/source/0/rules/1", 7},
      {"/source/0/options", 9},
      {"/source/0/options/path", 10},
      {"/source/0/options/a", 12},
      {"/source/0/options/a/b/c/d", 13},
      {"/source/0/options/list/0", 14},
      {"/source/0/options/list/0/e", 15},
      {"/source/1", 16},
      {"/source/1/options/k", 17},
      {"/source/1/plugin", 16},  // not written: the table's
  };
  for (const auto& [pointer, line] : lines) EXPECT_EQ(tree.origin(pointer).line, line) << pointer;
  EXPECT_EQ(tree.origin("/source/1").text(), "x.toml:16");
}

TEST(Toml, BecomesJson) {
  Tree tree;
  ASSERT_FALSE(parse_toml("a = 1\nb = 1.5\nc = 'x'\nd = [true, 2024-05-06]\ne = {f = 07:08:09}",
                          "x.toml", tree));
  EXPECT_EQ(tree.root.dump(),
            R"({"a":1,"b":1.5,"c":"x","d":[true,"2024-05-06"],"e":{"f":"07:08:09"}})");
}

TEST(Toml, NamesTheLineOfAnErrorOfSyntax) {
  EXPECT_EQ(fault_of("a = 1\n[x\n"),
            "x.toml:2: not valid TOML at column 3: parsing table header: expected ']', saw '\\n'");
  EXPECT_EQ(
      fault_of("a = 1\na = 2\n"),
      "x.toml:2: not valid TOML at column 5: parsing key-value pair: cannot redefine existing "
      "integer 'a'");
  EXPECT_EQ(fault_of("a = 1\nb = \"\xff\"\n"),
            "x.toml:2: is not valid UTF-8; save the file as UTF-8");
  EXPECT_EQ(fault_of("a = inf"), "x.toml:1: a: must be a finite number");
}

TEST(Toml, DoesNotRepeatValuesInErrors) {
  for (const char* text :
       {"token = hunter2secret", "token = 'hunter2secret", "token = \"hunter2\\qsecret\"",
        "token = \"hunter2secret\" hunter2secret", "token = [hunter2secret]",
        "token = 20000000000000000000002"})
    EXPECT_EQ(fault_of(text).find("secret"), std::string::npos) << fault_of(text);
  EXPECT_EQ(fault_of("token = 20000000000000000000002").find("0000"), std::string::npos);
}

TEST(Toml, RefusesDeepNestingBeforeItIsParsed) {
  std::string dotted = "\n";
  for (int i = 0; i < 200'000; ++i) dotted += "a.";
  EXPECT_EQ(fault_of(dotted + "a = 1"), "x.toml:2: tables and arrays nest deeper than 16 levels");
  EXPECT_EQ(fault_of("a = " + std::string(100'000, '[')),
            "x.toml:1: tables and arrays nest deeper than 16 levels");
  // Each piece is allowed, together they are not.
  const std::string ten = "a.a.a.a.a.a.a.a.a.a";
  EXPECT_EQ(fault_of("[" + ten + "]\n" + ten + " = 1"),
            "x.toml:2: tables and arrays nest deeper than 16 levels");
}

TEST(Nesting, CountsNeitherStringsNorComments) {
  const std::string dots(100, '.');
  const std::string brackets(100, '[');
  for (const std::string& text :
       {"# " + dots + brackets, "a = \"" + dots + brackets + "\"", "a = '" + dots + brackets + "'",
        "a = \"\"\"" + dots + "\n\"" + brackets + "\"\"\"",
        "a = '''" + dots + "\n'" + brackets + "'''", "a = \"\\\"" + dots + "\"",
        "a = \"\"\"\\\"\"\"" + dots + "\"\"\"",
        std::string(
            "a = [1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, "
            "1.5]")})
    EXPECT_EQ(find_excessive_nesting(text), std::nullopt) << text;
}

TEST(Nesting, CannotBeHiddenBehindStrings) {
  const std::string deep = "{" + std::string(40, '.') + "}";
  for (const std::string before :
       {"a = [\"\"\"x\"\"\"\"\", ", "a = ['''x'''', ", "a = [\"\", ", "a = ['', ",
        "a = [\"x\\\\\", ", "a = ['x\\', ", "a = \"not closed\n", "a = \"\"\"\"\"\" "})
    EXPECT_NE(find_excessive_nesting(before + deep), std::nullopt) << before;
}

TEST(TomlValue, IsOneValueOrNothing) {
  EXPECT_EQ(*parse_toml_value("64"), 64);
  EXPECT_EQ(*parse_toml_value("[1, 2]"), nlohmann::json::parse("[1,2]"));
  EXPECT_EQ(*parse_toml_value("{a = 'x'}"), nlohmann::json::parse(R"({"a":"x"})"));
  for (const char* text : {"", "30s", "on", "/x", "127.0.0.1:80", "1\nb = 2", "[1", "a = b"})
    EXPECT_EQ(parse_toml_value(text), std::nullopt) << text;
}

}  // namespace
}  // namespace govhost::config
