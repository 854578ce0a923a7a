// The prompt control_gap_analysis
#include <algorithm>
#include <utility>

#include "content/coverage.h"
#include "core/text.h"
#include "mcp/prompts/families.h"
#include "mcp/prompts/passages.h"
#include "mcp/situation.h"

namespace govhost::mcp {
namespace {

using content::EdgeType;
using content::NodeId;

constexpr std::size_t kMostNames = 200;
constexpr std::size_t kMostListed = 60;  // documents of one list
constexpr std::size_t kRisksOfGaps = 12;
constexpr std::size_t kSteps = 6;
constexpr std::size_t kGapCandidates = 3;

// "mi-1, mi-2" as names; "none" as none.
Json names_of(std::string_view text) {
  Json out = Json::array();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;\n"), text.size());
    const std::string_view name = trim(text.substr(0, end));
    if (!name.empty()) out.push_back(name);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (out.size() == 1 && equals_ignoring_case(out[0].get_ref<const std::string&>(), "none"))
    out.clear();
  return out;
}

std::string why(const Lookup& lookup) {
  std::string out = lookup.message;
  for (std::size_t i = 0; i < lookup.candidates.size() && i < kGapCandidates; ++i)
    out += (i == 0 ? ": " : "; ") + mention(*lookup.candidates[i]);
  return out;
}

// A documented use case by its name, else a description in words, else everything. Returns what
// the scope is.
gov::Result<std::string> read_scope(ToolContext& context, const std::string* use_case,
                                    Situation& out) {
  if (!use_case || trim(*use_case).empty()) {
    out.add_all_risks(context);
    return std::string("all risks of the knowledge base");
  }
  if (const Lookup named = find_document(context, content::kUseCase, *use_case)) {
    out.add_risks_of(context, *named.document);
    return "the risks of " + mention(*named.document);
  }
  const auto assessment = assess(context, *use_case, kRisksOfGaps);
  if (!assessment) return assessment.status();
  std::vector<const content::Document*> risks;
  for (const Assessment::Risk& risk : assessment->risks) risks.push_back(risk.document);
  out.add_risks(context, risks);
  return "the risks that fit this description: " + *use_case;
}

class Text {
 public:
  Text(const ToolContext& context, const Situation& situation)
      : context_(context),
        situation_(situation),
        graph_(context.generation->snapshot().graph()),
        coverage_(
            content::cover(graph_, situation.risks, situation.in_place, kSteps, context.visible)) {}

  std::string written() const {
    std::string out = "IN PLACE (" + std::to_string(situation_.in_place.size()) + "):\n" +
                      list(situation_.in_place, [&](NodeId id) { return name(id); });
    if (!situation_.unresolved.empty()) out += "\nNAMES THAT LED NOWHERE:\n" + unresolved();
    out += "\nCOVERED (" + std::to_string(coverage_.covered.size()) + " of " +
           std::to_string(situation_.risks.size()) + "):\n" +
           list(coverage_.covered, [&](NodeId id) { return name(id) + by(id, true); });
    out += "\nNOT COVERED (" + std::to_string(coverage_.uncovered.size()) + "):\n" +
           list(coverage_.uncovered, [&](NodeId id) { return name(id) + by(id, false); });
    out += "\nWHAT WOULD COVER MOST OF THE REST, one after the other:\n" + next();
    if (!coverage_.unused.empty())
      out += "\nIN PLACE, BUT FOR NO RISK IN SCOPE:\n" +
             list(coverage_.unused, [&](NodeId id) { return name(id); });
    return out;
  }

 private:
  std::string name(NodeId id) const { return mention(graph_.document(id)); }

  template <class Line>
  static std::string list(const std::vector<NodeId>& ids, const Line& line) {
    std::string out;
    for (std::size_t i = 0; i < ids.size() && i < kMostListed; ++i)
      out += "- " + line(ids[i]) + '\n';
    if (ids.size() > kMostListed)
      out += "- and " + std::to_string(ids.size() - kMostListed) + " more\n";
    return out.empty() ? "none\n" : out;
  }

  std::string unresolved() const {
    std::string out;
    for (std::size_t i = 0; i < situation_.unresolved.size() && i < kMostListed; ++i)
      out += "- " + why(situation_.unresolved[i]) + '\n';
    return out;
  }

  // The mitigations of a risk: those in place, or all that it has.
  std::string by(NodeId risk, bool in_place) const {
    std::string out;
    for (const NodeId id : visible_of(context_, graph_.in(risk, EdgeType::kMitigates))) {
      const auto& mine = situation_.in_place;
      if (in_place && std::find(mine.begin(), mine.end(), id) == mine.end()) continue;
      out += (out.empty() ? (in_place ? ", by " : ", could be by ") : "; ") +
             graph_.document(id).title;
    }
    return out.empty() ? ", no mitigation is documented" : out;
  }

  std::string next() const {
    std::string out;
    for (const content::Coverage::Step& step : coverage_.next) {
      out += "- " + name(step.control) + ", adds ";
      for (std::size_t i = 0; i < step.adds.size() && i < kMostListed; ++i)
        out += (i == 0 ? "" : "; ") + graph_.document(step.adds[i]).title;
      out += '\n';
    }
    return out.empty() ? "nothing\n" : out;
  }

  const ToolContext& context_;
  const Situation& situation_;
  const content::Graph& graph_;
  const content::Coverage coverage_;
};

gov::Result<PromptAnswer> control_gap_analysis(const Json& a, ToolContext& context) {
  const Json names = names_of(*text_member(a, "mitigations"));
  if (names.size() > kMostNames)
    return gov::invalid("mitigations: names " + std::to_string(names.size()) + "; at most " +
                        std::to_string(kMostNames) + " are allowed");
  Situation situation;
  situation.add_controls(context, names);
  if (situation.in_place.empty() && !situation.unresolved.empty())
    return gov::invalid("mitigations: " + why(situation.unresolved[0]));
  const auto scope = read_scope(context, text_member(a, "use_case"), situation);
  if (!scope) return scope.status();
  return PromptAnswer::text(
      "You analyse control gaps for the AI risk committee of a bank. Below is what is in place and "
      "what the knowledge base links to it. A link says that a mitigation is meant for a risk, not "
      "that it is done well. Cite documents by their resource.\n\nSCOPE: " +
      *scope + "\n\n" + Text(context, situation).written() +
      "\nPlease state:\n1. the gaps, the most dangerous first, and why\n"
      "2. for each gap the mitigation to choose, its owner and the effort\n"
      "3. which covered risks deserve a second look: one mitigation alone, or a weak one\n"
      "4. what can be accepted, by whom and until when\n5. the evidence that an auditor will want "
      "of each mitigation in place\n");
}

}  // namespace

std::vector<Prompt> gap_prompts() {
  return {{"control_gap_analysis",
           "Control Gap Analysis",
           "Compares the mitigations in place with the risks in scope and plans what is missing",
           {{"mitigations",
             "in place, by id or title, separated by commas; or none",
             4000,
             {Completes::By::kIds, content::kMitigation}},
            {"use_case",
             "a documented use case, or a description in words; all risks when it is left out",
             4000,
             {Completes::By::kId, content::kUseCase},
             false}},
           control_gap_analysis}};
}

}  // namespace govhost::mcp
