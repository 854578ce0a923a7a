// Snapshot::link: what the front matter names is looked up among the documents.
#include "content/snapshot.h"
#include "core/text.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

namespace govhost::content {
namespace {

std::string_view kind_of_target(std::string_view type) {
  return type == "related_mitigations" ? kMitigation : kRisk;
}

// All entries of all frameworks as "framework\nentry" in lower case.
std::unordered_set<std::string> entry_names(std::span<const Document> frameworks) {
  std::unordered_set<std::string> names;
  for (const Document& framework : frameworks) {
    const std::string prefix = lower(framework.id) + '\n';
    names.insert(prefix);
    for (const FrameworkEntry& entry : framework.entries) names.insert(prefix + lower(entry.key));
  }
  return names;
}

// Names that lead nowhere, gathered so that one list makes one note however long it is.
class Dangling {
 public:
  void add(std::string_view list, std::string_view name, std::size_t line) {
    Names& names = lists_[std::string(list)];
    if (names.count++ == 0) names.line = line;
    if (names.count <= kMaxNamed) names.text.append(names.text.empty() ? "" : ", ").append(name);
  }

  void report(const Provenance& from, std::string_view missing, std::vector<Note>& notes) const {
    std::size_t reported = 0;
    for (const auto& [list, names] : lists_) {
      if (++reported > kMaxLists) break;
      std::string message = from.key;
      if (names.line > 0) message += ", line " + std::to_string(names.line);
      message += ": '" + list + "' names " + names.text;
      if (names.count > kMaxNamed) {
        message += " and " + std::to_string(names.count - kMaxNamed) + " more";
      }
      message.append(", ").append(missing);
      notes.push_back({from.source, from.key, names.line, std::move(message)});
    }
  }

 private:
  static constexpr std::size_t kMaxNamed = 5;
  static constexpr std::size_t kMaxLists = 20;
  struct Names {
    std::size_t count = 0, line = 0;
    std::string text;
  };
  std::map<std::string, Names> lists_;
};

}  // namespace

std::optional<std::size_t> Snapshot::target_of(const Document& from, const Link& link) const {
  const Resolution found = resolve(kind_of_target(link.type), link.target);
  if (found) return index_of(*found.document);
  // Two sources may both have a "ri-10": a document means that of its own source.
  std::optional<std::size_t> own;
  for (const Document* candidate : found.candidates) {
    if (candidate->provenance.source != from.provenance.source) continue;
    if (own) return std::nullopt;
    own = index_of(*candidate);
  }
  return own;
}

void Snapshot::link() {
  const std::unordered_set<std::string> entries = entry_names(of_kind(kFramework));
  linked_from_.resize(documents_.size());
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    Document& document = documents_[i];
    Dangling links, references;
    for (Link& link : document.links) {
      link.document = target_of(document, link);
      if (!link.document) {
        links.add(link.type, link.target, link.line);
      } else if (auto& from = linked_from_[*link.document]; from.empty() || from.back() != i) {
        from.push_back(i);
      }
    }
    for (Reference& reference : document.references) {
      const std::string framework = lower(reference.framework) + '\n';
      reference.resolved = entries.contains(framework + lower(reference.entry));
      if (reference.resolved) continue;
      references.add(reference.framework + "_references", reference.entry, reference.line);
    }
    links.report(document.provenance,
                 "which no document, or more than one, answers to; correct the name", notes_);
    references.report(document.provenance, "which no framework holds; correct the key", notes_);
  }
}

}  // namespace govhost::content
