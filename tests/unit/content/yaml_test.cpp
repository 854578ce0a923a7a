#include "content/yaml.h"

#include "fixtures.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <string>

namespace govhost::content {
namespace {

using fixtures::repeat;

const ReadLimits kYamlLimits;

// What both readers must agree on: everything but line numbers inside of scalars.
nlohmann::json tree(const Yaml& yaml) {
  nlohmann::json out = {{"kind", static_cast<int>(yaml.kind)},
                        {"key", yaml.key},
                        {"text", yaml.text},
                        {"quoted", yaml.quoted},
                        {"items", nlohmann::json::array()}};
  for (const Yaml& item : yaml.items) out["items"].push_back(tree(item));
  return out;
}

void expect_same_as_library(const std::string& text) {
  const std::optional<Yaml> plain = read_plain_yaml(text, kYamlLimits);
  if (!plain) return;
  const YamlRead library = read_yaml_with_library(text, kYamlLimits);
  ASSERT_TRUE(library.root) << "only the plain reader takes:\n" << text;
  EXPECT_EQ(tree(*plain).dump(1), tree(*library.root).dump(1)) << text;
}

// The text of a Markdown file's front matter, or of a YAML file.
std::string yaml_of(const RawDocument& document) {
  if (document.key.ends_with(".yml")) return document.bytes;
  if (!document.bytes.starts_with("---\n")) return {};
  return document.bytes.substr(4, document.bytes.find("\n---\n", 3) - 3);
}

TEST(PlainYaml, ReadsTheUsualShapes) {
  const char* text = R"(title: "Quoted: yes" # comment
plain: a value # comment
empty:
quoted: 'it''s'
url: https://a.b/c#d
# comment
list:
  - one   # first
  - "two"
hanging:
- a
maps:
  - name: x
    deep:
      - y
folded: >
  one
  two

  three
literal: |-
  # no comment
    deeper
continued: one
  two
)";
  const std::optional<Yaml> yaml = read_plain_yaml(text, kYamlLimits);
  ASSERT_TRUE(yaml);
  EXPECT_EQ(yaml->text_of("title"), "Quoted: yes");
  EXPECT_EQ(yaml->text_of("plain"), "a value");
  EXPECT_EQ(yaml->find("empty")->kind, Yaml::Kind::kNull);
  EXPECT_EQ(yaml->text_of("quoted"), "it's");
  EXPECT_EQ(yaml->text_of("url"), "https://a.b/c#d");
  EXPECT_EQ(yaml->find("list")->items.at(0).text, "one");
  EXPECT_EQ(yaml->find("hanging")->items.at(0).text, "a");
  EXPECT_EQ(yaml->find("maps")->items.at(0).find("deep")->items.at(0).text, "y");
  EXPECT_EQ(yaml->text_of("folded"), "one two\nthree\n");
  EXPECT_EQ(yaml->text_of("literal"), "# no comment\n  deeper");
  EXPECT_EQ(yaml->text_of("continued"), "one two");
  EXPECT_EQ(yaml->find("list")->line, 8u);
  expect_same_as_library(text);
}

TEST(PlainYaml, LeavesToTheLibraryWhatItDoesNotKnow) {
  for (const char* text :
       {"a: [1, 2]\n",  "a: {b: c}\n", "a: &x 1\n",    "a: *x\n",          "a: \"\\n\"\n",
        "a: b: c\n",    "? a\n",       "a:\tb\n",      "a: 1\na: 2\n",     "--- \na: 1\n",
        "a: !!str 1\n", "- - a\n",     "a: |+\n  b\n", "a: 'open\n",       "a: b\n  c: d\n",
        "a b: c\n",     "\"a\": b\n",  "text\n",       "a: b\n c\n\n d\n", "a: >\n  b\n   c\n",
        "~: a\n",       "a: 'b' c\n",  "a: @b\n",      "  a: 1\nb: 2\n"}) {
    EXPECT_FALSE(read_plain_yaml(text, kYamlLimits)) << text;
  }
}

TEST(PlainYaml, AgreesWithTheLibraryOnAllRealFiles) {
  std::size_t plain = 0, all = 0;
  for (const RawDocument& document : fixtures::all_real_documents()) {
    const std::string text = yaml_of(document);
    if (text.empty()) continue;
    ++all;
    if (read_plain_yaml(text, kYamlLimits)) ++plain;
    expect_same_as_library(text);
  }
  EXPECT_GT(all, 0u);
  EXPECT_GE(plain * 10, all * 9)
      << "the plain reader must take nearly all files, or starts get slow";
}

// Damaged real files and random ones: whatever the plain reader takes, it must read as the library
// does. The seed is fixed, so a failure repeats.
TEST(PlainYaml, AgreesWithTheLibraryOnDamagedText) {
  std::vector<std::string> texts = {
      "title: \"a\"\nlist:\n  - b  # c\n  - d\nmap:\n  k: v\n  f: >\n    x\n    y\n  g: 'h\n    "
      "i'\n",
      "- a: 1\n  b:\n  - c\n  - d: e\n- f\n"};
  for (const RawDocument& document : fixtures::all_real_documents()) {
    const std::string text = yaml_of(document);
    if (!text.empty()) texts.push_back(text.substr(0, 600));
  }
  const std::string signs = " \n:#-'\"|>&*!{}[],?~%@`\tax0\\.";
  std::mt19937 random(20260731);
  std::size_t taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = texts[random() % texts.size()];
    const std::size_t begin = random() % text.size();
    if (round % 2 == 0) text = text.substr(begin, 80);
    for (std::size_t i = random() % 3 + 1; i > 0; --i) {
      const std::size_t at = random() % text.size();
      const char sign = signs[random() % signs.size()];
      if (random() % 2 == 0) {
        text[at] = sign;
      } else {
        text.insert(at, 1, sign);
      }
    }
    if (read_plain_yaml(text, kYamlLimits)) ++taken;
    expect_same_as_library(text);
    ASSERT_FALSE(HasFailure()) << "in round " << round;
    salvage_yaml(text, kYamlLimits);
  }
  EXPECT_GT(taken, 1'000u) << "the comparison must compare something";
}

TEST(Yaml, FallsBackToTheLibrary) {
  const YamlRead read = read_yaml("a: [1, {b: c}]\nd: &x e\nf: *x\n", kYamlLimits);
  ASSERT_TRUE(read.root);
  EXPECT_EQ(to_json(*read.root).dump(), R"({"a":[1,{"b":"c"}],"d":"e","f":"e"})");
}

TEST(Yaml, ConvertsOnlyWhatSurvivesTheWayBack) {
  const YamlRead read = read_yaml(
      "i: 10\nn: -3\nv: 1.10\nz: 007\nt: true\nno: no\nq: '10'\nnil:\nbig: 99999999999999999999\n",
      kYamlLimits);
  ASSERT_TRUE(read.root);
  EXPECT_EQ(to_json(*read.root).dump(),
            R"({"big":"99999999999999999999","i":10,"n":-3,"nil":null,"no":"no","q":"10",)"
            R"("t":true,"v":"1.10","z":"007"})");
}

TEST(Yaml, NamesTheLineOfAFault) {
  const YamlRead read = read_yaml("a: 1\nb: [\nc: 2\n", kYamlLimits);
  EXPECT_FALSE(read.root);
  ASSERT_FALSE(read.faults.empty());
  EXPECT_GT(read.faults.back().line, 1u);
  EXPECT_NE(read.faults.back().message.find("not valid YAML"), std::string::npos);
}

TEST(Yaml, TakesTheLastOfRepeatedKeysAndSaysSo) {
  const YamlRead read = read_yaml("a: 1\nb: 2\na: 3\n", kYamlLimits);
  ASSERT_TRUE(read.root);
  EXPECT_EQ(read.root->text_of("a"), "3");
  EXPECT_EQ(read.root->items.size(), 2u);
  ASSERT_EQ(read.faults.size(), 1u);
  EXPECT_EQ(read.faults[0].line, 1u);
}

TEST(Yaml, RefusesAliasesThatMultiply) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    bomb +=
        std::string(1, c) + ": &" + c + " [" + repeat("*" + before + ",", 9) + "*" + before + "]\n";
  }
  const YamlRead read = read_yaml(bomb, kYamlLimits);
  EXPECT_FALSE(read.root);
  EXPECT_NE(read.faults.back().message.find("aliases"), std::string::npos);
}

TEST(Yaml, RefusesManyAliasesOfOneLongText) {
  const std::string text =
      "a: &a " + std::string(100'000, 'x') + "\nb:\n" + repeat("  - *a\n", 1000);
  EXPECT_FALSE(read_yaml(text, kYamlLimits).root);
}

TEST(Yaml, RefusesAnAliasOfItsOwnParent) {
  EXPECT_FALSE(read_yaml("a: &a [*a]\n", kYamlLimits).root);
  EXPECT_FALSE(read_yaml("a: *missing\n", kYamlLimits).root);
}

TEST(Yaml, RefusesDeepNesting) {
  for (const std::string& text :
       {repeat("[", 40) + repeat("]", 40), repeat("[", 100'000), repeat("{a: ", 100'000),
        repeat("- ", 100'000) + "a", std::string("? ") + repeat("? ", 50'000)}) {
    EXPECT_FALSE(read_yaml(text, kYamlLimits).root) << text.substr(0, 20);
  }
  std::string blocks;
  for (std::size_t depth = 0; depth < 2000; ++depth) blocks += std::string(depth, ' ') + "a:\n";
  EXPECT_FALSE(read_yaml(blocks, kYamlLimits).root);
  EXPECT_TRUE(read_yaml(repeat("[", 30) + repeat("]", 30), kYamlLimits).root);
}

TEST(Yaml, RefusesTooManyValues) {
  ReadLimits limits;
  limits.yaml_nodes = 100;
  EXPECT_FALSE(read_yaml(repeat("- a\n", 200), limits).root);
  EXPECT_FALSE(read_yaml("[" + repeat("a,", 200) + "]", limits).root);
  EXPECT_TRUE(read_yaml(repeat("- a\n", 90), limits).root);
}

TEST(Yaml, RefusesMoreTextThanTheLibraryMayRead) {
  const YamlRead read = read_yaml("a: [" + std::string(2 << 20, 'x') + "]\n", kYamlLimits);
  EXPECT_FALSE(read.root);
  EXPECT_TRUE(read_yaml("a: " + std::string(2 << 20, 'x') + "\n", kYamlLimits).root);
}

TEST(SalvageYaml, ReadsWhatItCanAndNamesTheRest) {
  const YamlRead read = salvage_yaml(
      "title: Foo: bar\nbad line\nlist:\n    - a # b\n  - c\n- d\nopen: 'x\nnext: y\n---\nlast: "
      "z\n",
      kYamlLimits);
  ASSERT_TRUE(read.root);
  EXPECT_EQ(read.root->text_of("title"), "Foo: bar");
  ASSERT_NE(read.root->find("list"), nullptr);
  EXPECT_EQ(read.root->find("list")->items.size(), 3u);
  EXPECT_EQ(read.root->text_of("open"), "x");
  EXPECT_EQ(read.root->text_of("next"), "y");
  EXPECT_EQ(read.root->text_of("last"), "z");
  const bool named = std::any_of(read.faults.begin(), read.faults.end(),
                                 [](const Fault& fault) { return fault.line == 2; });
  EXPECT_TRUE(named);
}

TEST(SalvageYaml, EndsOnHostileText) {
  std::string blocks;
  for (std::size_t depth = 0; depth < 2000; ++depth) blocks += std::string(depth, ' ') + "- a:\n";
  for (const std::string& text :
       {blocks, repeat("---\n", 200'000), repeat("- \n", 100'000), repeat("a:\n", 100'000),
        repeat("- - - ", 50'000), repeat("\t", 100'000), repeat("  - a\n - b\n", 50'000)}) {
    EXPECT_LE(salvage_yaml(text, kYamlLimits).faults.size(), 12u);
  }
}

}  // namespace
}  // namespace govhost::content
