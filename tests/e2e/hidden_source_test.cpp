// Documents that need scopes, of a source or by an attribute, before a caller who lacks them:
// whatever he asks, also by their names, he is answered as by a server that does not have them. All
// that is hidden carries a mark. What there is to ask is taken from the server's own lists, so that
// a new tool must have a case.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "hidden_source.h"

namespace govhost::test {
namespace {

class HiddenSource : public testing::TestWithParam<Hiding> {
 protected:
  // True: whoever holds the scope is told something else.
  bool check(const std::string& method, const Json& params) {
    SCOPED_TRACE(method + " " + params.dump());
    const Json hidden = outsider.ask(method, params), absent = stranger.ask(method, params);
    EXPECT_EQ(Json::diff(lasting(absent), lasting(hidden)), Json::array());
    EXPECT_EQ(without_echo(hidden, params).find(kMark), std::string::npos) << hidden.dump();
    return lasting(insider.ask(method, params)) != lasting(absent);
  }

  // Whoever holds the scope is told more, so that the comparison says something. By an attribute no
  // framework can be hidden, and nothing is missing.
  static void expect_told(bool differs, const std::string& what) {
    const bool of_frameworks = what.find("framework") != std::string::npos;
    if (GetParam().by_document && (of_frameworks || what == "get_service_health")) return;
    EXPECT_TRUE(differs) << what << " tells nothing to those who see the documents either";
  }

  const Server with{true, GetParam()}, without{false, GetParam()};
  Caller outsider{with, "narrow"}, insider{with, "wide"}, stranger{without, "narrow"};
};

const Json kNames = {"ri-77",
                     "77",
                     kId,
                     "zqxid",
                     "Zqxtitle",
                     "zqxsource:notes/zqxid-zqxend.md",
                     "finos://risks/77_zqxid-zqxend",
                     "ri-1",
                     "zqxlaw",
                     "Zqxtitle law",
                     "uc-77"};
const Json kQueries = {"zqxbody",         "prompt injection", "prompt zqxbody",
                       "prompt zqx-7",    "prompt zqxboddy",  "zqxtitle",
                       "human oversight", "zqxtwin injection"};

// The arguments that each tool is called with.
std::map<std::string, Json> tool_cases() {
  const auto each = [](const char* name, const Json& values, const Json& more = Json::object()) {
    Json out = Json::array();
    for (const Json& value : values) {
      out.push_back(more);
      out.back()[name] = value;
    }
    return out;
  };
  const auto joined = [](Json a, const Json& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  const Json none = Json::array({Json::object()});
  std::map<std::string, Json> cases;
  for (const char* tool : {"list_frameworks", "list_risks", "list_mitigations", "list_use_cases",
                           "get_service_health", "get_cache_stats", "server_info"})
    cases[tool] = none;
  cases["list_use_cases"] = joined(none, each("risk", {"ri-1", "ri-77", "zqxid"}));
  cases["get_framework"] = each("framework", kNames);
  cases["get_risk"] = each("risk_id", kNames);
  cases["get_mitigation"] = each("mitigation_id", joined(kNames, {"mi-77"}));
  cases["get_use_case"] = each("use_case", kNames);
  cases["get_references"] = joined(each("id", kNames, {{"include_linked", true}}),
                                   each("framework", {"zqxlaw"}, {{"id", "ri-1"}}));
  cases["get_section"] = each("id", kNames, {{"section", "Zqxsection"}});
  cases["get_framework_entry"] =
      joined(each("framework", {"zqxlaw", "owasp-llm"}, {{"entry", "zqx1"}}),
             each("entry", {"llm01-2025", "LLM01"}, {{"framework", "owasp-llm"}}));
  cases["find_by_reference"] = joined(
      each("reference",
           {"zqx1", "LLM01", "llm01-2025", "oversight", "zqxlaw zqx1", "what of LLM01 and zqx1"}),
      each("framework", {"zqxlaw", "zqx"}, {{"reference", "oversight"}}));
  for (const char* tool : {"search_risks", "search_mitigations", "search_frameworks"})
    cases[tool] = each("query", kQueries, {{"limit", 20}});
  cases["search"] = each("query", kQueries, {{"limit", 50}, {"explain", true}});
  for (const auto& [name, value] : {std::pair("kind", "document"),
                                    {"source", "zqxsource"},
                                    {"source", "starter"},
                                    {"type", "ZQXTYPE"},
                                    {"type", "none"},
                                    {"framework", "zqxlaw"},
                                    {"framework", "owasp-llm"}})
    cases["search"].push_back({{"query", "prompt injection"}, {name, value}});
  cases["assess_use_case"] =
      each("description", joined(kQueries, {"A chat assistant. It reads zqxbody documents."}));
  cases["compare_snapshots"] =
      joined(none, Json{{{"from", "current"}, {"to", "current"}}, {{"from", "zqxzqx"}}});
  cases["map_risks_to_mitigations"] =
      joined(joined(none, each("mitigation_type", {"ZQXTYPE"})),
             {{{"risks", kNames}}, {{"queries", kQueries}}, {{"risk_type", "ZQXTYPE"}}});
  cases["analyze_gaps"] = joined(each("mitigations", {Json::array(), {"mi-2"}, {"mi-77", "zqxid"}}),
                                 each("use_case", {"uc-1", "uc-77"}, {{"mitigations", {"mi-2"}}}));
  cases["analyze_gaps"].push_back({{"mitigations", {"mi-2"}}, {"risks", kNames}});
  return cases;
}

TEST_P(HiddenSource, NoToolTellsOfIt) {
  const auto cases = tool_cases();
  for (const Json& tool : outsider.all("tools/list", "tools")) {
    const std::string name = tool["name"];
    ASSERT_TRUE(cases.contains(name)) << name << " has no case in this test; give it one";
    bool differs = false;
    for (const Json& arguments : cases.at(name))
      differs |= check("tools/call", {{"name", name}, {"arguments", arguments}});
    expect_told(differs, name);
  }
}

TEST_P(HiddenSource, NoListOrCursorTellsOfIt) {
  for (const auto& [method, key] : {std::pair("tools/list", "tools"),
                                    {"prompts/list", "prompts"},
                                    {"resources/templates/list", "resourceTemplates"},
                                    {"resources/list", "resources"}})
    EXPECT_EQ(outsider.all(method, key), stranger.all(method, key)) << method;
  EXPECT_NE(insider.all("resources/list", "resources").dump().find(kId), std::string::npos);
  const Json theirs = insider.ask("resources/list")["result"]["nextCursor"];
  const Json mine = outsider.ask("resources/list")["result"]["nextCursor"];
  EXPECT_TRUE(outsider.ask("resources/list", {{"cursor", mine}}).contains("result"));
  EXPECT_EQ(lasting(outsider.ask("resources/list", {{"cursor", theirs}})),
            lasting(outsider.ask("resources/list", {{"cursor", "never given"}})));
}

TEST_P(HiddenSource, NoResourceTellsOfIt) {
  std::map<std::string, std::string> cases = {
      {"finos://frameworks/{framework_id}", "finos://frameworks/zqxlaw"},
      {"finos://risks/{risk_id}", "finos://risks/ri-77"},
      {"finos://mitigations/{mitigation_id}", "finos://mitigations/mi-77"},
      {"finos://usecases/{usecase_id}", "finos://usecases/uc-77"},
      {"finos://frameworks/{framework_id}/entries/{entry_key}",
       "finos://frameworks/owasp-llm/entries/llm01-2025"},
      {"finos://{collection}/{document_id}/sections/{section_anchor}",
       "finos://risks/ri-77/sections/zqxsection"}};
  for (const Json& each : outsider.all("resources/templates/list", "resourceTemplates")) {
    ASSERT_TRUE(cases.contains(each["uriTemplate"])) << each << " has no case in this test";
    expect_told(check("resources/read", {{"uri", cases[each["uriTemplate"]]}}),
                each["uriTemplate"]);
  }
  bool marked = false;
  for (const Json& each : insider.all("resources/list", "resources")) {
    check("resources/read", {{"uri", each["uri"]}});
    marked |= insider.ask("resources/read", {{"uri", each["uri"]}}).dump().find("Zqxbody") !=
              std::string::npos;
  }
  EXPECT_TRUE(marked);
}

TEST_P(HiddenSource, NoPromptOrCompletionTellsOfIt) {
  const std::map<std::string, Json> cases = {
      {"analyze_framework_compliance", {{"framework", "zqxlaw"}, {"use_case", "chat"}}},
      {"risk_assessment_analysis", {{"risk_category", "zqxbody"}, {"context", "chat"}}},
      {"mitigation_strategy_prompt", {{"risk_type", "zqxbody"}, {"system_description", "chat"}}},
      {"assess_use_case", {{"description", "A chat assistant. It reads zqxbody documents."}}},
      {"control_gap_analysis", {{"mitigations", "mi-2, ri-1"}}}};
  bool differs = false;
  const auto complete = [&](const Json& ref, const std::string& name) {
    const Json chosen[] = {
        Json::object(),
        {{"collection", "risks"}, {"document_id", "ri-77"}, {"framework_id", "zqxlaw"}},
        {{"document_id", "zqxid"}}};
    for (const char* typed : {"", "zqx", "ri-77", "77"})
      for (const Json& variables : chosen)
        differs |= check("completion/complete", {{"ref", ref},
                                                 {"argument", {{"name", name}, {"value", typed}}},
                                                 {"context", {{"arguments", variables}}}});
  };
  for (const Json& prompt : outsider.all("prompts/list", "prompts")) {
    const std::string name = prompt["name"];
    ASSERT_TRUE(cases.contains(name)) << name << " has no case in this test";
    expect_told(check("prompts/get", {{"name", name}, {"arguments", cases.at(name)}}), name);
    for (const Json& argument : prompt["arguments"])
      complete({{"type", "ref/prompt"}, {"name", name}}, argument["name"]);
  }
  EXPECT_TRUE(differs);
  // By other words, and by names that lead to it.
  check("prompts/get", {{"name", "control_gap_analysis"},
                        {"arguments", {{"mitigations", "mi-77, mi-2"}, {"use_case", "uc-77"}}}});
  check("prompts/get", {{"name", "analyze_framework_compliance"},
                        {"arguments", {{"framework", "owasp-llm"}, {"use_case", "zqxbody"}}}});
  for (const Json& each : outsider.all("resources/templates/list", "resourceTemplates")) {
    differs = false;
    const std::string uri = each["uriTemplate"];
    for (std::size_t at = 0; (at = uri.find('{', at)) != std::string::npos; ++at)
      complete({{"type", "ref/resource"}, {"uri", uri}},
               uri.substr(at + 1, uri.find('}', at) - at - 1));
    expect_told(differs, uri);
  }
}

TEST_P(HiddenSource, ASubscriptionIsTakenAsOneOfNothing) {
  const auto first_event = [](const Caller& caller) {
    const Json sent = Caller::message(
        "subscriptions/listen",
        {{"notifications",
          {{"resourceSubscriptions", {"finos://risks/ri-77", "finos://risks/never"}}}}});
    EventStreamReader stream(caller.port, "POST", "/mcp", caller.headers(sent), sent.dump());
    return stream.next_json();
  };
  EXPECT_EQ(first_event(outsider), first_event(stranger));
  // The legacy era, in a session.
  const auto subscribed = [](Caller& caller, const char* uri) {
    const auto post = [&](const char* method, const Json& params, const std::string& session) {
      const Json sent{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}};
      HeaderList headers = caller.headers(sent);
      if (!session.empty()) headers.emplace_back("Mcp-Session-Id", session);
      return caller.http.request("POST", "/mcp", headers, sent.dump());
    };
    const HttpAnswer opened = post("initialize",
                                   {{"protocolVersion", "2025-11-25"},
                                    {"capabilities", Json::object()},
                                    {"clientInfo", {{"name", "t"}, {"version", "1"}}}},
                                   "");
    const std::string session = opened.headers.at("mcp-session-id");
    return post("resources/subscribe", {{"uri", uri}}, session).body +
           post("resources/unsubscribe", {{"uri", uri}}, session).body;
  };
  EXPECT_EQ(subscribed(outsider, "finos://risks/ri-77"), subscribed(outsider, "finos://risks/no"));
  EXPECT_EQ(subscribed(outsider, "finos://risks/ri-77"),
            subscribed(stranger, "finos://risks/ri-77"));
}

TEST_P(HiddenSource, WhoeverHoldsTheScopeIsToldOfIt) {
  const auto marked = [&](const char* tool, const Json& arguments, const char* mark) {
    const std::string text =
        insider.ask("tools/call", {{"name", tool}, {"arguments", arguments}}).dump();
    EXPECT_NE(text.find(mark), std::string::npos) << tool << " " << text;
  };
  marked("get_risk", {{"risk_id", "ri-77"}}, "Zqxbody");
  marked("search", {{"query", "zqxbody"}}, "Zqxtitle");
  if (!GetParam().by_document) marked("server_info", Json::object(), "zqxmissing");
  marked("map_risks_to_mitigations", Json::object(), "Zqxtitle filter");
}

INSTANTIATE_TEST_SUITE_P(By, HiddenSource, testing::ValuesIn(kHidings),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace govhost::test