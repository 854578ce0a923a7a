#include "mcp/prompts.h"

#include <algorithm>

#include "core/text.h"
#include "core/utf8.h"
#include "mcp/answers.h"
#include "mcp/finder.h"
#include "mcp/lookup.h"

namespace govhost::mcp {
namespace {

constexpr std::size_t kFrameworkExcerpt = 6000;  // bytes: some hundred entries
constexpr std::size_t kSectionExcerpt = 800;
constexpr std::size_t kHits = 3;

std::string excerpt(std::string_view text, std::size_t bytes) {
  std::string out(trim(utf8_prefix(text, bytes)));
  if (text.size() > bytes) out += "...";
  return out;
}

// The first of the named sections that the document has, else its beginning.
std::string section_text(const content::Document& d,
                         std::initializer_list<std::string_view> names) {
  const std::string_view body = d.body;
  for (const std::string_view name : names)
    for (const content::Section& s : d.sections)
      if (equals_ignoring_case(s.heading, name))
        return excerpt(trim(body.substr(s.text, s.subtree_end - s.text)), kSectionExcerpt);
  return excerpt(body, kSectionExcerpt);
}

// Documents of the kind that the words find, each with its telling section.
gov::Result<std::string> found_documents(std::string_view kind, std::string words,
                                         std::initializer_list<std::string_view> sections,
                                         std::string_view none, ToolContext& context) {
  std::replace(words.begin(), words.end(), '-', ' ');
  const auto found = find(context, {words, {kind}, {}, kHits});
  if (!found) return found.status();
  std::string out;
  for (const search::Found& hit : found->hits) {
    if (!out.empty()) out += "\n\n";
    out += "### " + hit.document->title + " (" + hit.document->id + ")\n" +
           section_text(*hit.document, sections);
  }
  return out.empty() ? std::string(none) : out;
}

gov::Result<PromptAnswer> analyze_framework_compliance(const Json& a, ToolContext& context) {
  const std::string& framework = *text_member(a, "framework");
  const content::Snapshot& snapshot = context.generation->snapshot();
  const content::Resolution found =
      snapshot.resolve(content::kFramework, framework, context.visible);
  const std::string text =
      found ? excerpt(found.document->body, kFrameworkExcerpt)
            : *text_member(Json::parse(missing_framework(
                               framework, !sees_any(context, content::kFramework), {})),
                           "content");
  return PromptAnswer::text(
      "You are an expert in AI governance and compliance with " + framework +
      ". Judge the use case below against this framework.\n\nFRAMEWORK: " + framework +
      "\n\nFRAMEWORK CONTENT:\n" + text + "\n\nUSE CASE TO ANALYZE:\n" +
      *text_member(a, "use_case") +
      "\n\nPlease state:\n1. the requirements of the framework that apply to the use case\n"
      "2. the risks, and the mitigations that answer them\n"
      "3. the sections of the framework to cite, by key and title\n"
      "4. the next steps, in order of urgency\n");
}

gov::Result<PromptAnswer> risk_assessment_analysis(const Json& a, ToolContext& context) {
  const std::string& category = *text_member(a, "risk_category");
  const auto documents =
      found_documents(content::kRisk, category, {"Summary", "Overview", "Description"},
                      "No specific documentation found for this risk category.", context);
  if (!documents) return documents.status();
  return PromptAnswer::text(
      "You are a risk assessor for AI systems in financial services. Assess the scenario "
      "below.\n\n"
      "RISK CATEGORY: " +
      category + "\n\nSCENARIO: " + *text_member(a, "context") +
      "\n\nRELEVANT RISK DOCUMENTATION:\n" + *documents +
      "\n\nPlease state:\n1. how likely the risk is, and why\n2. its impact on customers, the "
      "firm and its "
      "duties\n3. the factors that raise or lower it here\n4. the mitigations to put in place\n"
      "5. what to monitor, and the thresholds to act on\n");
}

gov::Result<PromptAnswer> mitigation_strategy_prompt(const Json& a, ToolContext& context) {
  const std::string& risk = *text_member(a, "risk_type");
  const auto documents =
      found_documents(content::kMitigation, risk, {"Purpose", "Summary", "Overview"},
                      "No specific mitigation documentation found for this risk type.", context);
  if (!documents) return documents.status();
  return PromptAnswer::text(
      "You plan controls for AI systems in financial services. Write a mitigation strategy for "
      "the "
      "system below.\n\nRISK TYPE: " +
      risk + "\n\nAI SYSTEM: " + *text_member(a, "system_description") +
      "\n\nAVAILABLE MITIGATION STRATEGIES:\n" + *documents +
      "\n\nPlease give:\n1. preventive controls\n2. detective controls\n3. corrective controls\n"
      "4. the technical measures they need\n5. how to monitor that they work\n"
      "6. a timeline with the resources needed\n");
}

}  // namespace

PromptAnswer PromptAnswer::text(std::string_view text) {
  return {{{{"role", "user"}, {"content", {{"type", "text"}, {"text", text}}}}}};
}

Json Prompt::describe() const {
  Json list = Json::array();
  for (const PromptArgument& a : arguments)
    list.push_back({{"name", a.name}, {"description", a.description}, {"required", true}});
  return {{"name", name},
          {"title", title},
          {"description", description},
          {"icons", {icon(Picture::kDocument)}},
          {"arguments", std::move(list)}};
}

std::string Prompt::check(const Json& given) const {
  for (const PromptArgument& a : arguments) {
    const Json* const value = member(given, a.name);
    if (!value) return a.name + ": is required";
    if (!value->is_string()) return a.name + ": must be a string";
    const std::size_t length = count_code_points(value->get_ref<const std::string&>());
    if (length == 0) return a.name + ": must not be empty";
    if (length > a.max_length)
      return a.name + ": has " + std::to_string(length) + " characters; at most " +
             std::to_string(a.max_length) + " are allowed";
  }
  if (given.is_object())
    for (const auto& [key, value] : given.items())
      if (std::none_of(arguments.begin(), arguments.end(),
                       [&](const PromptArgument& a) { return a.name == key; }))
        return key + ": is no argument of this prompt";
  return {};
}

std::vector<Prompt> all_prompts() {
  return {
      {"analyze_framework_compliance",
       "Framework Compliance Analysis",
       "Judges a use case against a regulatory or industry framework",
       {{"framework", "id from list_frameworks, for example eu-ai-act", 128, {content::kFramework}},
        {"use_case", "what the AI system does, for whom, with which data", 4000}},
       analyze_framework_compliance},
      {"risk_assessment_analysis",
       "Risk Assessment Analysis",
       "Assesses an AI risk in a scenario, with the risk documentation at hand",
       {{"risk_category",
         "a risk or topic, for example data-poisoning",
         128,
         {content::kRisk, true}},
        {"context", "the scenario to assess", 4000}},
       risk_assessment_analysis},
      {"mitigation_strategy_prompt",
       "Mitigation Strategy Planning",
       "Plans mitigations for an AI risk in a given system",
       {{"risk_type", "a risk or topic, for example prompt injection", 128, {content::kRisk, true}},
        {"system_description", "the AI system to protect", 4000}},
       mitigation_strategy_prompt},
  };
}

}  // namespace govhost::mcp
