// What a score is made of, for one hit.
#pragma once

#include "ranking.h"

#include <deque>
#include <span>
#include <string>
#include <vector>

namespace memory_search {

// Parts in the order in which they make the score: what each meaning adds, the factors, and what
// the whole document adds.
class Explanation {
 public:
  void add(std::string what, double value) {
    names_.push_back(std::move(what));
    parts_.push_back({gov::to_c(names_.back()), value});
  }
  std::span<const gov_score_part> parts() const { return parts_; }

 private:
  std::deque<std::string> names_;  // views into it stay valid
  std::vector<gov_score_part> parts_;
};

// `whole_document`: whether the ranking added what the document is worth.
Explanation explain(const View& view, const QueryTerms& query, const Ranked& hit,
                    bool whole_document, const Options& options);

}  // namespace memory_search
