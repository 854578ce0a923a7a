// A source with required_scopes before a caller who lacks them: whatever he asks, also by its
// names, he is answered as by a server that does not have it. All that the source holds carries a
// mark. What there is to ask is taken from the server's own lists, so that a new tool must have a
// case.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "support/client.h"
#include "support/events.h"
#include "support/files.h"

namespace govhost::test {
namespace {

constexpr const char* kMark = "zqx";
// Of all names below "zqxid" is asked for, so that "zqxend" cannot be an echo.
constexpr const char* kId = "77_zqxid-zqxend";

// Digests of narrow and wide.
constexpr const char* kServer = R"([host]
page_size = 10
[ops]
enabled = false
[[transport]]
plugin = "http"
options = {listen = "127.0.0.1:0"}
[[auth]]
plugin = "token"
[[auth.options.tokens]]
id = "narrow"
sha256 = "5eda958e9ddee7721fb71e7a7618c64dbf20cc77b06ba4e4d2269d6c3e50655b"
[[auth.options.tokens]]
id = "wide"
sha256 = "0abaa40b10436a8fbba40ad39a0ba58da06f7aa0fd12a488f1ee358ed04fb942"
scopes = ["zqxscope"]
[[source]]
plugin = "starter"
)";
// The backends of search. Each could tell by scores, corrections and counts.
const std::pair<const char*, const char*> kBackends[] = {
    {"memory", "[search]\nplugin = \"memory\"\n"},
    {"xapian", "[search]\nplugin = \"xapian\"\noptions = {path = \"index\"}\n"}};
// The second one cannot be read: that it is missing is a secret too.
constexpr const char* kHidden = R"([[source]]
name = "zqxsource"
plugin = "directory"
required_scopes = ["zqxscope"]
options = {path = "hidden"}
[[source]]
name = "zqxmissing"
plugin = "directory"
required = false
required_scopes = ["zqxscope"]
options = {path = "nowhere"}
)";

// One of each kind, tied to the catalogue both ways; one that has the catalogue's file name, id and
// number; one that cannot be read.
const std::pair<const char*, const char*> kFiles[] = {
    {"_risks/ri-77_zqxid-zqxend.md",
     "---\nsequence: 77\ntitle: Zqxtitle prompt injection\ntype: ZQXTYPE\nrelated_risks: [ri-1, "
     "zqxgone]\n"
     "owasp-llm_references: [llm01-2025]\nzqxlaw_references: [zqx1, zqxgone]\n---\n\n## "
     "Zqxsection\n\n"
     "Zqxbody: prompt injection zqx-7 through retrieved documents\n"},
    {"_risks/ri-1_prompt-injection.md", "---\nsequence: 1\ntitle: Zqxtwin\n---\n\nZqxbody\n"},
    {"_mitigations/mi-77_zqxid-zqxend.md",
     "---\nsequence: 77\ntitle: Zqxtitle filter\ntype: ZQXTYPE\nmitigates: [ri-1, ri-77]\n"
     "owasp-llm_references: [llm01-2025]\n---\n\nZqxbody input filtering\n"},
    {"_usecases/uc-77_zqxid-zqxend.md",
     "---\nsequence: 77\ntitle: Zqxtitle assistant\nrelated_risks: [ri-1, ri-77]\n"
     "related_mitigations: [mi-2, mi-77]\n---\n\nZqxbody chat assistant\n"},
    {"_data/references/zqxlaw.yml",
     "title: Zqxtitle law\nentries:\n  zqx1:\n    title: 'LLM01: Zqxtitle oversight'\n"},
    {"notes/zqxid-zqxend.md", "# Zqxtitle note\n\nZqxbody prompt injection\n"},
    {"notes/zqxempty.md", ""}};

class Server {
 public:
  Server(bool hidden, const std::string& search) {
    for (const auto& [name, text] : kFiles)
      if (hidden) folder_.write(std::string("hidden/") + name, text);
    const std::string file =
        folder_.write("govhost.toml", std::string(kServer) + (hidden ? kHidden : "") + search);
    process_ =
        std::make_unique<Process>(std::vector<std::string>{binary(), "serve", "--config", file});
    const auto line = process_->wait_error_line("\"transport.listening\"");
    // Before there is an index answers may be tasks, whose contents nothing here looks at.
    if (!line || !process_->wait_error_line("\"serve.ready\"") ||
        !process_->wait_error_line("\"search.indexed\""))
      throw std::runtime_error(process_->error_text());
    port = port_of(Json::parse(*line)["endpoint"].get<std::string>());
  }
  std::uint16_t port = 0;

 private:
  TempDir folder_;
  std::unique_ptr<Process> process_;
};

// Of the modern era, on a connection of its own.
struct Caller {
  Caller(const Server& server, std::string with) : port(server.port), token(std::move(with)) {}

  HeaderList headers(const Json& message) const {
    HeaderList out{{"Content-Type", "application/json"},
                   {"Accept", "application/json, text/event-stream"},
                   {"Authorization", "Bearer " + token}};
    const Json& params = message["params"];
    if (!params.contains("_meta")) return out;
    out.insert(out.end(),
               {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", message["method"]}});
    for (const char* name : {"uri", "name"})
      if (params.contains(name)) out.emplace_back("Mcp-Name", params[name].get<std::string>());
    return out;
  }
  static Json message(const std::string& method, Json params) {
    params["_meta"] = {{"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
                       {"io.modelcontextprotocol/clientCapabilities",
                        {{"extensions", {{"io.modelcontextprotocol/tasks", Json::object()}}}}}};
    return {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(params)}};
  }
  Json ask(const std::string& method, Json params = Json::object()) {
    const Json sent = message(method, std::move(params));
    const HttpAnswer answer = http.request("POST", "/mcp", headers(sent), sent.dump());
    return Json::parse(answer.body, nullptr, false);
  }
  // All items of a list, page by page.
  Json all(const std::string& method, const std::string& key) {
    Json items = Json::array(), params = Json::object();
    do {
      const Json result = ask(method, params)["result"];
      for (const Json& item : result[key]) items.push_back(item);
      params["cursor"] = result.value("nextCursor", "");
    } while (params["cursor"] != "");
    return items;
  }

  const std::uint16_t port;
  const std::string token;
  HttpConnection http{port};
};

// What does not change from call to call or from process to process.
Json lasting(Json answer) {
  static const std::set<std::string> kPassing = {"govhost/snapshot",
                                                 "govhost/correlation_id",
                                                 "govhost/age_s",
                                                 "snapshot",
                                                 "loaded_at",
                                                 "age_s",
                                                 "uptime_seconds",
                                                 "correlation_id",
                                                 "assessment_timestamp",
                                                 "nextCursor",
                                                 "total_requests",
                                                 "cache_hits",
                                                 "cache_misses",
                                                 "hit_rate",
                                                 "validation_status",
                                                 "memory_usage_bytes"};
  if (answer.is_string()) {  // JSON as text
    Json parsed = Json::parse(answer.get<std::string>(), nullptr, false);
    return parsed.is_object() ? lasting(std::move(parsed)) : answer;
  }
  if (answer.is_object())
    for (const std::string& name : kPassing) answer.erase(name);
  if (answer.is_structured())
    for (Json& each : answer) each = lasting(std::move(each));
  return answer;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The answer in lower case, without the strings of the question.
std::string without_echo(const Json& answer, const Json& question) {
  std::vector<std::string> asked;
  const Json flat = question.flatten();
  for (const Json& value : flat)
    if (value.is_string()) asked.push_back(lower(value.get<std::string>()));
  std::sort(asked.begin(), asked.end(),
            [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  std::string text = lower(answer.dump());
  for (const std::string& each : asked)
    for (std::size_t at;
         each.find(kMark) != std::string::npos && (at = text.find(each)) != std::string::npos;)
      text.erase(at, each.size());
  return text;
}

class HiddenSource : public testing::TestWithParam<std::pair<const char*, const char*>> {
 protected:
  // True: whoever holds the scope is told something else.
  bool check(const std::string& method, const Json& params) {
    SCOPED_TRACE(method + " " + params.dump());
    const Json hidden = outsider.ask(method, params), absent = stranger.ask(method, params);
    EXPECT_EQ(Json::diff(lasting(absent), lasting(hidden)), Json::array());
    EXPECT_EQ(without_echo(hidden, params).find(kMark), std::string::npos) << hidden.dump();
    return lasting(insider.ask(method, params)) != lasting(absent);
  }

  const Server with{true, GetParam().second}, without{false, GetParam().second};
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
  cases["find_by_reference"] =
      joined(each("reference", {"zqx1", "LLM01", "llm01-2025", "oversight", "zqxlaw zqx1"}),
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
    EXPECT_TRUE(differs) << name << " tells nothing to those who see the source either";
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
    EXPECT_TRUE(check("resources/read", {{"uri", cases[each["uriTemplate"]]}})) << each;
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
    EXPECT_TRUE(check("prompts/get", {{"name", name}, {"arguments", cases.at(name)}})) << name;
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
    EXPECT_TRUE(differs) << uri;
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
  marked("server_info", Json::object(), "zqxmissing");
  marked("map_risks_to_mitigations", Json::object(), "Zqxtitle filter");
}

INSTANTIATE_TEST_SUITE_P(Search, HiddenSource, testing::ValuesIn(kBackends),
                         [](const auto& each) { return std::string(each.param.first); });

}  // namespace
}  // namespace govhost::test