// Level-C cases A to C, E to G of the reference contract over the AI Governance Framework.
#include <set>

#include "e2e/contract.h"

namespace govhost::test {
namespace {

const std::set<std::string> kReferenceTools = {
    "list_frameworks",   "get_framework",  "list_risks",         "list_mitigations",
    "get_risk",          "get_mitigation", "get_service_health", "get_cache_stats",
    "search_frameworks", "search_risks",   "search_mitigations"};

Json tool_named(const Json& tools, const std::string& name) {
  for (const Json& tool : tools)
    if (tool["name"] == name) return tool;
  return Json::object();
}

Json document_named(const Json& list, const char* key, const std::string& id) {
  for (const Json& document : list[key])
    if (document["id"] == id) return document;
  return Json::object();
}

TEST_P(Contract, ToolsAreTheReferenceElevenPlusOurs) {  // A02
  std::set<std::string> names;
  for (const Json& tool : Json(client->request("tools/list")["result"]["tools"]))
    names.insert(tool["name"]);
  std::set<std::string> expected = kReferenceTools;
  expected.insert({"search", "server_info", "map_risks_to_mitigations", "get_references",
                   "find_by_reference", "get_framework_entry", "get_section", "list_use_cases",
                   "get_use_case", "analyze_gaps", "assess_use_case", "compare_snapshots"});
  EXPECT_EQ(names, expected);
}

TEST_P(Contract, ToolsCarryAnnotationsAndSchemas) {  // A03 to A06
  const Json tools = client->request("tools/list")["result"]["tools"];
  for (const Json& tool : tools) {
    SCOPED_TRACE(tool["name"]);
    EXPECT_FALSE(tool["title"].get<std::string>().empty());
    EXPECT_EQ(tool["annotations"]["readOnlyHint"], true);
    EXPECT_EQ(tool["annotations"]["destructiveHint"], false);
    EXPECT_EQ(tool["annotations"]["idempotentHint"], true);
    const bool closed = tool["name"] == "get_service_health" || tool["name"] == "get_cache_stats" ||
                        tool["name"] == "server_info";
    EXPECT_EQ(tool["annotations"]["openWorldHint"], !closed);
    EXPECT_EQ(tool["inputSchema"]["type"], "object");
    EXPECT_EQ(tool["outputSchema"]["type"], "object");
  }
  for (const char* name : {"search_risks", "search_mitigations", "search_frameworks"}) {
    const Json schema = tool_named(tools, name)["inputSchema"];
    EXPECT_EQ(schema["required"], Json({"query"}));
    EXPECT_EQ(schema["properties"]["query"]["minLength"], 1);
    EXPECT_EQ(schema["properties"]["query"]["maxLength"], 512);
    EXPECT_EQ(schema["properties"]["limit"]["type"], "integer");
    EXPECT_EQ(schema["properties"]["limit"]["minimum"], 1);
    EXPECT_EQ(schema["properties"]["limit"]["maximum"], 20);
    EXPECT_EQ(schema["properties"]["limit"]["default"], 5);
  }
  const struct {
    const char *tool, *parameter;
    int max;
  } getters[] = {{"get_framework", "framework", 128},
                 {"get_risk", "risk_id", 256},
                 {"get_mitigation", "mitigation_id", 256}};
  for (const auto& g : getters) {
    const Json schema = tool_named(tools, g.tool)["inputSchema"];
    EXPECT_EQ(schema["required"], Json({g.parameter}));
    EXPECT_EQ(schema["properties"][g.parameter]["minLength"], 1);
    EXPECT_EQ(schema["properties"][g.parameter]["maxLength"], g.max);
  }
  EXPECT_EQ(tool_named(tools, "get_framework")["outputSchema"]["properties"]["sections"]["type"],
            "integer");
  EXPECT_EQ(tool_named(tools, "get_risk")["outputSchema"]["properties"]["sections"]["type"],
            "array");
}

TEST_P(Contract, ResourcesTemplatesAndPromptsAreListed) {  // A08 to A10
  const Json templates = client->request("resources/templates/list")["result"]["resourceTemplates"];
  ASSERT_EQ(templates.size(), 6u);
  std::map<std::string, double> priorities;
  for (const Json& t : templates) {
    EXPECT_EQ(t["mimeType"], "text/markdown");
    EXPECT_EQ(t["annotations"]["audience"], Json({"assistant"}));
    EXPECT_FALSE(t["icons"].empty());
    priorities[t["uriTemplate"]] = t["annotations"]["priority"];
  }
  EXPECT_DOUBLE_EQ(priorities["finos://frameworks/{framework_id}"], 0.9);
  EXPECT_DOUBLE_EQ(priorities["finos://risks/{risk_id}"], 0.85);
  EXPECT_DOUBLE_EQ(priorities["finos://mitigations/{mitigation_id}"], 0.85);
  EXPECT_TRUE(client->request("resources/list")["result"]["resources"].is_array());

  const Json prompts = client->request("prompts/list")["result"]["prompts"];
  std::set<std::string> names;
  for (const Json& prompt : prompts) names.insert(prompt["name"]);
  for (const char* name : {"analyze_framework_compliance", "risk_assessment_analysis",
                           "mitigation_strategy_prompt"})
    EXPECT_TRUE(names.contains(name)) << name;
  for (const Json& prompt : prompts) {
    EXPECT_FALSE(prompt["title"].get<std::string>().empty());
    EXPECT_FALSE(prompt["description"].get<std::string>().empty());
    if (prompt["name"] == "assess_use_case" || prompt["name"] == "control_gap_analysis") continue;
    ASSERT_EQ(prompt["arguments"].size(), 2u);
    for (const Json& a : prompt["arguments"]) EXPECT_EQ(a["required"], true);
  }
}

TEST_P(Contract, UnknownToolAndMethodAreJsonRpcErrors) {  // A11, A12
  EXPECT_EQ(client->request("tools/call", {{"name", "no_such_tool"}})["error"]["code"], -32602);
  EXPECT_EQ(client->request("no/such/method")["error"]["code"], -32601);
  EXPECT_EQ(client->structured("list_risks")["total_count"], 23);
}

TEST_P(Contract, ListRisksNamesAll23) {  // B01 to B03, B07
  const Json list = client->structured("list_risks");
  EXPECT_EQ(list["total_count"], 23);
  ASSERT_EQ(list["documents"].size(), 23u);
  EXPECT_EQ(list["document_type"], "risk");
  EXPECT_TRUE(list["message"].is_null());
  std::string order;
  for (const Json& d : list["documents"])
    order += d["id"].get<std::string>().substr(0, d["id"].get<std::string>().find('_')) + " ";
  EXPECT_EQ(order, "10 14 16 17 18 19 1 20 22 23 24 25 26 27 28 29 2 4 5 6 7 8 9 ");
  const Json first = list["documents"][0];
  EXPECT_EQ(first["id"], "10_prompt-injection");
  EXPECT_EQ(first["name"], "Prompt Injection (RI-10)");
  EXPECT_EQ(first["title"], "Prompt Injection (RI-10)");
  EXPECT_EQ(first["filename"], "ri-10_prompt-injection.md");
  EXPECT_EQ(first["description"], "AI governance risk: Prompt Injection (RI-10)");
  EXPECT_EQ(document_named(list, "documents", "16_bias-and-discrimination")["name"],
            "Bias and Discrimination (RI-16)");
}

TEST_P(Contract, ListMitigationsNamesAll23) {  // B04 to B06
  const Json list = client->structured("list_mitigations");
  EXPECT_EQ(list["total_count"], 23);
  EXPECT_EQ(list["document_type"], "mitigation");
  const Json mi15 = document_named(
      list, "documents", "15_using-large-language-models-for-automated-evaluation-llm-as-a-judge-");
  EXPECT_NE(mi15.value("name", "").find("(MI-15)"), std::string::npos);
  EXPECT_EQ(document_named(list, "documents", "1_ai-data-leakage-prevention-and-detection")["name"],
            "AI Data Leakage Prevention and Detection (MI-1)");
  EXPECT_EQ(document_named(list, "documents", "20_mcp-server-security-governance")["name"],
            "MCP Server Security Governance (MI-20)");
}

TEST_P(Contract, ListFrameworksNamesAllNine) {  // B08, B09
  const Json list = client->structured("list_frameworks");
  EXPECT_EQ(list["total_count"], 9);
  std::string ids;
  for (const Json& f : list["frameworks"]) {
    ids += f["id"].get<std::string>() + " ";
    for (const char* key : {"name", "description", "title"})
      EXPECT_FALSE(f[key].get<std::string>().empty());
  }
  EXPECT_EQ(ids,
            "canada-regulations eu-ai-act ffiec-itbooklets iso-42001 nist-ai-600-1 "
            "nist-sp-800-53r5 owasp-llm owasp-ml sr11-7 ");
  EXPECT_EQ(document_named(list, "frameworks", "eu-ai-act")["name"], "EU AI Act 2024");
  EXPECT_EQ(document_named(list, "frameworks", "nist-ai-600-1")["name"], "NIST AI 600-1 Framework");
  EXPECT_EQ(document_named(list, "frameworks", "owasp-llm")["name"], "OWASP LLM Top 10");
}

TEST_P(Contract, UnknownArgumentsAreRefused) {  // B10, C11
  fails("list_risks", {{"foo", 1}}, "foo");
  fails("get_risk", Json::object(), "risk_id");
  fails("get_risk", {{"id", "x"}}, "id");
}

TEST_P(Contract, GetRiskReturnsTheBodyWithItsSections) {  // C01, C03, C04
  const Json risk = client->structured("get_risk", {{"risk_id", "10_prompt-injection"}});
  EXPECT_EQ(risk["document_id"], "10_prompt-injection");
  EXPECT_EQ(risk["title"], "Prompt Injection (RI-10)");
  EXPECT_EQ(risk["sections"],
            Json({"Summary", "Description", "Types of Prompt Injection",
                  "Financial Services Impact", "Model Profiling and Inversion Risks", "Links"}));
  const std::string content = risk["content"];
  EXPECT_TRUE(content.starts_with("## Summary"));
  EXPECT_EQ(content.find("owasp-llm_references"), std::string::npos);

  const Json poisoning = client->structured("get_risk", {{"risk_id", "9_data-poisoning"}});
  EXPECT_EQ(poisoning["title"], "Data Poisoning (RI-9)");
  EXPECT_EQ(poisoning["sections"], Json({"Summary", "Description", "Links"}));
  EXPECT_NE(poisoning["content"].get<std::string>().find("poison"), std::string::npos);

  const std::string title = client->structured(
      "get_risk", {{"risk_id", "1_information-leaked-to-hosted-model"}})["title"];
  EXPECT_NE(title.find("(RI-1)"), std::string::npos);
  EXPECT_EQ(title.find('_'), std::string::npos);
}

TEST_P(Contract, GetMitigationReturnsItsSections) {  // C05
  const Json mitigation = client->structured(
      "get_mitigation", {{"mitigation_id", "1_ai-data-leakage-prevention-and-detection"}});
  ASSERT_EQ(mitigation["sections"].size(), 17u);
  EXPECT_EQ(mitigation["sections"][0], "Purpose");
  EXPECT_EQ(mitigation["sections"][16], "Importance and Benefits");
}

TEST_P(Contract, EveryListedDocumentCanBeRead) {  // C06
  for (const auto& [list, get, parameter] :
       {std::tuple{"list_risks", "get_risk", "risk_id"},
        std::tuple{"list_mitigations", "get_mitigation", "mitigation_id"}}) {
    const Json listed = client->structured(list);
    for (const Json& d : listed["documents"]) {
      const Json read = client->structured(get, {{parameter, d["id"]}});
      EXPECT_EQ(read["document_id"], d["id"]);
      EXPECT_EQ(read["title"], d["name"]);
      EXPECT_GT(read["content"].get<std::string>().size(), 2000u) << d["id"];
      EXPECT_FALSE(read["sections"].empty());
    }
  }
}

TEST_P(Contract, UnknownIdsAreOrdinaryAnswersThatSaySo) {  // C07, C10
  for (const std::string& id :
       {std::string("invalid-risk-xyz-99"), std::string(256, 'x'), std::string("../x")}) {
    const Json answer = client->structured("get_risk", {{"risk_id", id}});
    EXPECT_EQ(answer["document_id"], id);
    EXPECT_NE(answer["title"].get<std::string>().find("not found"), std::string::npos);
    EXPECT_NE(answer["content"].get<std::string>().find("not found"), std::string::npos);
    EXPECT_EQ(answer["sections"], Json::array());
  }
}

TEST_P(Contract, AliasesResolve) {  // C08 as decided
  for (const char* name :
       {"10", "ri-10", "RI-10", "AIR-SEC-010", "ri-10_prompt-injection.md", " Prompt Injection "})
    EXPECT_EQ(client->structured("get_risk", {{"risk_id", name}})["document_id"],
              "10_prompt-injection")
        << name;
}

TEST_P(Contract, LengthsOfIdsAreChecked) {  // C09
  fails("get_risk", {{"risk_id", ""}}, "risk_id");
  fails("get_risk", {{"risk_id", std::string(257, 'x')}}, "risk_id");
}

TEST_P(Contract, GetFrameworkShowsItsEntries) {  // C12 to C14, C16
  const Json act = client->structured("get_framework", {{"framework", "eu-ai-act"}});
  const std::string content = act["content"];
  EXPECT_EQ(act["framework_id"], "eu-ai-act");
  EXPECT_TRUE(content.starts_with("# EU AI Act 2024\n"));
  for (const char* part : {"Framework Structure", "Raw YAML Content", "c3-s2-a14", "III.S2.A14"})
    EXPECT_NE(content.find(part), std::string::npos) << part;
  EXPECT_GE(act["sections"].get<int>(), 1);
  const std::string owasp =
      client->structured("get_framework", {{"framework", "owasp-llm"}})["content"];
  for (int i = 1; i <= 10; ++i)
    EXPECT_NE(owasp.find((i < 10 ? "llm0" : "llm") + std::to_string(i) + "-2025"),
              std::string::npos)
        << i;
  const std::string nist =
      client->structured("get_framework", {{"framework", "nist-sp-800-53r5"}})["content"];
  EXPECT_NE(nist.find("AC-1 Policy And Procedures"), std::string::npos);
  EXPECT_LT(nist.size(), 1'000'000u);
  for (const Json& f : Json(client->structured("list_frameworks")["frameworks"])) {
    const Json read = client->structured("get_framework", {{"framework", f["id"]}});
    EXPECT_GE(read["sections"].get<int>(), 1) << f["id"];
    EXPECT_GT(read["content"].get<std::string>().size(), 1500u) << f["id"];
    EXPECT_TRUE(read["last_updated"].is_null() || read["last_updated"].is_string());
  }
}

TEST_P(Contract, UnknownFrameworksAreOrdinaryAnswers) {  // C15
  for (const char* id : {"gdpr", "iso-23053"}) {
    const Json answer = client->structured("get_framework", {{"framework", id}});
    EXPECT_NE(answer["content"].get<std::string>().find("not found"), std::string::npos);
    EXPECT_EQ(answer["sections"], 0);
  }
}

TEST_P(Contract, HealthAndCacheStatisticsHaveTheirShape) {  // E01, E02
  const Json health = client->structured("get_service_health");
  EXPECT_EQ(health["status"], "healthy");
  EXPECT_EQ(health["healthy_services"], health["total_services"]);
  EXPECT_GT(health["uptime_seconds"].get<double>(), 0);
  EXPECT_FALSE(health["version"].get<std::string>().empty());
  EXPECT_EQ(health["observability"]["openemcp"]["validation_status"], "approved");
  EXPECT_TRUE(
      std::set<std::string>({"low", "medium", "high", "critical"})
          .contains(health["observability"]["risk_context"]["risk_tier"].get<std::string>()));
  const Json cache = client->structured("get_cache_stats");
  EXPECT_LE(cache["cache_hits"].get<int>() + cache["cache_misses"].get<int>(),
            cache["total_requests"].get<int>());
  EXPECT_GE(cache["hit_rate"].get<double>(), 0);
  EXPECT_LE(cache["hit_rate"].get<double>(), 1);
  for (const char* key : {"sets", "evictions", "current_size", "memory_usage_bytes"})
    EXPECT_TRUE(cache[key].is_number_integer()) << key;
}

TEST_P(Contract, ResourcesReadTheSameTextAsTheTools) {  // F01 to F04, F06
  const auto read = [&](const std::string& uri) {
    return client->request("resources/read", {{"uri", uri}});
  };
  const auto text = [&](const std::string& uri) {
    const Json contents = read(uri)["result"]["contents"];
    EXPECT_EQ(contents.size(), 1u);
    EXPECT_EQ(contents[0]["mimeType"], "text/markdown");
    return contents[0]["text"];
  };
  EXPECT_EQ(text("finos://risks/9_data-poisoning"),
            client->structured("get_risk", {{"risk_id", "9_data-poisoning"}})["content"]);
  EXPECT_EQ(text("finos://risks/9%5Fdata-poisoning"), text("finos://risks/9_data-poisoning"));
  EXPECT_EQ(text("finos://frameworks/eu-ai-act"),
            client->structured("get_framework", {{"framework", "eu-ai-act"}})["content"]);
  EXPECT_EQ(text("finos://mitigations/1_ai-data-leakage-prevention-and-detection"),
            client->structured(
                "get_mitigation",
                {{"mitigation_id", "1_ai-data-leakage-prevention-and-detection"}})["content"]);
  const int unknown = client->era() == Era::kLegacy ? -32002 : -32602;
  for (const char* uri : {"finos://risks/nope", "finos://other/x", "finos://risks/",
                          "file:///etc/passwd", "finos://risks/../x"}) {
    const Json answer = read(uri);
    EXPECT_EQ(answer["error"]["code"], unknown) << answer.dump();
    EXPECT_EQ(answer["error"]["data"]["uri"], uri);
  }
}

TEST_P(Contract, EveryListedResourceCanBeRead) {
  const Json resources = client->request("resources/list")["result"]["resources"];
  EXPECT_GE(resources.size(), 23u + 23u + 9u + 3u);
  for (const Json& r : resources) {
    const Json answer = client->request("resources/read", {{"uri", r["uri"]}});
    ASSERT_TRUE(answer.contains("result")) << r["uri"] << answer.dump();
    EXPECT_EQ(answer["result"]["contents"][0]["text"].get<std::string>().size(), r["size"]);
  }
}

TEST_P(Contract, PromptsEmbedTheRightDocuments) {  // G01 to G04
  const auto prompt = [&](const char* name, Json arguments) {
    const Json answer =
        client->request("prompts/get", {{"name", name}, {"arguments", std::move(arguments)}});
    EXPECT_EQ(answer["result"]["messages"].size(), 1u) << answer.dump();
    EXPECT_EQ(answer["result"]["messages"][0]["role"], "user");
    return answer["result"]["messages"][0]["content"].value("text", "");
  };
  const auto contains = [](const std::string& text, std::initializer_list<const char*> parts) {
    for (const char* part : parts) EXPECT_NE(text.find(part), std::string::npos) << part;
  };
  const std::string compliance = prompt("analyze_framework_compliance",
                                        {{"framework", "eu-ai-act"}, {"use_case", "LLM chatbot"}});
  contains(compliance, {"eu-ai-act",
                        "FRAMEWORK:", "FRAMEWORK CONTENT:", "USE CASE TO ANALYZE:", "LLM chatbot"});
  EXPECT_GT(compliance.size(), 200u);
  const std::string assessment = prompt("risk_assessment_analysis",
                                        {{"risk_category", "data-poisoning"}, {"context", "bank"}});
  contains(assessment,
           {"RISK CATEGORY: data-poisoning", "SCENARIO: bank", "RELEVANT RISK DOCUMENTATION:"});
  EXPECT_EQ(assessment.find("### "),
            assessment.find("### Data Poisoning (RI-9) (9_data-poisoning)"));
  EXPECT_GT(assessment.size(), 300u);
  const std::string strategy =
      prompt("mitigation_strategy_prompt",
             {{"risk_type", "prompt injection"}, {"system_description", "bot"}});
  contains(strategy, {"RISK TYPE:", "AI SYSTEM:", "AVAILABLE MITIGATION STRATEGIES:", "### "});
  contains(strategy, {"(3_user-app", "(17_ai-firewall", "(19_tool-chain"});  // by its links
  EXPECT_GT(strategy.size(), 300u);
  contains(prompt("risk_assessment_analysis", {{"risk_category", "zzzqqq"}, {"context", "x"}}),
           {"No specific documentation found"});
}

TEST_P(Contract, PromptArgumentsAreChecked) {  // G05
  const Json bad[] = {Json::object(),
                      {{"framework", "x"}},
                      {{"framework", ""}, {"use_case", "y"}},
                      {{"framework", std::string(129, 'x')}, {"use_case", "y"}},
                      {{"framework", 3}, {"use_case", "y"}}};
  for (const Json& arguments : bad)
    EXPECT_EQ(client->request("prompts/get", {{"name", "analyze_framework_compliance"},
                                              {"arguments", arguments}})["error"]["code"],
              -32602)
        << arguments.dump();
  EXPECT_EQ(client->request("prompts/get", {{"name", "nope"}})["error"]["code"], -32602);
}

INSTANTIATE_TEST_SUITE_P(Ways, Contract,
                         testing::Combine(testing::Values(Wire::kStdio, Wire::kHttp),
                                          testing::Values(Era::kLegacy, Era::kModern)),
                         name_of);

}  // namespace
}  // namespace govhost::test
