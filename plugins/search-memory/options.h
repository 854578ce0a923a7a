// What an operator may set.
#pragma once

#include <gov/plugin.hpp>

namespace memory_search {

struct Options {
  float k1 = 2.0f;
  float b = 0.6f;
  float title_weight = 4.0f;
  float heading_weight = 2.5f;
  float attributes_weight = 0.5f;
  float text_weight = 1.0f;
  float phrase_bonus = 0.5f;
  float coordination = 0.4f;
  float spread = 0.9f;
  float document_weight = 0.7f;
};

inline constexpr const char* kOptionsSchema = R"({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "k1": {"type": "number", "minimum": 0.1, "maximum": 10, "default": 2,
      "description": "How much further occurrences of a word add: the smaller, the sooner they stop to count."},
    "b": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.6,
      "description": "How much long fields are held back: 0 not at all, 1 in proportion to their length."},
    "title_weight": {"type": "number", "minimum": 0.1, "maximum": 100, "default": 4,
      "description": "What an occurrence in the document's title counts."},
    "heading_weight": {"type": "number", "minimum": 0.1, "maximum": 100, "default": 2.5,
      "description": "What an occurrence in the passage's heading counts."},
    "attributes_weight": {"type": "number", "minimum": 0.05, "maximum": 100, "default": 0.5,
      "description": "What an occurrence in the attributes of the document counts."},
    "text_weight": {"type": "number", "minimum": 0.1, "maximum": 100, "default": 1,
      "description": "What an occurrence in the passage's text counts."},
    "phrase_bonus": {"type": "number", "minimum": 0, "maximum": 10, "default": 0.5,
      "description": "Raises the score by this share when all neighbouring words of the query are neighbours in the passage; 0 turns it off."},
    "coordination": {"type": "number", "minimum": 0, "maximum": 4, "default": 0.4,
      "description": "How much passages that hold only some of the query's words are held back: 0 not at all."},
    "spread": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.9,
      "description": "What further words of one meaning add to the best one: 0 nothing, 1 all."},
    "document_weight": {"type": "number", "minimum": 0, "maximum": 10, "default": 0.7,
      "description": "What the whole document counts beside the passage; 0 turns it off."}
  }
})";

gov::Result<Options> read_options(const gov::Config& config);

}  // namespace memory_search
