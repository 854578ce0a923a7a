// What an answer is made of: the passages that a backend found, grouped into documents.
#pragma once

#include <gov/abi/search.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "content/snapshot.h"
#include "search/passages.h"
#include "search/snippet.h"

namespace govhost::search {

// One answer, naming the snapshot's own documents.
struct Found {
  const content::Document* document = nullptr;
  const content::Section* section = nullptr;       // null: before the first heading, or an entry
  const content::FrameworkEntry* entry = nullptr;  // of a framework
  double score = 0;
  std::string heading;                         // what to call the place; never empty
  std::string snippet;                         // one line that holds the match where the text does
  std::vector<Snippet::Mark> highlights = {};  // of the snippet
  // What the score is made of, when asked for.
  std::vector<std::pair<std::string, double>> parts = {};
};

struct Results {
  std::vector<Found> hits;
  std::size_t total = 0;  // documents (of frameworks: entries) that match
  std::shared_ptr<const content::Snapshot> snapshot;  // keeps the pointers of the hits alive
};

// A hit of the backend that is one of the snapshot's passages.
struct Collected {
  const PassageText* passage;
  std::size_t document;  // index of Snapshot::documents()
  double score;
  std::vector<gov_range> matches;
  std::vector<std::pair<std::string, double>> parts;
};

// The best documents, each by the passage that shows best why. `all` is sorted, best first. Equal
// scores stand in the snapshot's own order, so that every replica answers alike.
void add_documents(const std::vector<Collected>& all, std::size_t limit, Results& results);

// Frameworks answer with entries: few of each, so that the largest does not drown the rest.
void add_entries(const std::vector<Collected>& all, std::size_t limit, std::size_t of_each,
                 Results& results);

}  // namespace govhost::search
