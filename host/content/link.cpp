// Snapshot::link: what the front matter names is looked up among the documents.
#include "content/snapshot.h"
#include "core/text.h"

#include <algorithm>
#include <future>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace govhost::content {
namespace {

std::string_view kind_of_target(std::string_view type) {
  return type == "related_mitigations" ? kMitigation : kRisk;
}

// All entries of all frameworks, by the name of framework and entry without regard to case.
class Entries {
 public:
  // Of several the first that everybody sees, else the first.
  Entries(std::span<const Document> documents, const Visibility& everybody) {
    for (std::size_t i = 0; i < documents.size(); ++i)
      if (everybody.sees(documents[i])) add(documents[i], i);
    for (std::size_t i = 0; i < documents.size(); ++i)
      if (!everybody.sees(documents[i])) add(documents[i], i);
  }

  // Two sources may hold a framework of one id: a document means that of its own source.
  std::optional<EntryPlace> find(const Document& from, const Reference& reference) const {
    const std::string name = name_of(reference.framework, reference.entry);
    auto found = places_.find(from.provenance.source + '\n' + name);
    if (found == places_.end()) found = places_.find(name);
    if (found == places_.end()) return std::nullopt;
    return found->second;
  }

 private:
  void add(const Document& framework, std::size_t index) {
    for (std::size_t e = 0; e < framework.entries.size(); ++e) {
      const std::string name = name_of(framework.id, framework.entries[e].key);
      places_.emplace(name, EntryPlace{index, e});
      places_.emplace(framework.provenance.source + '\n' + name, EntryPlace{index, e});
    }
  }
  static std::string name_of(std::string_view framework, std::string_view entry) {
    return lower(framework) + '\n' + lower(entry);
  }
  std::unordered_map<std::string, EntryPlace> places_;
};

// Names that lead nowhere, gathered so that one list makes one note however long it is.
class Dangling {
 public:
  void add(std::string_view list, std::string_view name, std::size_t line) {
    Names& names = lists_[std::string(list)];
    if (names.count++ == 0) names.line = line;
    if (names.count <= kMaxNamed) names.text.append(names.text.empty() ? "" : ", ").append(name);
  }

  void report(const Document& document, std::string_view missing, std::vector<Note>& notes) const {
    const Provenance& from = document.provenance;
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
      notes.push_back({from.source,
                       from.key,
                       names.line,
                       std::move(message),
                       false,
                       {},
                       /*of_links=*/true,
                       document.restrictions});
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

Visibility Snapshot::open_to(const Document& document) const {
  return Visibility(restrictions_ & ~document.restrictions);
}

std::optional<std::size_t> Snapshot::target_of(const Document& from, const Link& link) const {
  const std::string_view kind = kind_of_target(link.type);
  Resolution found = resolve(kind, link.target, open_to(from));
  if (!found && !found.ambiguous() && restrictions_ != 0) found = resolve(kind, link.target);
  if (found) return static_cast<std::size_t>(found.document - documents_.data());
  // Two sources may both have a "ri-10": a document means that of its own source.
  std::optional<std::size_t> own;
  for (const Document* candidate : found.candidates) {
    if (candidate->provenance.source != from.provenance.source) continue;
    if (own) return std::nullopt;
    own = static_cast<std::size_t>(candidate - documents_.data());
  }
  return own;
}

void Snapshot::link() {
  const Entries entries(documents_, Visibility(restrictions_));
  for (Document& document : documents_) {
    Dangling links, references;
    for (Link& link : document.links) {
      link.document = target_of(document, link);
      if (!link.document) links.add(link.type, link.target, link.line);
    }
    for (Reference& reference : document.references) {
      reference.place = entries.find(document, reference);
      if (reference.place) continue;
      references.add(reference.framework + "_references", reference.entry, reference.line);
    }
    links.report(document, "which no document, or more than one, answers to; correct the name",
                 notes_);
    references.report(document, "which no framework holds; correct the key", notes_);
  }
  graph_ = Graph(documents_);
  entry_index_ = std::async(std::launch::deferred, [this] { return EntryIndex(graph_); });
}

}  // namespace govhost::content
