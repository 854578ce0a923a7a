// analyze_gaps
#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "content/coverage.h"
#include "mcp/citation.h"
#include "mcp/lookup.h"
#include "mcp/situation.h"
#include "mcp/slice.h"
#include "mcp/tools/families.h"

namespace govhost::mcp {
namespace {

using content::Coverage;
using content::Document;
using content::EdgeType;
using content::Graph;
using content::NodeId;

constexpr std::size_t kMostNamed = 50;  // controls named for one risk

class Report {
 public:
  Report(const Json& arguments, const ToolContext& context, const Situation& situation)
      : arguments_(arguments),
        context_(context),
        situation_(situation),
        graph_(context.generation->snapshot().graph()),
        in_place_(situation.in_place.begin(), situation.in_place.end()),
        coverage_(content::cover(graph_, situation.risks, situation.in_place,
                                 number_argument(arguments, "recommendations", 5),
                                 context.visible)) {}

  std::string text() const {
    // What is to be done comes first.
    std::vector<NodeId> rows = coverage_.uncovered;
    rows.insert(rows.end(), coverage_.covered.begin(), coverage_.covered.end());
    const Slice slice = slice_of(arguments_, rows.size(), 50);
    JsonWriter w;
    w.object([&] {
      write_summary(w);
      write_next(w);
      w.array("risks", [&] {
        for (std::size_t i = slice.begin(); i < slice.end(); ++i) write_risk(w, rows[i]);
      });
      w.array("unused", [&] {
        for (const NodeId id : coverage_.unused) cite_briefly(w, graph_.document(id));
      });
      write_unresolved(w, situation_.unresolved);
      slice.write(w);
    });
    return std::move(w).take();
  }

 private:
  void write_summary(JsonWriter& w) const {
    const std::size_t scope = situation_.risks.size();
    const std::size_t covered = coverage_.covered.size();
    w.object("summary", [&] {
      w.number("in_scope", scope);
      w.number("in_place", situation_.in_place.size());
      w.number("covered", covered);
      w.number("uncovered", coverage_.uncovered.size());
      w.score("coverage",
              scope == 0 ? 0 : static_cast<double>(covered) / static_cast<double>(scope));
    });
  }

  void write_next(JsonWriter& w) const {
    std::size_t covered = coverage_.covered.size();
    w.array("next", [&] {
      for (const Coverage::Step& step : coverage_.next)
        w.object([&] {
          covered += step.adds.size();
          cite(w, graph_.document(step.control));
          w.number("adds_count", step.adds.size());
          w.array("adds", [&] {
            for (const NodeId risk : step.adds) cite_briefly(w, graph_.document(risk));
          });
          w.number("covered_then", covered);
        });
    });
  }

  void write_risk(JsonWriter& w, NodeId risk) const {
    std::vector<NodeId> by, possible;
    for (const NodeId id : visible_of(context_, graph_.in(risk, EdgeType::kMitigates)))
      (in_place_.contains(id) ? by : possible).push_back(id);
    const auto write = [&](std::string_view name, const std::vector<NodeId>& ids) {
      w.array(name, [&] {
        for (std::size_t i = 0; i < ids.size() && i < kMostNamed; ++i)
          cite_briefly(w, graph_.document(ids[i]));
      });
    };
    w.object([&] {
      cite(w, graph_.document(risk));
      w.text("status", !by.empty()         ? "covered"
                       : !possible.empty() ? "uncovered"
                                           : "no_mitigation_known");
      write("covered_by", by);
      write("could_be_covered_by", possible);
    });
  }

  const Json& arguments_;
  const ToolContext& context_;
  const Situation& situation_;
  const Graph& graph_;
  const std::unordered_set<NodeId> in_place_;
  const Coverage coverage_;
};

// Named risks and those of the use case; all when neither is given.
std::optional<ToolResult> read_scope(const Json& arguments, const ToolContext& context,
                                     Situation& out) {
  const Json* const risks = member(arguments, "risks");
  const std::string* const use_case = text_member(arguments, "use_case");
  Lookups named = find_documents(context, content::kRisk, risks);
  if (named.found.empty() && !named.unresolved.empty()) return error_of(named.unresolved);
  std::move(named.unresolved.begin(), named.unresolved.end(), std::back_inserter(out.unresolved));
  out.add_risks(context, named.found);
  if (use_case) {
    const Lookup found = find_document(context, content::kUseCase, *use_case);
    if (!found) return found.error();
    out.add_risks_of(context, *found.document);
  }
  if (!risks && !use_case) out.add_all_risks(context);
  return std::nullopt;
}

ToolResult analyze_gaps(const Json& arguments, ToolContext& context) {
  Situation situation;
  situation.add_controls(context, *member(arguments, "mitigations"));
  if (situation.in_place.empty() && !situation.unresolved.empty())
    return error_of(situation.unresolved);
  if (auto wrong = read_scope(arguments, context, situation)) return std::move(*wrong);
  return ToolResult::json(std::string_view(Report(arguments, context, situation).text()));
}

}  // namespace

std::vector<Tool> gap_tools() {
  const std::string brief = list_schema(kBriefSchema), citation(kCitationSchema);
  std::vector<Tool> tools;
  tools.push_back(make_tool(
      "analyze_gaps", "Analyze Gaps",
      "Compares the mitigations (and own policies) that are in place with the risks in scope: what "
      "is covered and by what, what is not, and which mitigations would cover most of the rest, "
      "one after the other. The scope is all risks unless risks or a use case are named. It counts "
      "links, not quality: whether a mitigation is well done must be judged by its text. To see "
      "the map without anything in place use map_risks_to_mitigations.",
      R"({"type":"object","properties":{
        "mitigations":{"type":"array","maxItems":200,
          "items":{"type":"string","minLength":1,"maxLength":256},
          "description":"in place, by id (mi-3), number or title; also policies that mitigate risks. [] for none"},
        "risks":{"type":"array","maxItems":200,
          "items":{"type":"string","minLength":1,"maxLength":256},
          "description":"in scope, by id (ri-10), number or title; default: all"},
        "use_case":{"type":"string","minLength":1,"maxLength":256,
          "description":"a documented use case whose risks are in scope, by id or title"},
        "recommendations":{"type":"integer","minimum":0,"maximum":20,"default":5,
          "description":"how many mitigations to propose at most"},
        "limit":{"type":"integer","minimum":1,"maximum":200,"default":50,
          "description":"most risks in one answer"},)" +
          std::string(kOffsetSchema) +
          R"(},"required":["mitigations"],"additionalProperties":false})",
      R"({"type":"object","properties":{"summary":{"type":"object","properties":{
        "in_scope":{"type":"integer"},"in_place":{"type":"integer"},"covered":{"type":"integer"},
        "uncovered":{"type":"integer"},
        "coverage":{"type":"number","description":"share of the risks in scope, 0 to 1"}}},"next":)" +
          list_schema(citation + R"(,"adds_count":{"type":"integer"},"adds":)" + brief +
                      R"(,"covered_then":{"type":"integer"})") +
          R"(,"risks":)" +
          list_schema(citation + R"(,"status":{"type":"string",
            "enum":["covered","uncovered","no_mitigation_known"]},"covered_by":)" +
                      brief + R"(,"could_be_covered_by":)" + brief) +
          R"(,"unused":)" + brief + "," + std::string(kUnresolvedSchema) + "," +
          std::string(kSliceSchema) +
          R"(},"required":["summary","next","risks","unused","unresolved","total"]})",
      analyze_gaps));
  return tools;
}

}  // namespace govhost::mcp
