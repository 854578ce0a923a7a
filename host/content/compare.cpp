#include "content/compare.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace govhost::content {
namespace {

// Two files of one source may have one id: the n-th is compared with the n-th.
std::unordered_map<std::string, const Document*> by_identity(const Snapshot& snapshot,
                                                             const Visibility& visible) {
  std::unordered_map<std::string, const Document*> out;
  std::unordered_map<std::string, std::size_t> seen;
  for (const Document& document : snapshot.documents()) {
    if (!visible.sees(document)) continue;
    const std::string name = document.provenance.source + '\n' + document.kind + '\n' + document.id;
    out.emplace(name + '\n' + std::to_string(seen[name]++), &document);
  }
  return out;
}

// The parts of a document as (name, text).
using Parts = std::vector<std::pair<std::string_view, std::string>>;

NameChanges compare_parts(const Parts& before, const Parts& after) {
  std::unordered_map<std::string_view, const std::string*> old;
  for (const auto& [name, text] : before) old.emplace(name, &text);
  NameChanges out;
  for (const auto& [name, text] : after) {
    const auto found = old.find(name);
    if (found == old.end()) {
      out.added.emplace_back(name);
      continue;
    }
    if (*found->second != text) out.changed.emplace_back(name);
    old.erase(found);
  }
  for (const auto& [name, text] : before) {
    const auto left = old.find(name);
    if (left != old.end() && left->second == &text) out.removed.emplace_back(name);
  }
  return out;
}

Parts sections_of(const Document& document) {
  Parts out;
  if (!document.entries.empty()) return out;  // the sections are written from the entries
  const std::string_view body = *document.body;
  const std::size_t first = document.sections.empty() ? body.size() : document.sections[0].begin;
  if (first > 0) out.emplace_back("", body.substr(0, first));
  for (const Section& section : document.sections)
    out.emplace_back(section.anchor, body.substr(section.begin, section.end - section.begin));
  return out;
}

Parts entries_of(const Document& document) {
  Parts out;
  for (const FrameworkEntry& entry : document.entries)
    out.emplace_back(
        entry.key, entry.title + '\n' + entry.url + '\n' + entry.description + '\n' + entry.issuer);
  return out;
}

struct LinkNames {
  std::vector<LinkName> seen;    // sorted
  std::vector<LinkName> hidden;  // sorted; as written, as if they led nowhere
};

LinkNames links_of(const Snapshot& snapshot, const Document& document, const Visibility& visible) {
  LinkNames out;
  for (const Link& link : document.links) {
    const Document* const target = link.document ? &snapshot.documents()[*link.document] : nullptr;
    if (target != nullptr && visible.sees(*target)) {
      out.seen.push_back({link.type, target->id, false});
    } else {
      (target == nullptr ? out.seen : out.hidden).push_back({link.type, link.target, true});
    }
  }
  for (const Reference& reference : document.references) {
    const bool dangling = !reference.place;
    const bool seen = dangling || visible.sees(snapshot.documents()[reference.place->document]);
    (seen ? out.seen : out.hidden)
        .push_back({reference.framework, reference.entry, dangling || !seen});
  }
  std::sort(out.seen.begin(), out.seen.end());
  std::sort(out.hidden.begin(), out.hidden.end());
  out.seen.erase(std::unique(out.seen.begin(), out.seen.end()), out.seen.end());
  return out;
}

// A name that led nowhere and now leads to what the reader may not see has not changed for him.
void drop_hidden(std::vector<LinkName>& links, const std::vector<LinkName>& hidden) {
  std::erase_if(links, [&](const LinkName& link) {
    return std::binary_search(hidden.begin(), hidden.end(), link);
  });
}

// Without what is compared as links.
nlohmann::json attributes_of(const Document& document) {
  nlohmann::json out = *document.attributes;
  for (const Link& link : document.links) out.erase(link.type);
  for (const Reference& reference : document.references) {
    out.erase(reference.framework + "_references");
  }
  return out;
}

bool compare_documents(const Snapshot& before, const Snapshot& after, const Visibility& visible,
                       DocumentChange& change) {
  const Document &a = *change.before, &b = *change.after;
  LinkNames old_names = links_of(before, a, visible), new_names = links_of(after, b, visible);
  drop_hidden(old_names.seen, new_names.hidden);
  drop_hidden(new_names.seen, old_names.hidden);
  const auto &old_links = old_names.seen, &new_links = new_names.seen;
  std::set_difference(new_links.begin(), new_links.end(), old_links.begin(), old_links.end(),
                      std::back_inserter(change.links_added));
  std::set_difference(old_links.begin(), old_links.end(), new_links.begin(), new_links.end(),
                      std::back_inserter(change.links_removed));
  const bool linked = !change.links_added.empty() || !change.links_removed.empty();
  if (a.provenance.sha256 == b.provenance.sha256) return linked;
  change.title = a.title != b.title;
  change.attributes = attributes_of(a) != attributes_of(b);
  change.sections = compare_parts(sections_of(a), sections_of(b));
  change.entries = compare_parts(entries_of(a), entries_of(b));
  return true;
}

}  // namespace

std::vector<DocumentChange> compare(const Snapshot& before, const Snapshot& after,
                                    const Visibility& visible) {
  std::vector<DocumentChange> out;
  auto old = by_identity(before, visible);
  const auto current = by_identity(after, visible);
  std::unordered_map<const Document*, const Document*> was;  // by the document now
  for (const auto& [name, document] : current) {
    const auto found = old.find(name);
    if (found == old.end()) continue;
    was.emplace(document, found->second);
    old.erase(found);
  }
  for (const Document& document : after.documents()) {
    if (!visible.sees(document)) continue;
    DocumentChange change;
    change.after = &document;
    const auto found = was.find(&document);
    if (found != was.end()) {
      change.before = found->second;
      if (!compare_documents(before, after, visible, change)) continue;
    }
    out.push_back(std::move(change));
  }
  std::vector<const Document*> removed;
  for (const auto& [name, document] : old) removed.push_back(document);
  std::sort(removed.begin(), removed.end());  // of one array: its order
  for (const Document* document : removed) {
    DocumentChange change;
    change.before = document;
    out.push_back(std::move(change));
  }
  return out;
}

}  // namespace govhost::content
