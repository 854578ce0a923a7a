// The prompt assess_use_case
#include <algorithm>
#include <utility>

#include "mcp/prompts/families.h"
#include "mcp/prompts/passages.h"

namespace govhost::mcp {
namespace {

using content::Document;

constexpr std::size_t kMostRisks = 8;
constexpr std::size_t kControlsShown = 12;
constexpr std::size_t kEntriesPerFramework = 4;
constexpr std::size_t kFrameworksShown = 12;

std::string risks_text(const Assessment& assessment) {
  std::string out;
  for (const Assessment::Risk& risk : assessment.risks) {
    out += (out.empty() ? "" : "\n") + heading_of(*risk.document);
    out += risk.evidence.snippet.empty()
               ? section_text(*risk.document, {"Summary", "Overview", "Description"}) + '\n'
               : evidence_text(*risk.document, risk.evidence);
    if (risk.of_similar_use_case) out += "The similar documented use case names it too.\n";
  }
  return out.empty() ? "No risk of the knowledge base fits the description.\n" : out;
}

std::string controls_text(const Assessment& assessment) {
  std::string out;
  for (std::size_t i = 0; i < assessment.controls.size() && i < kControlsShown; ++i) {
    const Assessment::Control& control = assessment.controls[i];
    out += "- " + mention(*control.document) + ", answers ";
    for (std::size_t k = 0; k < control.covers.size(); ++k)
      out += (k == 0 ? "" : "; ") + control.covers[k]->title;
    out += '\n';
  }
  if (assessment.controls.size() > kControlsShown)
    out += "- and " + std::to_string(assessment.controls.size() - kControlsShown) +
           " more: the tool map_risks_to_mitigations lists them\n";
  return out.empty() ? "None is documented for these risks.\n" : out;
}

// By framework, as a supervisor asks; those that are cited most first.
std::string references_text(const ToolContext& context, const Assessment& assessment) {
  const content::Graph& graph = context.generation->snapshot().graph();
  std::vector<const Document*> frameworks;
  for (const Assessment::Cited& cited : assessment.references) {
    const Document* const framework = &graph.document(cited.entry);
    if (std::find(frameworks.begin(), frameworks.end(), framework) == frameworks.end())
      frameworks.push_back(framework);
  }
  if (frameworks.size() > kFrameworksShown) frameworks.resize(kFrameworksShown);
  std::string out;
  for (const Document* framework : frameworks) {
    out += mention(*framework) + '\n';
    std::size_t count = 0;
    for (const Assessment::Cited& cited : assessment.references)
      if (&graph.document(cited.entry) == framework && ++count <= kEntriesPerFramework)
        out += line_of_entry(*framework, *graph.node(cited.entry).entry);
    if (count > kEntriesPerFramework)
      out += "- and " + std::to_string(count - kEntriesPerFramework) + " more\n";
  }
  return out.empty() ? "None is cited by these risks and mitigations.\n" : out;
}

std::string similar_text(const Assessment& assessment) {
  if (!assessment.similar) return "None is documented.\n";
  return heading_of(*assessment.similar) +
         evidence_text(*assessment.similar, assessment.similar_evidence);
}

gov::Result<PromptAnswer> assess_use_case(const Json& a, ToolContext& context) {
  const std::string& description = *text_member(a, "description");
  const auto assessment = assess(context, description, kMostRisks);
  if (!assessment) return assessment.status();
  return PromptAnswer::text(
      "You review AI use cases for a bank. Assess the one below with the documents that follow. "
      "Cite them by their resource; where they are silent, say so instead of guessing.\n\n"
      "USE CASE:\n" +
      description + "\n\nRISKS THAT FIT, the most relevant first:\n" + risks_text(*assessment) +
      "\nMITIGATIONS:\n" + controls_text(*assessment) +
      "\nREFERENCES A SUPERVISOR WILL ASK ABOUT:\n" + references_text(context, *assessment) +
      "\nSIMILAR DOCUMENTED USE CASE:\n" + similar_text(*assessment) +
      "\nPlease state:\n1. which of the risks apply, and what in the use case makes them apply\n"
      "2. which do not, and why\n3. the mitigations to put in place before it goes live, and "
      "those that can follow\n4. what each of the references asks for here\n"
      "5. the questions to the owner of the use case that are still open\n"
      "6. your proposal: approve, approve with conditions, or refuse\n");
}

}  // namespace

std::vector<Prompt> assessment_prompts() {
  return {{"assess_use_case",
           "Use Case Assessment",
           "Assesses an AI use case: risks with their evidence, mitigations, references, and what "
           "to ask its owner",
           {{"description", "what the system does, for whom, with which data, models and powers",
             4000}},
           assess_use_case}};
}

}  // namespace govhost::mcp
