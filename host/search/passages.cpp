#include "search/passages.h"

#include <utility>

#include "core/text.h"
#include "search/readable.h"

namespace govhost::search {

Passages::Passages(const content::Snapshot& snapshot) {
  for (std::size_t i = 0; i < snapshot.documents().size(); ++i) {
    const content::Document& document = snapshot.documents()[i];
    if (document.entries.empty())
      add_sections(i, document);
    else
      add_entries(i, document);
  }
}

void Passages::add(std::string id, std::string_view heading, std::string text, Place place) {
  // Two sources may hold documents of one id: the second gets an id of its own.
  while (by_id_.contains(id)) id += "'";
  by_id_.emplace(id, all_.size());
  all_.push_back(
      {std::move(id), std::string(heading), std::move(text), place, is_reading_list(heading)});
}

void Passages::add_sections(std::size_t index, const content::Document& document) {
  const std::string prefix = document.kind + "/" + document.id + "#";
  const std::size_t first =
      document.sections.empty() ? document.body.size() : document.sections[0].begin;
  const std::string_view body = document.body;
  const std::string_view opening = trim(body.substr(0, first));
  // A document without any text below its headings is still found by its title.
  if (!opening.empty() || document.sections.empty())
    add(prefix, document.plain_title, readable(opening), {index, std::nullopt, std::nullopt});
  for (std::size_t s = 0; s < document.sections.size(); ++s) {
    const content::Section& section = document.sections[s];
    add(prefix + section.anchor, section.heading,
        readable(body.substr(section.text, section.end - section.text)), {index, s, std::nullopt});
  }
}

void Passages::add_entries(std::size_t index, const content::Document& framework) {
  const std::string prefix = framework.kind + "/" + framework.id + "#";
  for (std::size_t e = 0; e < framework.entries.size(); ++e) {
    const content::FrameworkEntry& entry = framework.entries[e];
    std::string text = entry.title + " (" + entry.key + ")";
    if (!entry.description.empty()) text += ": " + entry.description;
    add(prefix + entry.key, entry.title, std::move(text), {index, std::nullopt, e});
  }
}

const PassageText* Passages::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &all_[found->second];
}

}  // namespace govhost::search
