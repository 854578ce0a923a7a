// All documents of one moment, linked and findable. Immutable: any number of threads may read one.
#pragma once

#include "content/document.h"
#include "content/entry_index.h"
#include "content/graph.h"
#include "content/kinds.h"
#include "content/limits.h"
#include "content/merkle.h"
#include "content/name_index.h"
#include "content/visibility.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::content {

// The outcome of looking up what a client calls a document.
struct Resolution {
  const Document* document = nullptr;
  std::vector<const Document*> candidates;  // two or more: the name is ambiguous

  explicit operator bool() const { return document != nullptr; }
  bool ambiguous() const { return candidates.size() > 1; }
};

// What goes over from an earlier snapshot without being read again.
struct Carried {
  const class Snapshot* from = nullptr;  // null: nothing
  // Whether the document of this source and key goes over, with its notes.
  std::function<bool(std::string_view source, std::string_view key)> keeps = {};
  // Whether its restrictions are decided anew, because others are in force.
  bool restrict_anew = false;
};

class Snapshot {
 public:
  // Sorted by kind (risk, mitigation, framework, usecase, then the others by name), then by the
  // bytes of the file name, then by source and key.
  std::span<const Document> documents() const { return documents_; }
  std::span<const Document> of_kind(std::string_view kind) const;
  std::vector<std::string_view> kinds() const;  // those present, in the order of documents()

  // By id, short id, public id, number (alone only where the kind is known or one document has it),
  // file name with or without its extension, key with or without "source:" before it, uri, title or
  // plain title; ignoring case and surrounding blanks. `kind` empty: any. Where a name is the id of
  // one document and the title of another, the id wins: a title is free text of any source.
  Resolution resolve(std::string_view kind, std::string_view name,
                     const Visibility& visible = {}) const;

  // Up to `limit` documents whose names are near to `name`, nearest first, for "did you mean".
  std::vector<const Document*> nearest(std::string_view kind, std::string_view name,
                                       std::size_t limit, const Visibility& visible = {}) const;

  // Documents whose links of this type point to `target` ("mitigates": who mitigates a risk).
  std::vector<const Document*> linking_to(const Document& target, std::string_view type) const;
  // Targets of the document's own links of this type, in the order written, without dangling ones.
  std::vector<const Document*> links_of(const Document& document, std::string_view type) const;

  // What every reader of the document sees. Valid as long as the snapshot.
  Visibility open_to(const Document& document) const;

  const Graph& graph() const { return graph_; }
  // Finds entries of frameworks by key, number or words of their titles. Made by the first call:
  // nothing that a start waits for needs it.
  const EntryIndex& entry_index() const { return entry_index_.get(); }

  // What was left out or read only in part.
  std::span<const Note> notes() const { return notes_; }

  // Merkle root over the sorted (source-relative path, sha256) pairs of the served documents, in
  // hex: equal content has equal digests on every replica.
  const std::string& digest() const { return digest_; }
  // What stands for it before a reader: nothing of what he may not see goes into it.
  std::string digest_for(const Visibility& visible) const;
  // Whether there may be documents that not every reader sees.
  bool restricts() const { return restrictions_ != 0; }
  // The documents of one source that the same readers see; none unless restricts(). By source, then
  // restrictions.
  struct Part {
    std::string source;
    std::uint64_t restrictions;
    std::string digest;
  };
  std::span<const Part> parts() const { return parts_; }
  // The part of one source; empty when it has no document here.
  std::string_view digest_of_source(std::string_view source) const;
  std::chrono::system_clock::time_point built_at() const { return built_at_; }

  // Reads the documents and links them. Never fails: what cannot be read becomes a note. A
  // restricted document, which not every reader sees, never decides what a name means that leads to
  // an open one too: the link's end would tell that it exists.
  static std::shared_ptr<const Snapshot> build(std::vector<RawDocument> raw,
                                               const std::vector<KindRule>& rules,
                                               std::vector<Note> notes = {},
                                               const ReadLimits& limits = {},
                                               const Restricting& restricting = {},
                                               const Carried& carried = {});

 private:
  Snapshot() = default;
  struct KindRange {
    std::string kind;
    std::size_t begin, end;
  };

  Lineage arrange(std::vector<Document> fresh, const Snapshot& before, const Carried& carried);
  void restrict_anew(const Restricting& restricting, const Lineage& lineage);
  void link();
  void compute_digest(const Lineage& lineage, const Snapshot& before);
  void note_repeated_ids();
  void note_repeated_id(std::size_t index, std::span<const std::size_t> same);
  bool holds(const Document& document) const;  // not one of another snapshot
  std::vector<const Document*> neighbours(const Document& document, std::string_view type,
                                          bool outward) const;
  std::optional<std::size_t> target_of(const Document& from, const Link& link) const;
  std::vector<const Document*> with_number(std::string_view kind, std::string_view digits,
                                           const Visibility& visible) const;

  std::vector<Document> documents_;
  std::uint64_t restrictions_ = 0;  // all that there are
  std::vector<Note> notes_;
  NameIndex names_;
  std::vector<KindRange> kinds_;
  Graph graph_;
  std::shared_future<EntryIndex> entry_index_;  // deferred
  std::string digest_;
  std::map<std::string, std::string, std::less<>> source_digests_;
  std::vector<Part> parts_;
  std::vector<std::uint32_t> by_key_;  // documents, as the leaves of the digests stand
  MerkleTree tree_;
  std::map<std::string, MerkleTree, std::less<>> source_trees_;
  std::chrono::system_clock::time_point built_at_{};
};

// The order of Snapshot::documents().
bool stands_before(const Document& a, const Document& b);

// The kind as it stands in a resource URI: "risks", "usecases", "policies".
std::string plural_of(std::string_view kind);

}  // namespace govhost::content
