// Two servers that differ in hidden documents, callers of them, and what their answers say.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/client.h"
#include "support/events.h"
#include "support/files.h"

namespace govhost::test {

inline constexpr const char* kMark = "zqx";
// Of all names below "zqxid" is asked for, so that "zqxend" cannot be an echo.
inline constexpr const char* kId = "77_zqxid-zqxend";

// Digests of narrow and wide.
inline constexpr const char* kServer = R"([host]
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
)";
inline constexpr const char* kStarter = "[[source]]\nplugin = \"starter\"\n";

// How the documents are hidden, and the backend of search: each could tell by scores, corrections
// and counts.
struct Hiding {
  const char* name;
  const char* search;
  bool by_document = false;  // among those of an open source, by an attribute
};
inline void PrintTo(const Hiding& hiding, std::ostream* out) { *out << hiding.name; }
inline constexpr const char* kMemory = "[search]\nplugin = \"memory\"\n";
inline constexpr const char* kXapian =
    "[search]\nplugin = \"xapian\"\noptions = {path = \"index\"}\n";
inline const Hiding kHidings[] = {{"source_memory", kMemory},
                                  {"source_xapian", kXapian},
                                  {"document_memory", kMemory, true},
                                  {"document_xapian", kXapian, true}};
// Where the catalogue is a folder that the hidden ones lie in too.
inline constexpr const char* kMixed = R"([[source]]
name = "starter"
plugin = "directory"
options = {path = "content"}
[[policy.restriction]]
scopes = ["zqxscope"]
when = {classification = "zqxsecret"}
)";
// The second one cannot be read: that it is missing is a secret too.
inline constexpr const char* kHidden = R"([[source]]
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
inline const std::pair<const char*, const char*> kFiles[] = {
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
  Server(bool hidden, const Hiding& how) {
    if (how.by_document) copy_catalogue(folder_.path() / "content");
    for (const auto& [name, text] : kFiles)
      if (hidden) write(name, text, how.by_document);
    const std::string sources =
        how.by_document ? kMixed : std::string(kStarter) + (hidden ? kHidden : "");
    const std::string file = folder_.write("govhost.toml", kServer + sources + how.search);
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
  // With the times of the originals, which lists show: two servers must have the same.
  static void copy_catalogue(const std::filesystem::path& to) {
    const auto from = starter_catalogue();
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(from))
      std::filesystem::last_write_time(to / entry.path().lexically_relative(from),
                                       entry.last_write_time());
  }
  void write(const std::string& name, std::string text, bool by_document) const {
    constexpr std::string_view kFrontMatter = "---\n";
    if (!by_document) {
      folder_.write("hidden/" + name, text);
    } else if (text.starts_with(kFrontMatter)) {  // what has none has no attributes
      text.insert(kFrontMatter.size(), "classification: zqxsecret\n");
      folder_.write("content/docs/zqxfolder/" + name, text);
    }
  }

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
inline Json lasting(Json answer) {
  static const std::set<std::string> kPassing = {"govhost/snapshot",
                                                 "govhost/correlation_id",
                                                 "govhost/age_s",
                                                 "snapshot",
                                                 "loaded_at",
                                                 "confirmed_at",
                                                 "age_s",
                                                 "uptime_seconds",
                                                 "correlation_id",
                                                 "assessment_timestamp",
                                                 "nextCursor",
                                                 "total_requests",
                                                 "cache_hits",
                                                 "cache_misses",
                                                 "hit_rate",
                                                 "cached_answers",
                                                 "evictions",
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

inline std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The answer in lower case, without the strings of the question.
inline std::string without_echo(const Json& answer, const Json& question) {
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

}  // namespace govhost::test
