// The three prompts of the reference contract: its labels and questions, fed by search and links.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/text.h"
#include "mcp/answers.h"
#include "mcp/finder.h"
#include "mcp/lookup.h"
#include "mcp/prompts/families.h"
#include "mcp/prompts/passages.h"

namespace govhost::mcp {
namespace {

using content::Document;
using content::EdgeType;
using content::FrameworkEntry;

constexpr std::size_t kFrameworkExcerpt = 6000;  // bytes: some hundred entries
constexpr std::size_t kHitsOfTopic = 3;
constexpr std::size_t kMostMitigations = 8;
constexpr std::size_t kRisksOfUseCase = 8;
constexpr std::size_t kMostEntries = 20;

std::string words_of(std::string text) {
  std::replace(text.begin(), text.end(), '-', ' ');
  return text;
}

// The document that the words name, then those that they find.
gov::Result<std::vector<const Document*>> found_documents(ToolContext& context,
                                                          std::string_view kind,
                                                          const std::string& text) {
  std::vector<const Document*> out;
  if (const Lookup named = find_document(context, kind, text)) out.push_back(named.document);
  const std::string words = words_of(text);
  const auto found = find(context, {words, {kind}, {}, kHitsOfTopic});
  if (!found) return found.status();
  for (const search::Found& hit : found->hits)
    if (out.size() < kHitsOfTopic && std::find(out.begin(), out.end(), hit.document) == out.end())
      out.push_back(hit.document);
  return out;
}

std::string written(const ToolContext& context, const std::vector<const Document*>& documents,
                    std::initializer_list<std::string_view> sections, std::string_view none) {
  std::string out;
  for (const Document* each : documents)
    out += (out.empty() ? "" : "\n\n") + heading_of(*each) + section_text(*each, sections) +
           links_text(context, *each);
  return out.empty() ? std::string(none) : out;
}

// The part of a framework that a use case needs: what the risks that fit it and their mitigations
// cite, and what its words find.
class FrameworkText {
 public:
  FrameworkText(ToolContext& context, const Document& framework, const std::string& use_case)
      : context_(context), framework_(framework) {
    out_ = heading_of(framework) + std::to_string(framework.entries.size()) + " entries\n";
    add_cited(use_case);
    add_found(use_case);
    add_rest();
  }
  std::string take() && { return std::move(out_); }

 private:
  void add(const std::string& title, const FrameworkEntry& entry, const std::string& more = {}) {
    if (!seen_.insert(&entry).second) return;
    if (std::exchange(title_, title) != title) out_ += '\n' + title + ":\n";
    out_ += line_of_entry(framework_, entry) + more;
  }

  void add_cited(const std::string& use_case) {
    const auto assessment = assess(context_, use_case, kRisksOfUseCase);
    if (!assessment) {  // the framework itself can still be read
      out_ += "\nSearch is unavailable: which entries matter here has to be judged.\n";
      return;
    }
    const content::Graph& graph = context_.generation->snapshot().graph();
    for (const Assessment::Cited& cited : assessment->references) {
      const content::Node node = graph.node(cited.entry);
      if (node.document != &framework_ || seen_.size() == kMostEntries) continue;
      std::string by;
      for (std::size_t i = 0; i < cited.by.size() && i < kHitsOfTopic; ++i)
        by += (i == 0 ? "  cited by " : "; ") + mention(*cited.by[i]);
      add("Entries that risks of this use case and their mitigations cite", *node.entry, by + '\n');
    }
  }

  void add_found(const std::string& use_case) {
    search::Request request{use_case, {content::kFramework}, {}, kMostEntries};
    request.framework = framework_.id;
    const auto found = find(context_, std::move(request));
    if (!found) return;
    for (const search::Found& hit : found->hits)
      if (hit.document == &framework_ && hit.entry) add("Entries that its words find", *hit.entry);
  }

  void add_rest() {
    const std::size_t end = out_.size() + kFrameworkExcerpt;
    std::size_t left = framework_.entries.size() - seen_.size();
    for (const FrameworkEntry& entry : framework_.entries) {
      if (out_.size() > end) break;
      if (seen_.contains(&entry)) continue;
      add("The others, in the order of the framework", entry);
      --left;
    }
    if (left > 0) out_ += "and " + std::to_string(left) + " more: get_framework lists them all\n";
  }

  ToolContext& context_;
  const Document& framework_;
  std::unordered_set<const FrameworkEntry*> seen_;
  std::string out_, title_;
};

gov::Result<PromptAnswer> analyze_framework_compliance(const Json& a, ToolContext& context) {
  const std::string& framework = *text_member(a, "framework");
  const std::string& use_case = *text_member(a, "use_case");
  const Lookup found = find_framework(context, framework);
  const std::string text =
      found ? FrameworkText(context, *found.document, use_case).take()
            : *text_member(Json::parse(missing_framework(
                               framework, !sees_any(context, content::kFramework), {})),
                           "content");
  return PromptAnswer::text(
      "You are an expert in AI governance and compliance with " + framework +
      ". Judge the use case below against this framework.\n\nFRAMEWORK: " + framework +
      "\n\nFRAMEWORK CONTENT:\n" + text + "\n\nUSE CASE TO ANALYZE:\n" + use_case +
      "\n\nPlease state:\n1. the requirements of the framework that apply to the use case\n"
      "2. the risks, and the mitigations that answer them\n"
      "3. the sections of the framework to cite, by key and title\n"
      "4. the next steps, in order of urgency\n");
}

gov::Result<PromptAnswer> risk_assessment_analysis(const Json& a, ToolContext& context) {
  const std::string& category = *text_member(a, "risk_category");
  const auto risks = found_documents(context, content::kRisk, category);
  if (!risks) return risks.status();
  return PromptAnswer::text(
      "You are a risk assessor for AI systems in financial services. Assess the scenario "
      "below.\n\nRISK CATEGORY: " +
      category + "\n\nSCENARIO: " + *text_member(a, "context") +
      "\n\nRELEVANT RISK DOCUMENTATION:\n" +
      written(context, *risks, {"Summary", "Overview", "Description"},
              "No specific documentation found for this risk category.") +
      "\n\nPlease state:\n1. how likely the risk is, and why\n2. its impact on customers, the "
      "firm and its duties\n3. the factors that raise or lower it here\n"
      "4. the mitigations to put in place, with the resource that says so\n"
      "5. what to monitor, and the thresholds to act on\n");
}

// Those that mitigate the risk, then those that its words find.
gov::Result<std::vector<const Document*>> mitigations_for(ToolContext& context,
                                                          const std::string& risk) {
  const content::Graph& graph = context.generation->snapshot().graph();
  const auto risks = found_documents(context, content::kRisk, risk);
  if (!risks) return risks.status();
  std::vector<const Document*> out;
  if (!risks->empty())
    for (const content::NodeId id :
         visible_of(context, graph.in(graph.id_of(*risks->front()), EdgeType::kMitigates)))
      if (out.size() < kMostMitigations) out.push_back(&graph.document(id));
  const auto found = found_documents(context, content::kMitigation, risk);
  if (!found) return found.status();
  for (const Document* each : *found)
    if (out.size() < kMostMitigations && std::find(out.begin(), out.end(), each) == out.end())
      out.push_back(each);
  return out;
}

gov::Result<PromptAnswer> mitigation_strategy_prompt(const Json& a, ToolContext& context) {
  const std::string& risk = *text_member(a, "risk_type");
  const auto mitigations = mitigations_for(context, risk);
  if (!mitigations) return mitigations.status();
  return PromptAnswer::text(
      "You plan controls for AI systems in financial services. Write a mitigation strategy for "
      "the system below.\n\nRISK TYPE: " +
      risk + "\n\nAI SYSTEM: " + *text_member(a, "system_description") +
      "\n\nAVAILABLE MITIGATION STRATEGIES:\n" +
      written(context, *mitigations, {"Purpose", "Summary", "Overview"},
              "No specific mitigation documentation found for this risk type.") +
      "\n\nPlease give:\n1. preventive controls\n2. detective controls\n3. corrective controls\n"
      "4. the technical measures they need\n5. how to monitor that they work\n"
      "6. a timeline with the resources needed\n");
}

}  // namespace

std::vector<Prompt> contract_prompts() {
  using By = Completes::By;
  return {
      {"analyze_framework_compliance",
       "Framework Compliance Analysis",
       "Judges a use case against a regulatory or industry framework",
       {{"framework",
         "id from list_frameworks, for example eu-ai-act",
         128,
         {By::kId, content::kFramework}},
        {"use_case", "what the AI system does, for whom, with which data", 4000}},
       analyze_framework_compliance},
      {"risk_assessment_analysis",
       "Risk Assessment Analysis",
       "Assesses an AI risk in a scenario, with the risk documentation at hand",
       {{"risk_category",
         "a risk or topic, for example data-poisoning",
         128,
         {By::kTitle, content::kRisk}},
        {"context", "the scenario to assess", 4000}},
       risk_assessment_analysis},
      {"mitigation_strategy_prompt",
       "Mitigation Strategy Planning",
       "Plans mitigations for an AI risk in a given system",
       {{"risk_type",
         "a risk or topic, for example prompt injection",
         128,
         {By::kTitle, content::kRisk}},
        {"system_description", "the AI system to protect", 4000}},
       mitigation_strategy_prompt},
  };
}

}  // namespace govhost::mcp
