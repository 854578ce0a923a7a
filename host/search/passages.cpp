#include "search/passages.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <unordered_set>
#include <utility>

#include "content/side_by_side.h"
#include "core/text.h"
#include "search/readable.h"

namespace govhost::search {
namespace {

using Texts = std::vector<PassageText>;

std::size_t hash_of(std::string_view id) { return std::hash<std::string_view>{}(id); }

std::uint32_t tag_of(std::size_t hash) { return static_cast<std::uint32_t>(hash >> 32u); }

void add(Texts& texts, std::string id, std::string_view heading, std::string text, Place place) {
  const std::size_t hash = hash_of(id);
  texts.push_back({std::move(id), std::string(heading), std::move(text), place,
                   is_reading_list(heading), hash});
}

void add_sections(Texts& texts, const std::string& prefix, const content::Document& document) {
  const std::string_view body = *document.body;
  const std::size_t first = document.sections.empty() ? body.size() : document.sections[0].begin;
  const std::string_view opening = trim(body.substr(0, first));
  // A document without any text below its headings is still found by its title.
  if (!opening.empty() || document.sections.empty())
    add(texts, prefix, document.plain_title, readable(opening), {});
  for (std::size_t s = 0; s < document.sections.size(); ++s) {
    const content::Section& section = document.sections[s];
    add(texts, prefix + section.anchor, section.heading,
        readable(body.substr(section.text, section.end - section.text)), {s, std::nullopt});
  }
}

void add_entries(Texts& texts, const std::string& prefix, const content::Document& framework) {
  std::unordered_set<std::string> ids;
  for (std::size_t e = 0; e < framework.entries.size(); ++e) {
    const content::FrameworkEntry& entry = framework.entries[e];
    std::string text = entry.title + " (" + entry.key + ")";
    if (!entry.description.empty()) text += ": " + entry.description;
    // A file may write one key twice.
    std::string id = prefix + entry.key;
    while (!ids.insert(id).second) id += "'";
    add(texts, std::move(id), entry.title, std::move(text), {std::nullopt, e});
  }
}

std::shared_ptr<const Texts> texts_of(const content::Document& document) {
  auto texts = std::make_shared<Texts>();
  const std::string prefix = document.kind + "/" + document.id + "#";
  texts->reserve(std::max(document.sections.size() + 1, document.entries.size()));
  if (document.entries.empty())
    add_sections(*texts, prefix, document);
  else
    add_entries(*texts, prefix, document);
  return texts;
}

}  // namespace

Passages::Passages(const content::Snapshot& snapshot) : documents_(snapshot.documents().size()) {
  for (std::size_t i = 0; i < documents_.size(); ++i)
    documents_[i] = texts_of(snapshot.documents()[i]);
  make_table();
}

Passages::Passages(const content::Snapshot& snapshot, const content::Snapshot& before,
                   const Passages& passages_before)
    : documents_(snapshot.documents().size()) {
  const auto texts = [&](std::optional<std::size_t> old, std::size_t now) {
    const content::Document& document = snapshot.documents()[now];
    if (!old || !before.documents()[*old].body.shares(document.body)) return texts_of(document);
    // What had to be renamed there may have its own name here.
    if (passages_before.renamed_.contains(*old)) return texts_of(document);
    return passages_before.documents_[*old];
  };
  content::side_by_side(before, snapshot, [&](auto old, auto now) {
    if (now) documents_[*now] = texts(old, *now);
  });
  make_table();
}

void Passages::make_table() {
  for (const auto& texts : documents_) size_ += texts->size();
  slots_.resize(std::bit_ceil(size_ + size_ / 3 + 8));
  for (std::size_t document = 0; document < documents_.size(); ++document) {
    const Texts& texts = *documents_[document];
    if (std::any_of(texts.begin(), texts.end(), [this](const PassageText& t) { return taken(t); }))
      rename(document);
    for (const PassageText& text : *documents_[document])
      slots_[place_of(text.id, text.hash)] = {&text, tag_of(text.hash),
                                              static_cast<std::uint32_t>(document)};
  }
}

// Two sources may hold documents of one id: the second gets ids of its own.
void Passages::rename(std::size_t document) {
  auto texts = std::make_shared<Texts>(*documents_[document]);
  std::unordered_set<std::string_view> own;
  for (PassageText& text : *texts) {
    while (taken(text) || own.contains(text.id)) {
      text.id += "'";
      text.hash = hash_of(text.id);
    }
    own.insert(text.id);
  }
  documents_[document] = std::move(texts);
  renamed_.insert(document);
}

bool Passages::taken(const PassageText& text) const {
  return slots_[place_of(text.id, text.hash)].text != nullptr;
}

std::size_t Passages::place_of(std::string_view id, std::size_t hash) const {
  for (std::size_t at = hash;; ++at) {
    const Slot& slot = slots_[at & (slots_.size() - 1)];
    const bool here = slot.text == nullptr || (slot.tag == tag_of(hash) && slot.text->id == id);
    if (here) return at & (slots_.size() - 1);
  }
}

FoundPassage Passages::find(std::string_view id) const {
  const Slot& slot = slots_[place_of(id, hash_of(id))];
  return {slot.text, slot.document};
}

}  // namespace govhost::search
