#include "content/names.h"

#include "content/snapshot.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::content {
namespace {

TEST(Names, MakeAnIdFromTheFileName) {
  EXPECT_EQ(id_of("docs/_risks/ri-10_prompt-injection.md", "ri-"), "10_prompt-injection");
  EXPECT_EQ(id_of("_mitigations/mi-15_llm-as-a-judge-.md", "mi-"), "15_llm-as-a-judge-");
  EXPECT_EQ(id_of("RI-10_Prompt.MD", "ri-"), "10_Prompt");
  EXPECT_EQ(id_of("_usecases/uc-index.md", "uc-"), "index");
  EXPECT_EQ(id_of("_data/eu-ai-act.yml", ""), "eu-ai-act");
  EXPECT_EQ(id_of("_risks/ri-", "ri-"), "ri-") << "an id is never empty";
}

TEST(Names, ReadTheNumberAtTheStart) {
  EXPECT_EQ(number_of("10_prompt-injection"), 10);
  EXPECT_EQ(number_of("7"), 7);
  EXPECT_EQ(number_of("8-x"), 8);
  EXPECT_EQ(number_of("index"), std::nullopt);
  EXPECT_EQ(number_of("3d-printing"), std::nullopt);
  EXPECT_EQ(number_of("-3"), std::nullopt);
  EXPECT_EQ(number_of("99999999999999999999_x"), std::nullopt);
}

TEST(Names, MakePublicIdsOfRisksAndMitigationsOnly) {
  EXPECT_EQ(public_id_of("risk", "SEC", 10), "AIR-SEC-010");
  EXPECT_EQ(public_id_of("mitigation", "DET", 1), "AIR-DET-001");
  EXPECT_EQ(public_id_of("mitigation", "DET", 1234), "AIR-DET-1234");
  EXPECT_EQ(public_id_of("usecase", "SEC", 1), "");
  EXPECT_EQ(public_id_of("risk", "", 1), "");
  EXPECT_EQ(public_id_of("risk", "SEC", std::nullopt), "");
  EXPECT_EQ(public_id_of("risk", "a b", 1), "");
}

TEST(Names, MakeTitlesOfFileNames) {
  EXPECT_EQ(title_from_id("8_quality-of-service-qos-and-ddos-prevention-for-ai-systems"),
            "Quality of Service QOS and DDOS Prevention for AI Systems");
  EXPECT_EQ(title_from_id("15_llm-as-a-judge-"), "LLM as a Judge");
  EXPECT_EQ(title_from_id("docs/_data/data_classification"), "Data Classification");
  EXPECT_EQ(title_from_id("the-end"), "The End");
  EXPECT_EQ(title_from_id("---"), "");
}

TEST(Names, MakeUris) {
  EXPECT_EQ(uri_of("risk", "10_prompt-injection"), "finos://risks/10_prompt-injection");
  EXPECT_EQ(uri_of("document", "docs/a b"), "finos://documents/docs/a%20b");
  EXPECT_EQ(uri_of("policy", "travel"), "finos://policies/travel");
}

TEST(Names, MakePlurals) {
  EXPECT_EQ(plural_of("risk"), "risks");
  EXPECT_EQ(plural_of("mitigation"), "mitigations");
  EXPECT_EQ(plural_of("usecase"), "usecases");
  EXPECT_EQ(plural_of("policy"), "policies");
  EXPECT_EQ(plural_of("essay"), "essays");
  EXPECT_EQ(plural_of("process"), "processes");
}

TEST(Names, KeepTheThreeFrameworkTitlesThatClientsKnow) {
  EXPECT_EQ(framework_title("eu-ai-act", "EU AI Act"), "EU AI Act 2024");
  EXPECT_EQ(framework_title("nist-ai-600-1", "x"), "NIST AI 600-1 Framework");
  EXPECT_EQ(framework_title("owasp-llm", "x"), "OWASP LLM Top 10");
  EXPECT_EQ(framework_title("sr11-7", "SR 11-7"), "SR 11-7");
}

TEST(Names, FitOnOneLine) {
  EXPECT_EQ(one_line("  a\nb\tc\x1b  "), "a b c");
  EXPECT_EQ(one_line("\xC3\xA9\xC3\xA9", 3), "\xC3\xA9") << "no code point is cut";
}

}  // namespace
}  // namespace govhost::content
