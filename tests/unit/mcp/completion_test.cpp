#include "mcp/completion.h"

#include <gtest/gtest.h>

#include <string>

#include "fixtures.h"

namespace govhost::mcp {
namespace {

using By = Completes::By;
constexpr Completes kIds{By::kId, "risk"}, kTitles{By::kTitle, "risk"};

Json completed(const content::Snapshot& snapshot, const Completes& by, std::string_view typed,
               const Json& variables = nullptr) {
  return complete(snapshot, by, typed, variables, {});
}

std::shared_ptr<const content::Snapshot> risks(int count, const std::string& word = "Risk") {
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 1; i <= count; ++i) {
    const std::string n = std::to_string(i);
    files.emplace_back("_risks/ri-" + n + "_r.md",
                       "---\ntitle: " + word + " " + n + "\n---\nText\n");
  }
  return fixtures::snapshot(std::move(files));
}

TEST(Completion, AtMostAHundredAndTheTruthAboutTheRest) {
  const auto few = completed(*risks(100), kIds, "");
  EXPECT_EQ(few["values"].size(), 100u);
  EXPECT_EQ(few["hasMore"], false);
  const auto many = completed(*risks(101), kIds, "");
  EXPECT_EQ(many["values"].size(), 100u);
  EXPECT_EQ(many["total"], 101);
  EXPECT_EQ(many["hasMore"], true);
}

TEST(Completion, WhatBeginsSoComesFirst) {
  const auto content = fixtures::snapshot({{"_risks/ri-1_a.md", "---\ntitle: Undatable\n---\nx\n"},
                                           {"_risks/ri-2_b.md", "---\ntitle: Bad data\n---\nx\n"},
                                           {"_risks/ri-3_c.md", "---\ntitle: Data loss\n---\nx\n"},
                                           {"_risks/ri-4_d.md", "---\ntitle: Other\n---\nx\n"}});
  for (const char* typed : {"data", "DATA", " Data "})
    EXPECT_EQ(completed(*content, kTitles, typed)["values"],
              (Json{"Data loss", "Bad data", "Undatable"}))
        << typed;
  EXPECT_EQ(completed(*content, kTitles, "nothing like it")["values"], Json::array());
}

TEST(Completion, FreeTextHasNone) {
  const Json none = completed(*risks(3), {}, "");
  EXPECT_EQ(none["values"], Json::array());
  EXPECT_EQ(none["total"], 0);
  EXPECT_EQ(none["hasMore"], false);
  EXPECT_EQ(completed(*risks(3), {By::kId, "no kind"}, "")["total"], 0);
}

std::shared_ptr<const content::Snapshot> catalogue() {
  return fixtures::snapshot(
      {{"_risks/ri-1_a.md", "---\ntitle: Data loss\n---\n\n## Summary\nx\n\n## Sum total\nx\n"},
       {"_mitigations/mi-1_b.md", "---\ntitle: Backup\n---\n\n## Purpose\nx\n"},
       {"_mitigations/mi-2_c.md", "---\ntitle: Filter\n---\nx\n"},
       {"_data/references/law.yml",
        "title: Law\nentries:\n  a1:\n    title: Oversight\n  a2:\n"
        "    title: Logs\n"},
       {"_data/references/rule.yml", "title: Rule\nentries:\n  a1:\n    title: Other\n"}});
}

TEST(Completion, OfAListCompletesTheLastName) {
  const Completes by{By::kIds, "mitigation"};
  const auto content = catalogue();
  EXPECT_EQ(completed(*content, by, "")["values"], (Json{"1_b", "2_c"}));
  EXPECT_EQ(completed(*content, by, "1_b, fil")["values"], Json{"1_b, 2_c"});
  EXPECT_EQ(completed(*content, by, "mi-1,")["values"], (Json{"mi-1, 1_b", "mi-1, 2_c"}));
  EXPECT_EQ(completed(*content, by, "1_b, none such")["values"], Json::array());
}

TEST(Completion, OfPartsFollowsWhatTheClientHasChosen) {
  const auto content = catalogue();
  const auto entries = [&](const char* typed, const Json& variables) {
    return completed(*content, {By::kEntry}, typed, variables)["values"];
  };
  EXPECT_EQ(entries("", nullptr), (Json{"a1", "a2"}));
  EXPECT_EQ(entries("", {{"framework_id", "rule"}}), Json{"a1"});
  EXPECT_EQ(entries("oversight", {{"framework_id", "law"}}), Json{"a1"});
  EXPECT_EQ(entries("oversight", {{"framework_id", "rule"}}), Json::array());
  EXPECT_EQ(entries("", {{"framework_id", "none"}}), Json::array());

  const auto sections = [&](const Json& variables) {
    return completed(*content, {By::kSection}, "sum", variables)["values"];
  };
  EXPECT_EQ(sections({{"document_id", "1_a"}}), (Json{"summary", "sum-total"}));
  EXPECT_EQ(sections({{"document_id", "ri-1"}, {"collection", "risks"}}),
            (Json{"summary", "sum-total"}));
  EXPECT_EQ(sections({{"document_id", "ri-1"}, {"collection", "mitigations"}}), Json::array());
  for (const Json& without : {Json(), Json{{"document_id", 3}}, Json("text"), Json::array()})
    EXPECT_EQ(sections(without), Json::array());

  const auto documents = [&](const Json& variables) {
    return completed(*content, {By::kId}, "", variables)["values"];
  };
  EXPECT_EQ(documents({{"collection", "mitigations"}}), (Json{"1_b", "2_c"}));
  EXPECT_EQ(documents(nullptr), (Json{"1_a", "1_b", "2_c", "law", "rule"}));
  EXPECT_EQ(completed(*content, {By::kCollection}, "")["values"],
            (Json{"risks", "mitigations", "frameworks"}));
}

}  // namespace
}  // namespace govhost::mcp
