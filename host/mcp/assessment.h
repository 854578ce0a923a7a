// An AI system, described in plain words, assessed against the knowledge base: by search and the
// graph alone, so that equal content gives equal answers.
#pragma once

#include <gov/status.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "content/snapshot.h"
#include "mcp/tool.h"

namespace govhost::mcp {

struct Assessment {
  // What of a document fits the description.
  struct Evidence {
    const content::Section* section = nullptr;  // null: before the first heading, or none
    std::string heading, snippet;               // empty: the document's text does not tell
  };
  struct Risk {
    const content::Document* document = nullptr;
    double score = 0;  // of the best: 1
    Evidence evidence;
    bool of_similar_use_case = false;
  };
  struct Control {
    const content::Document* document = nullptr;
    std::vector<const content::Document*> covers;  // of the risks above, the most relevant first
    double weight = 0;                             // sum of their scores
  };
  struct Cited {
    content::NodeId entry = 0;
    std::vector<const content::Document*> by;  // of the risks and controls above
    double weight = 0;
  };

  std::vector<Risk> risks;                     // the most relevant first
  std::vector<Control> controls;               // those that cover most first
  std::vector<Cited> references;               // those that most of the above cite first
  const content::Document* similar = nullptr;  // the documented use case that fits best
  Evidence similar_evidence;
};

// At most `max_risks` risks, and all that they lead to. Fails when search does.
gov::Result<Assessment> assess(ToolContext& context, std::string_view description,
                               std::size_t max_risks);

// The controls and references that a list of risks leads to; fills those members of `out`.
void follow_risks(const ToolContext& context, Assessment& out);

// Sentences of a description that are worth a query of their own, at most eight.
std::vector<std::string_view> sentences_of(std::string_view description);

}  // namespace govhost::mcp
