#include "search/passages.h"

#include <functional>
#include <utility>

#include "core/text.h"
#include "search/readable.h"

namespace govhost::search {
namespace {

std::uint32_t tag_of(std::string_view id) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>{}(id) >> 32u);
}

}  // namespace

Passages::Passages(const content::Snapshot& snapshot) : slots_(1024) {
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
  while (find(id)) id += "'";
  if (2 * (all_.size() + 1) > slots_.size()) grow();
  Slot& slot = slots_[place_of(id)];
  all_.push_back(
      {std::move(id), std::string(heading), std::move(text), place, is_reading_list(heading)});
  slot = {tag_of(all_.back().id), static_cast<std::uint32_t>(all_.size())};
}

void Passages::grow() {
  slots_.assign(slots_.size() * 2, {});
  for (std::size_t i = 0; i < all_.size(); ++i)
    slots_[place_of(all_[i].id)] = {tag_of(all_[i].id), static_cast<std::uint32_t>(i + 1)};
}

std::size_t Passages::place_of(std::string_view id) const {
  const std::size_t hash = std::hash<std::string_view>{}(id);
  const auto tag = static_cast<std::uint32_t>(hash >> 32u);
  for (std::size_t at = hash;; ++at) {
    const Slot& slot = slots_[at & (slots_.size() - 1)];
    const bool here = slot.passage == 0 || (slot.tag == tag && all_[slot.passage - 1].id == id);
    if (here) return at & (slots_.size() - 1);
  }
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
  const Slot& slot = slots_[place_of(id)];
  return slot.passage == 0 ? nullptr : &all_[slot.passage - 1];
}

}  // namespace govhost::search
