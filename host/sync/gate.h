// Whether new content of a source may replace the old one: an upstream that moved its folders or
// lost half of its files must not empty the answers.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "content/snapshot.h"

namespace govhost::sync {

struct GateSettings {
  std::map<std::string, std::size_t> require;  // kind to the least number of documents
  // Kind to what the front matter of each of its documents must have.
  std::map<std::string, std::vector<std::string>> attributes;
  double max_shrink = 0.5;  // the share of its documents that a source may lose at once
  double max_faulty = 0.5;  // that may have faults, unless as many had before
};

// Why the source's part of `next` is not taken, with what the operator can do; empty: it is. A
// `current` of null: there was nothing before.
std::string refusal(const GateSettings& gate, std::string_view source,
                    const content::Snapshot* current, const content::Snapshot& next);

}  // namespace govhost::sync
