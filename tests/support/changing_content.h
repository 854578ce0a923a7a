// Content that changes a little from one snapshot to the next, as that of sources does.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "content/snapshot.h"
#include "support/secret_source.h"

namespace govhost::test {

// Documents of two sources, one of which not every reader sees, whose names collide and whose links
// come and go. Each step() changes a few.
class ChangingContent {
 public:
  using Place = std::pair<std::string, std::string>;  // source and key

  explicit ChangingContent(unsigned seed) : random_(seed) {
    for (int i = 0; i < 12; ++i) change(any_place());
    carried_ = whole();
  }

  // Read from nothing, all of it.
  std::shared_ptr<const content::Snapshot> whole() const {
    std::vector<content::RawDocument> raw;
    for (const auto& [place, bytes] : texts_) raw.push_back(raw_of(place, bytes));
    return build(std::move(raw), {});
  }
  // What came of the changes since the beginning, one after the other.
  const std::shared_ptr<const content::Snapshot>& carried() const { return carried_; }

  void step() {
    changed_.clear();
    for (std::size_t count = below(4); count > 0; --count) {
      const Place place = any_place();
      if (below(3) == 0)
        texts_.erase(place);
      else
        change(place);
      changed_.insert(place);
    }
    std::vector<content::RawDocument> raw;
    for (const Place& place : changed_)
      if (texts_.contains(place)) raw.push_back(raw_of(place, texts_.at(place)));
    const auto keeps = [this](std::string_view source, std::string_view key) {
      return !changed_.contains({std::string(source), std::string(key)});
    };
    carried_ = build(std::move(raw), {carried_.get(), keeps});
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::string any(std::initializer_list<const char*> of) {
    return *(of.begin() + below(of.size()));
  }

  Place any_place() {
    const std::string number = std::to_string(1 + below(4));
    const std::string key =
        any({"_risks/ri-", "_mitigations/mi-", "_data/law", "more/ri-", "note"});
    const bool law = key == "_data/law";
    return {any({"open", "secret"}),
            key + number + (law ? ".yml" : any({"_alpha", "_beta"}) + ".md")};
  }

  void change(const Place& place) {
    if (below(12) == 0) {
      texts_[place] = "not UTF-8: \xff";
    } else if (place.second.ends_with(".yml")) {
      texts_[place] = "a1:\n  title: " + any({"Logging", "Access"}) + "\n" +
                      (below(2) == 0 ? "a2:\n  title: Oversight\n" : "");
    } else {
      texts_[place] = "---\ntitle: " + any({"Alpha", "Beta", "1_alpha", "ri-2"}) +
                      (below(8) == 0 ? "\ntitle: Twice" : "") + "\nowner: Desk " +
                      std::to_string(below(3)) + "\nmitigates: [ri-" + std::to_string(below(5)) +
                      "]\nrelated_risks: [" + any({"ri-1", "alpha", "ri-3"}) +
                      "]\nlaw1_references: [" + any({"a1", "a2", "a3"}) + "]\n---\nOpening " +
                      std::to_string(below(100)) + ".\n\n## " + any({"Summary", "Detail"}) +
                      "\n\nWords.\n";
    }
  }

  static content::RawDocument raw_of(const Place& place, const std::string& bytes) {
    content::RawDocument raw;
    raw.source = place.first;
    raw.key = place.second;
    raw.bytes = bytes;
    return raw;
  }

  static std::shared_ptr<const content::Snapshot> build(std::vector<content::RawDocument> raw,
                                                        const content::Carried& carried) {
    return content::Snapshot::build(std::move(raw), content::aigf_profile(), {}, {},
                                    restricting_secret(), carried);
  }

  std::mt19937 random_;
  std::map<Place, std::string> texts_;
  std::set<Place> changed_;
  std::shared_ptr<const content::Snapshot> carried_;
};

}  // namespace govhost::test
