// assess_described
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "mcp/assessment.h"
#include "mcp/citation.h"
#include "mcp/slice.h"
#include "mcp/tools/families.h"

namespace govhost::mcp {
namespace {

using content::Document;
using content::Graph;

constexpr std::size_t kMostCovering = 12;
constexpr std::size_t kMostCitingReference = 5;  // documents named for one reference

void write_evidence(JsonWriter& w, const Document& document, const Assessment::Evidence& evidence) {
  if (evidence.snippet.empty()) return w.null("evidence");
  w.object("evidence", [&] {
    w.text("snippet", evidence.snippet);
    if (evidence.section) {
      cite_section(w, document, *evidence.section);
    } else {
      w.text("section", evidence.heading);
      w.text("section_uri", document.uri);
      w.text_or_null("section_link", document.provenance.link);
    }
  });
}

void write_risks(JsonWriter& w, const Assessment& assessment) {
  w.array("risks", [&] {
    for (const Assessment::Risk& risk : assessment.risks)
      w.object([&] {
        cite(w, *risk.document);
        w.score("score", risk.score);
        write_evidence(w, *risk.document, risk.evidence);
        w.boolean("of_similar_use_case", risk.of_similar_use_case);
      });
  });
}

void write_controls(JsonWriter& w, const Assessment& assessment) {
  w.number("mitigation_count", assessment.controls.size());
  w.array("mitigations", [&] {
    for (std::size_t i = 0; i < assessment.controls.size() && i < kMostCovering; ++i)
      w.object([&] {
        const Assessment::Control& control = assessment.controls[i];
        cite(w, *control.document);
        w.array("covers", [&] {
          for (const Document* risk : control.covers) cite_briefly(w, *risk);
        });
      });
  });
  w.array("uncovered", [&] {
    for (const Assessment::Risk& risk : assessment.risks) {
      const bool covered = std::any_of(
          assessment.controls.begin(), assessment.controls.end(), [&](const auto& control) {
            return std::find(control.covers.begin(), control.covers.end(), risk.document) !=
                   control.covers.end();
          });
      if (!covered) cite_briefly(w, *risk.document);
    }
  });
}

// By framework, because a supervisor asks about one law at a time.
void write_references(JsonWriter& w, const Graph& graph, const Assessment& assessment,
                      std::size_t limit) {
  std::vector<std::pair<const Document*, std::vector<const Assessment::Cited*>>> frameworks;
  std::map<const Document*, std::size_t> at;
  for (const Assessment::Cited& cited : assessment.references) {
    const Document* const framework = &graph.document(cited.entry);
    const auto [place, fresh] = at.emplace(framework, frameworks.size());
    if (fresh) frameworks.push_back({framework, {}});
    frameworks[place->second].second.push_back(&cited);
  }
  w.array("references", [&] {
    for (const auto& [framework, cited] : frameworks)
      w.object([&] {
        w.text("framework", framework->id);
        w.text("title", framework->title);
        w.text("uri", framework->uri);
        w.number("count", cited.size());
        w.array("entries", [&] {
          for (std::size_t i = 0; i < cited.size() && i < limit; ++i)
            w.object([&] {
              cite_entry(w, graph, cited[i]->entry);
              w.array("cited_by", [&] {
                const auto& by = cited[i]->by;
                for (std::size_t k = 0; k < by.size() && k < kMostCitingReference; ++k)
                  cite_briefly(w, *by[k]);
              });
            });
        });
      });
  });
}

void write_similar(JsonWriter& w, const Assessment& assessment) {
  if (!assessment.similar) return w.null("similar_use_case");
  w.object("similar_use_case", [&] {
    cite(w, *assessment.similar);
    w.text_or_null("description", assessment.similar->description);
    write_evidence(w, *assessment.similar, assessment.similar_evidence);
  });
}

ToolResult assess_described(const Json& arguments, ToolContext& context) {
  const gov::Result<Assessment> assessment = assess(context, *text_member(arguments, "description"),
                                                    number_argument(arguments, "limit", 8));
  if (!assessment) return ToolResult::error(assessment.status());
  const Graph& graph = context.generation->snapshot().graph();
  JsonWriter w(std::size_t{16} << 10u);
  w.object([&] {
    write_risks(w, *assessment);
    write_controls(w, *assessment);
    write_references(w, graph, *assessment,
                     number_argument(arguments, "references_per_framework", 4));
    write_similar(w, *assessment);
    w.text_or_null("message", assessment->risks.empty()
                                  ? "no risk matches this description; describe what the system "
                                    "does, for whom, with which data and which models"
                                  : "");
  });
  return ToolResult::json(std::string_view(std::move(w).take()));
}

}  // namespace

std::vector<Tool> assessment_tools() {
  const std::string brief = list_schema(kBriefSchema), citation(kCitationSchema);
  const std::string evidence = R"("evidence":{"type":["object","null"],
      "description":"the passage that fits","properties":{"snippet":{"type":"string"},)" +
                               std::string(kSectionCitationSchema) + "}}";
  std::vector<Tool> tools;
  tools.push_back(make_tool(
      "assess_use_case", "Assess Use Case",
      "Takes a description of an AI system in plain words and returns the risks that fit, each "
      "with the passage that says so, the mitigations that cover them, the laws and standards that "
      "a supervisor will ask about, and the documented use case that is most like it. Use it first "
      "for a new system; the more it says of data, users, models and actions, the better. Scores "
      "order risks, they are no probabilities. For a documented use case read get_use_case; for "
      "what is still missing go on with analyze_gaps.",
      R"({"type":"object","properties":{
        "description":{"type":"string","minLength":1,"maxLength":8000,
          "description":"what the system does, for whom, with which data, models and powers"},
        "limit":{"type":"integer","minimum":1,"maximum":20,"default":8,
          "description":"most risks wanted"},
        "references_per_framework":{"type":"integer","minimum":0,"maximum":20,"default":4,
          "description":"most entries of each framework"}},
        "required":["description"],"additionalProperties":false})",
      R"({"type":"object","properties":{"risks":)" +
          list_schema(citation + R"(,"score":{"type":"number","description":"of the best: 1"},)" +
                      evidence + R"(,"of_similar_use_case":{"type":"boolean"})") +
          R"(,"mitigation_count":{"type":"integer"},"mitigations":)" +
          list_schema(citation + R"(,"covers":)" + brief) + R"(,"uncovered":)" + brief +
          R"(,"references":)" +
          list_schema(R"("framework":{"type":"string"},"title":{"type":"string"},
            "uri":{"type":"string"},"count":{"type":"integer"},"entries":)" +
                      list_schema(std::string(kEntryCitationSchema) + R"(,"cited_by":)" + brief)) +
          R"(,"similar_use_case":{"type":["object","null"],"properties":{)" + citation +
          R"(,"description":{"type":["string","null"]},)" + evidence +
          R"(}},"message":{"type":["string","null"]}},
          "required":["risks","mitigations","references","similar_use_case"]})",
      assess_described));
  tools.back().searches = true;
  return tools;
}

}  // namespace govhost::mcp
