#include "mcp/assessment.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "core/text.h"
#include "core/utf8.h"
#include "mcp/finder.h"

namespace govhost::mcp {
namespace {

using content::Document;
using content::EdgeType;
using content::Graph;
using content::NodeId;

constexpr std::size_t kMaxWhole = 2000;    // bytes of one query: later words tell little more
constexpr std::size_t kMaxSentence = 400;  // bytes
constexpr std::size_t kMaxSentences = 8;
constexpr std::size_t kMinSentence = 12;  // bytes: shorter ones are names and interjections
constexpr std::size_t kHits = 20;
// The description as a whole finds its themes, single sentences find what is said in passing.
constexpr double kWholeShare = 0.6, kSentenceShare = 0.4;
// A risk that somebody has documented for a similar use case.
constexpr double kUseCaseShare = 0.2;
constexpr double kLeast = 0.15;            // of the best score, to be shown
constexpr double kControlsCitation = 0.5;  // weight of what a control cites, beside a risk

struct Score {
  double whole = 0, sentence = 0;
  bool of_use_case = false;
  Assessment::Evidence evidence;

  double sum() const {
    return kWholeShare * whole + kSentenceShare * sentence + (of_use_case ? kUseCaseShare : 0);
  }
};

using Scores = std::map<NodeId, Score>;

Assessment::Evidence evidence_of(const search::Found& hit) {
  return {hit.section, hit.heading, hit.snippet};
}

gov::Result<search::Results> ask(ToolContext& context, std::string_view text,
                                 std::string_view kind) {
  return find(context, {text, {kind}, {}, kHits});
}

gov::Status score_whole(ToolContext& context, std::string_view text, Scores& scores) {
  const Graph& graph = context.generation->snapshot().graph();
  const auto found = ask(context, text, content::kRisk);
  if (!found) return found.status();
  if (found->hits.empty() || found->hits[0].score <= 0) return {};
  for (const search::Found& hit : found->hits) {
    Score& score = scores[graph.id_of(*hit.document)];
    score.whole = hit.score / found->hits[0].score;
    score.evidence = evidence_of(hit);
  }
  return {};
}

// Scores of all sentences are compared with the best of all, so that one of common words does not
// count as much as one that says something.
gov::Status score_sentences(ToolContext& context, std::string_view description, Scores& scores) {
  const std::vector<std::string_view> sentences = sentences_of(description);
  if (sentences.size() < 2) {
    for (auto& [risk, score] : scores) score.sentence = score.whole;
    return {};
  }
  const Graph& graph = context.generation->snapshot().graph();
  double best = 0;
  for (const std::string_view sentence : sentences) {
    const auto found = ask(context, sentence, content::kRisk);
    if (!found) return found.status();
    for (const search::Found& hit : found->hits) {
      Score& score = scores[graph.id_of(*hit.document)];
      if (hit.score <= score.sentence) continue;
      score.sentence = hit.score;
      score.evidence = evidence_of(hit);
      best = std::max(best, hit.score);
    }
  }
  for (auto& [risk, score] : scores) score.sentence = best > 0 ? score.sentence / best : 0;
  return {};
}

// The use case that fits best, of those that name risks when there are any.
gov::Status find_similar(ToolContext& context, std::string_view text, Assessment& out) {
  const Graph& graph = context.generation->snapshot().graph();
  const auto found = ask(context, text, content::kUseCase);
  if (!found) return found.status();
  const auto names_risks = [&](const search::Found& hit) {
    const auto risks = graph.out(graph.id_of(*hit.document), EdgeType::kRelatedRisks);
    return std::any_of(risks.begin(), risks.end(),
                       [&](NodeId risk) { return context.visible.sees(graph.document(risk)); });
  };
  auto best = std::find_if(found->hits.begin(), found->hits.end(), names_risks);
  if (best == found->hits.end()) best = found->hits.begin();
  if (best == found->hits.end()) return {};
  out.similar = best->document;
  out.similar_evidence = evidence_of(*best);
  return {};
}

void rank(const Graph& graph, Scores scores, std::size_t max_risks, Assessment& out) {
  double best = 0;
  for (const auto& [risk, score] : scores) best = std::max(best, score.sum());
  for (auto& [risk, score] : scores) {
    if (best <= 0 || score.sum() < kLeast * best) continue;
    out.risks.push_back(
        {&graph.document(risk), score.sum() / best, std::move(score.evidence), score.of_use_case});
  }
  std::stable_sort(out.risks.begin(), out.risks.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  if (out.risks.size() > max_risks) out.risks.resize(max_risks);
}

template <class Item>
std::vector<Item> by_weight(std::map<NodeId, Item> items) {
  std::vector<Item> out;
  out.reserve(items.size());
  for (auto& [id, item] : items) out.push_back(std::move(item));
  std::stable_sort(out.begin(), out.end(),
                   [](const Item& a, const Item& b) { return a.weight > b.weight; });
  return out;
}

}  // namespace

std::vector<std::string_view> sentences_of(std::string_view description) {
  std::vector<std::string_view> out;
  while (!description.empty() && out.size() < kMaxSentences) {
    const std::size_t end = std::min(description.find_first_of(".!?;\n"), description.size());
    const std::string_view sentence = trim(utf8_prefix(description.substr(0, end), kMaxSentence));
    if (sentence.size() >= kMinSentence) out.push_back(sentence);
    description.remove_prefix(std::min(end + 1, description.size()));
  }
  return out;
}

void follow_risks(const ToolContext& context, Assessment& out) {
  const Graph& graph = context.generation->snapshot().graph();
  std::map<NodeId, Assessment::Control> controls;
  std::map<NodeId, Assessment::Cited> cited;
  const auto cite = [&](const Document& by, double weight) {
    for (const NodeId entry : graph.out(graph.id_of(by), EdgeType::kReferences)) {
      if (!context.visible.sees(graph.document(entry))) continue;
      Assessment::Cited& item = cited[entry];
      item.entry = entry;
      item.by.push_back(&by);
      item.weight += weight;
    }
  };
  for (const Assessment::Risk& risk : out.risks) {
    cite(*risk.document, risk.score);
    for (const NodeId id : graph.in(graph.id_of(*risk.document), EdgeType::kMitigates)) {
      if (!context.visible.sees(graph.document(id))) continue;
      Assessment::Control& control = controls[id];
      control.document = &graph.document(id);
      control.covers.push_back(risk.document);
      control.weight += risk.score;
    }
  }
  out.controls = by_weight(std::move(controls));
  for (const Assessment::Control& control : out.controls)
    cite(*control.document, kControlsCitation * control.weight);
  out.references = by_weight(std::move(cited));
}

gov::Result<Assessment> assess(ToolContext& context, std::string_view description,
                               std::size_t max_risks) {
  const std::string_view whole = trim(utf8_prefix(description, kMaxWhole));
  Scores scores;
  Assessment out;
  if (gov::Status status = score_whole(context, whole, scores); !status.ok()) return status;
  if (gov::Status status = score_sentences(context, description, scores); !status.ok())
    return status;
  if (gov::Status status = find_similar(context, whole, out); !status.ok()) return status;
  const Graph& graph = context.generation->snapshot().graph();
  if (out.similar) {
    for (const NodeId risk : graph.out(graph.id_of(*out.similar), EdgeType::kRelatedRisks))
      if (context.visible.sees(graph.document(risk))) scores[risk].of_use_case = true;
  }
  rank(graph, std::move(scores), max_risks, out);
  follow_risks(context, out);
  return out;
}

}  // namespace govhost::mcp
