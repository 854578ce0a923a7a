// map_risks_to_mitigations
#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/text.h"
#include "mcp/citation.h"
#include "mcp/finder.h"
#include "mcp/lookup.h"
#include "mcp/slice.h"
#include "mcp/tools/families.h"

namespace govhost::mcp {
namespace {

using content::Document;
using content::EdgeType;
using content::NodeId;

constexpr std::size_t kDefaultLimit = 25;
constexpr std::size_t kMostMapped = 100;  // named in one list
// A hit much weaker than the best is about something else.
constexpr double kNearBest = 0.5;

// How a risk came to be asked for.
struct Match {
  std::string input;
  const content::Section* section = nullptr;  // of a free-text query's hit
  std::string heading, snippet;
};

struct Row {
  NodeId risk = 0;
  std::vector<Match> matches;
  std::vector<NodeId> controls;
};

class Mapping {
 public:
  Mapping(const Json& arguments, ToolContext& context)
      : arguments_(arguments), context_(context), graph_(snapshot().graph()) {}

  ToolResult run() {
    for (const auto& [name, kind] : {std::pair("risk_type", content::kRisk),
                                     std::pair("mitigation_type", content::kMitigation)})
      if (auto wrong = type_argument(arguments_, name, kind, context_).error)
        return std::move(*wrong);
    if (gov::Status status = select(); !status.ok()) return ToolResult::error(status);
    if (rows_.empty() && !unresolved_.empty() && filtered_ == 0) return error_of(unresolved_);
    for (Row& row : rows_) add_controls(row);
    return ToolResult::json(std::string_view(answer()));
  }

 private:
  const content::Snapshot& snapshot() const { return context_.generation->snapshot(); }

  bool has_type(const Document& document, std::string_view name) const {
    const std::string* const type = text_member(arguments_, name);
    return !type || equals_ignoring_case(document.type, *type);
  }

  gov::Status select() {
    const Json* const risks = member(arguments_, "risks");
    const Json* const queries = member(arguments_, "queries");
    if (!risks && !queries) {
      for (const Document& risk : snapshot().of_kind(content::kRisk))
        if (context_.visible.sees(risk)) add(risk, std::nullopt);
      return {};
    }
    if (risks)
      for (const Json& name : *risks) add_named(name.get_ref<const std::string&>());
    if (queries)
      for (const Json& query : *queries)
        if (gov::Status s = add_found(query.get_ref<const std::string&>()); !s.ok()) return s;
    return {};
  }

  void add(const Document& risk, std::optional<Match> match) {
    if (!has_type(risk, "risk_type")) {
      ++filtered_;
      return;
    }
    const auto [at, fresh] = row_of_.emplace(&risk, rows_.size());
    if (fresh) rows_.push_back({graph_.id_of(risk), {}, {}});
    if (match) rows_[at->second].matches.push_back(std::move(*match));
  }

  void add_named(const std::string& name) {
    Lookup found = find_document(context_, content::kRisk, name);
    if (found)
      add(*found.document, Match{name, nullptr, {}, {}});
    else
      unresolved_.push_back(std::move(found));
  }

  gov::Status add_found(const std::string& query) {
    if (const auto named = snapshot().resolve(content::kRisk, query, context_.visible)) {
      add(*named.document, Match{query, nullptr, {}, {}});
      return {};
    }
    const auto found = find(
        context_, {query, {content::kRisk}, {}, number_argument(arguments_, "risks_per_query", 3)});
    if (!found) return found.status();
    for (const search::Found& hit : found->hits)
      if (hit.score >= kNearBest * found->hits[0].score)
        add(*hit.document, Match{query, hit.section, hit.heading, hit.snippet});
    if (found->hits.empty())
      unresolved_.push_back({query, nullptr, "no_match", "no risk matches these words", {}});
    return {};
  }

  void add_controls(Row& row) {
    for (const NodeId control : graph_.in(row.risk, EdgeType::kMitigates)) {
      const Document& document = graph_.document(control);
      if (!context_.visible.sees(document) || !has_type(document, "mitigation_type")) continue;
      row.controls.push_back(control);
      covers_[control].push_back(row.risk);
    }
  }

  std::string answer() const {
    const Slice slice = slice_of(arguments_, rows_.size(), kDefaultLimit);
    JsonWriter w;
    w.object([&] {
      w.array("risks", [&] {
        for (std::size_t i = slice.begin(); i < slice.end(); ++i) write_row(w, rows_[i]);
      });
      write_union(w);
      write_uncovered(w);
      write_unresolved(w, unresolved_);
      slice.write(w);
    });
    return std::move(w).take();
  }

  void write_row(JsonWriter& w, const Row& row) const {
    w.object([&] {
      cite(w, graph_.document(row.risk));
      w.array("matched_by", [&] {
        for (const Match& match : row.matches)
          w.object([&] {
            w.text("input", match.input);
            if (match.section) cite_section(w, graph_.document(row.risk), *match.section);
            w.text_or_null("snippet", match.snippet);
          });
      });
      w.number("mitigation_count", row.controls.size());
      w.array("mitigations", [&] { write_briefly(w, row.controls); });
    });
  }

  void write_briefly(JsonWriter& w, const std::vector<NodeId>& ids) const {
    for (std::size_t i = 0; i < ids.size() && i < kMostMapped; ++i)
      cite_briefly(w, graph_.document(ids[i]));
  }

  void write_union(JsonWriter& w) const {
    std::vector<std::pair<NodeId, const std::vector<NodeId>*>> sorted;
    for (const auto& [control, risks] : covers_) sorted.emplace_back(control, &risks);
    std::unordered_map<NodeId, std::size_t> place;  // of a risk: the most relevant is first
    for (const Row& row : rows_) place.emplace(row.risk, place.size());
    const auto order = [&](const auto& each) {
      return std::make_pair(place.size() - each.second->size(), place.at(each.second->front()));
    };
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](const auto& a, const auto& b) { return order(a) < order(b); });
    if (sorted.size() > kMostMapped) sorted.resize(kMostMapped);
    w.array("mitigations", [&] {
      for (const auto& [control, risks] : sorted)
        w.object([&] {
          cite(w, graph_.document(control));
          w.number("covers_count", risks->size());
          w.array("covers", [&] { write_briefly(w, *risks); });
        });
    });
  }

  void write_uncovered(JsonWriter& w) const {
    std::vector<NodeId> uncovered;
    for (const Row& row : rows_)
      if (row.controls.empty()) uncovered.push_back(row.risk);
    w.array("uncovered", [&] { write_briefly(w, uncovered); });
    w.object("coverage", [&] {
      w.number("risks", rows_.size());
      w.number("covered", rows_.size() - uncovered.size());
      w.number("uncovered", uncovered.size());
      w.number("mitigations", covers_.size());
      w.number("filtered_out", filtered_);
    });
  }

  const Json& arguments_;
  ToolContext& context_;
  const content::Graph& graph_;
  std::vector<Row> rows_;
  std::unordered_map<const Document*, std::size_t> row_of_;
  std::map<NodeId, std::vector<NodeId>> covers_;  // by control: the risks, in the order of rows
  std::vector<Lookup> unresolved_;
  std::size_t filtered_ = 0;
};

ToolResult map_risks(const Json& arguments, ToolContext& context) {
  return Mapping(arguments, context).run();
}

constexpr std::string_view kArguments = R"({
  "type":"object",
  "properties":{
    "risks":{"type":"array","maxItems":100,
      "items":{"type":"string","minLength":1,"maxLength":256},
      "description":"risks by id (ri-10, 10_prompt-injection), number, public id or title"},
    "queries":{"type":"array","maxItems":10,
      "items":{"type":"string","minLength":1,"maxLength":512},
      "description":"problems in plain words; each finds the risks that fit"},
    "risks_per_query":{"type":"integer","minimum":1,"maximum":10,"default":3,
      "description":"most risks that one query may find"},
    "risk_type":{"type":"string","minLength":1,"maxLength":64,
      "description":"only risks of this type, for example SEC"},
    "mitigation_type":{"type":"string","minLength":1,"maxLength":64,
      "description":"only mitigations of this type, for example PREV or DET"},
    "limit":{"type":"integer","minimum":1,"maximum":100,"default":25,
      "description":"most risks in one answer"},
    )";

}  // namespace

std::vector<Tool> mapping_tools() {
  const std::string arguments =
      std::string(kArguments) + std::string(kOffsetSchema) + R"(},"additionalProperties":false})";
  const std::string brief = list_schema(kBriefSchema);
  const std::string citation(kCitationSchema);
  const std::string match = R"("input":{"type":"string"},)" + std::string(kSectionCitationSchema) +
                            R"(,"snippet":{"type":["string","null"]})";
  const std::string output =
      R"({"type":"object","properties":{"risks":)" +
      list_schema(citation + R"(,"matched_by":)" + list_schema(match) +
                  R"(,"mitigation_count":{"type":"integer"},"mitigations":)" + brief) +
      R"(,"mitigations":)" +
      list_schema(citation + R"(,"covers_count":{"type":"integer"},"covers":)" + brief) +
      R"(,"uncovered":)" + brief + R"(,"coverage":{"type":"object","properties":{
        "risks":{"type":"integer"},"covered":{"type":"integer"},"uncovered":{"type":"integer"},
        "mitigations":{"type":"integer"},"filtered_out":{"type":"integer"}}},)" +
      std::string(kUnresolvedSchema) + "," + std::string(kSliceSchema) +
      R"(},"required":["risks","mitigations","uncovered","coverage","unresolved","total"]})";
  std::vector<Tool> tools;
  tools.push_back(make_tool(
      "map_risks_to_mitigations", "Map Risks to Mitigations",
      "Tells which mitigations (and own policies) address which risks, by the links that the "
      "catalogue states: for each risk and for all together, with the risks that nothing "
      "addresses. Use it to answer \"what do we do against ...\"; name risks, describe problems in "
      "plain words, or give nothing for the whole map. Not for reading what a mitigation demands "
      "(get_mitigation), nor for judging which gaps matter (analyze_gaps).",
      arguments, output, map_risks));
  tools.back().searches = true;
  return tools;
}

}  // namespace govhost::mcp
