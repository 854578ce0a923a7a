// The graph tools over the real binary: each over the starter catalogue, the known facts over the
// AI Governance Framework.
#include <algorithm>
#include <map>
#include <set>

#include "e2e/contract.h"

namespace govhost::test {
namespace {

std::set<std::string> short_ids(const Json& documents) {
  std::set<std::string> out;
  for (const Json& d : documents)
    out.insert(d["short_id"].is_string() ? d["short_id"].get<std::string>() : d["id"].get<std::string>());
  return out;
}

class GraphTools : public testing::Test {
 protected:
  GraphTools() : client(Wire::kStdio, Era::kModern, serving_starter()) {}

  // The error object of a call that must fail.
  Json error_of(const std::string& tool, const Json& arguments) {
    const Json result = client.call(tool, arguments);
    EXPECT_TRUE(result.value("isError", false)) << tool << " " << result.dump();
    return Json::parse(result["content"][0].value("text", "{}"), nullptr, false)
        .value("error", Json::object());
  }

  Client client;
};

TEST_F(GraphTools, RisksLeadToMitigationsAndGapsAreTheRest) {
  const Json mapped = client.structured(
      "map_risks_to_mitigations",
      {{"risks", {"ri-1", "no such risk"}}, {"queries", {"the model makes things up"}}});
  EXPECT_EQ(mapped["unresolved"].size(), 1u) << mapped;
  EXPECT_TRUE(short_ids(mapped["risks"]).count("ri-1"));
  ASSERT_FALSE(mapped["mitigations"].empty());
  const std::string first = mapped["mitigations"][0]["short_id"];

  const Json all = client.structured("analyze_gaps", {{"mitigations", Json::array()}});
  EXPECT_EQ(all["summary"]["covered"], 0);
  const Json some = client.structured("analyze_gaps", {{"mitigations", {first}}});
  EXPECT_GT(some["summary"]["covered"], 0);
  EXPECT_EQ(some["summary"]["in_scope"], all["summary"]["in_scope"]);
}

TEST_F(GraphTools, ReferencesLeadBothWays) {
  const Json cited = client.structured("get_references", {{"id", "AIR-SEC-001"}});
  std::set<std::string> entries;
  for (const Json& r : cited["references"]) {
    EXPECT_EQ(r["resolved"], true) << r;
    EXPECT_FALSE(r["title"].get<std::string>().empty());
    entries.insert(r["entry"]);
  }
  EXPECT_TRUE(entries.count("llm01-2025"));
  for (const char* reference : {"llm01-2025", "LLM01:2025 Prompt Injection"}) {
    const Json found = client.structured("find_by_reference", {{"reference", reference}});
    ASSERT_FALSE(found["entries"].empty()) << reference;
    EXPECT_TRUE(short_ids(found["entries"][0]["risks"]).count("ri-1")) << found;
  }
  const Json entry = client.structured("get_framework_entry",
                                       {{"framework", "owasp-llm"}, {"entry", "llm01-2025"}});
  EXPECT_EQ(entry["uri"], "finos://frameworks/owasp-llm/entries/llm01-2025");
  EXPECT_TRUE(short_ids(entry["risks"]).count("ri-1"));
}

TEST_F(GraphTools, SectionsUseCasesAssessmentsAndComparisonsAnswer) {
  const Json section = client.structured("get_section", {{"id", "ri-1"}, {"section", "Summary"}});
  const Json read = client.request("resources/read", {{"uri", section["section_uri"]}});
  EXPECT_TRUE(read.contains("result")) << read;

  const Json cases = client.structured("list_use_cases");
  EXPECT_EQ(cases["total"], 2);
  const Json one = client.structured("get_use_case", {{"use_case", "uc-1"}});
  EXPECT_TRUE(short_ids(one["risks"]).count("ri-1"));

  const Json assessed = client.structured(
      "assess_use_case",
      {{"description", "A chat assistant answers customers' questions on fees and cards"}});
  EXPECT_FALSE(assessed["risks"].empty());
  EXPECT_FALSE(assessed["mitigations"].empty());

  const Json same =
      client.structured("compare_snapshots", {{"from", "current"}, {"to", "current"}});
  EXPECT_EQ(same["identical"], true);
}

TEST_F(GraphTools, BadInputIsAnErrorThatHelps) {
  const Json unknown = error_of("get_references", {{"id", "promt injektion"}});
  EXPECT_FALSE(unknown.value("code", "").empty()) << unknown;
  EXPECT_TRUE(unknown.contains("candidates")) << unknown;
  error_of("get_framework_entry", {{"framework", "eu-ai-akt"}, {"entry", "c3-s2-a14"}});
  error_of("get_section", {{"id", "ri-1"}, {"section", "No such heading"}});
  error_of("compare_snapshots", {{"from", "ffffff"}});
  const std::string huge(65'536, 'a');
  error_of("map_risks_to_mitigations", {{"queries", {huge}}});
  error_of("find_by_reference", {{"reference", huge}});
  error_of("assess_use_case", {{"description", huge}});
}

class AigfGraphTools : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_aigf())
      GTEST_SKIP() << "SKIPPED: " << aigf()
                   << " is absent; GraphTools covers the starter catalogue";
    client = std::make_unique<Client>(Wire::kStdio, Era::kModern, serving_aigf());
  }
  std::unique_ptr<Client> client;
};

TEST_F(AigfGraphTools, EveryRiskHasTheMitigationsThatAreKnown) {
  const std::map<int, std::set<int>> known = {{1, {1, 2, 4, 6, 7, 12, 15, 20}},
                                              {2, {6, 14, 16}},
                                              {4, {5, 6, 13, 15}},
                                              {5, {4, 5, 10, 11, 15}},
                                              {6, {4, 5, 10, 11, 15}},
                                              {7, {3, 4, 8, 9, 17}},
                                              {8, {7, 12, 20}},
                                              {9, {2, 6, 12}},
                                              {10, {3, 17, 19}},
                                              {14, {4, 5, 11, 15}},
                                              {16, {5, 6, 11, 15}},
                                              {17, {13}},
                                              {18, {3, 4, 17, 18}},
                                              {19, {4, 6, 15}},
                                              {20, {3, 7, 11, 13, 17}},
                                              {22, {5, 6, 7, 13, 14, 16, 21}},
                                              {23, {6, 7}},
                                              {24, {18, 19, 21, 22, 23}},
                                              {25, {19, 21}},
                                              {26, {20, 23}},
                                              {27, {22}},
                                              {28, {22}},
                                              {29, {23}}};
  for (const auto& [risk, mitigations] : known) {
    const Json mapped =
        client->structured("map_risks_to_mitigations", {{"risks", {"ri-" + std::to_string(risk)}}});
    std::set<std::string> expected;
    for (const int m : mitigations) expected.insert("mi-" + std::to_string(m));
    EXPECT_EQ(short_ids(mapped["mitigations"]), expected) << "ri-" << risk;
  }
}

TEST_F(AigfGraphTools, EntriesAreCitedByWhomIsKnown) {
  const struct {
    const char *framework, *entry;
    std::set<std::string> risks, mitigations;
  } known[] = {{"owasp-llm", "llm01-2025", {"ri-10", "ri-25", "ri-29"}, {}},
               {"eu-ai-act",
                "c3-s2-a14",
                {"ri-6", "ri-10", "ri-14", "ri-16", "ri-17", "ri-18", "ri-20"},
                {"mi-11"}},
               {"nist-sp-800-53r5",
                "ac-4",
                {},
                {"mi-1", "mi-2", "mi-3", "mi-6", "mi-16", "mi-17", "mi-22"}}};
  for (const auto& k : known) {
    const Json entry =
        client->structured("get_framework_entry", {{"framework", k.framework}, {"entry", k.entry}});
    EXPECT_EQ(short_ids(entry["risks"]), k.risks) << k.entry;
    EXPECT_EQ(short_ids(entry["mitigations"]), k.mitigations) << k.entry;
  }
}

}  // namespace
}  // namespace govhost::test
