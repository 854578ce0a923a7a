#include "content/snapshot.h"

#include "content/reader.h"
#include "core/digest.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <map>
#include <set>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

namespace govhost::content {
namespace {

std::size_t rank_of(std::string_view kind) {
  static constexpr std::array<std::string_view, 4> kOrder = {kRisk, kMitigation, kFramework,
                                                             kUseCase};
  return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), kind) - kOrder.begin());
}

auto order_of(const Document& document) {
  return std::make_tuple(
      rank_of(document.kind), std::string_view(document.kind), std::string_view(document.filename),
      std::string_view(document.provenance.source), std::string_view(document.provenance.key));
}

// On two threads: reading is most of the time that a start takes, and documents do not depend on
// each other.
std::vector<DocumentRead> read_all(std::vector<RawDocument> raw, const std::vector<KindRule>& rules,
                                   const ReadLimits& limits) {
  std::vector<DocumentRead> reads(raw.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < raw.size(); i = next++) {
      reads[i] = read_document(std::move(raw[i]), rules, limits);
    }
  };
  constexpr std::size_t kWorthAThread = 16;
  std::thread helper;
  try {
    if (raw.size() >= kWorthAThread) helper = std::thread(work);
  } catch (const std::system_error&) {
    // At the limit of threads this one does all the work.
  }
  work();
  if (helper.joinable()) helper.join();
  return reads;
}

}  // namespace

bool stands_before(const Document& a, const Document& b) { return order_of(a) < order_of(b); }

std::shared_ptr<const Snapshot> Snapshot::build(std::vector<RawDocument> raw,
                                                const std::vector<KindRule>& rules,
                                                std::vector<Note> notes, const ReadLimits& limits,
                                                const Restricting& restricting,
                                                const Carried& carried) {
  static const Snapshot kNothing;
  const Snapshot& before = carried.from != nullptr ? *carried.from : kNothing;
  const std::shared_ptr<Snapshot> snapshot(new Snapshot());
  snapshot->restrictions_ = restricting.all;
  snapshot->notes_ = std::move(notes);
  if (restricting.unread)
    for (Note& note : snapshot->notes_) note.restrictions = restricting.unread(note.source);
  std::vector<Document> fresh;
  fresh.reserve(raw.size());
  for (DocumentRead& read : read_all(std::move(raw), rules, limits)) {
    std::uint64_t restrictions = 0;
    if (read.document && restricting.of)
      restrictions = read.document->restrictions = restricting.of(*read.document);
    for (Note& note : read.notes)
      note.restrictions =
          !read.document && restricting.unread ? restricting.unread(note.source) : restrictions;
    if (read.document) fresh.push_back(std::move(*read.document));
    std::move(read.notes.begin(), read.notes.end(), std::back_inserter(snapshot->notes_));
  }
  std::copy_if(
      before.notes_.begin(), before.notes_.end(), std::back_inserter(snapshot->notes_),
      [&](const Note& note) { return !note.of_links && carried.keeps(note.source, note.key); });
  const Lineage lineage = snapshot->arrange(std::move(fresh), before, carried);
  if (carried.restrict_anew) snapshot->restrict_anew(restricting, lineage);
  snapshot->names_ = NameIndex(snapshot->documents_, lineage, before.names_);
  snapshot->link();
  snapshot->note_repeated_ids();
  // By place, so that two replicas that fetched in another order report the same.
  std::stable_sort(snapshot->notes_.begin(), snapshot->notes_.end(),
                   [](const Note& a, const Note& b) {
                     return std::tie(a.source, a.key, a.line) < std::tie(b.source, b.key, b.line);
                   });
  snapshot->compute_digest(lineage, before);
  snapshot->built_at_ = std::chrono::system_clock::now();
  return snapshot;
}

// Merges what goes over, which is in order, with what was read.
Lineage Snapshot::arrange(std::vector<Document> fresh, const Snapshot& before,
                          const Carried& carried) {
  std::stable_sort(fresh.begin(), fresh.end(), stands_before);
  Lineage lineage;
  lineage.moved.assign(before.documents_.size(), Lineage::kGone);
  documents_.reserve(fresh.size() + before.documents_.size());
  const auto here = [&] { return static_cast<std::uint32_t>(documents_.size()); };
  auto next = fresh.begin();
  const auto take_fresh = [&] {
    lineage.fresh.push_back(here());
    documents_.push_back(std::move(*next++));
  };
  for (std::size_t i = 0; i < before.documents_.size(); ++i) {
    const Document& old = before.documents_[i];
    if (!carried.keeps(old.provenance.source, old.provenance.key)) continue;
    while (next != fresh.end() && stands_before(*next, old)) take_fresh();
    lineage.moved[i] = here();
    documents_.push_back(old);
  }
  while (next != fresh.end()) take_fresh();
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    if (kinds_.empty() || kinds_.back().kind != documents_[i].kind)
      kinds_.push_back({documents_[i].kind, i, i});
    kinds_.back().end = i + 1;
  }
  return lineage;
}

// Of what went over, and of the notes about it.
void Snapshot::restrict_anew(const Restricting& restricting, const Lineage& lineage) {
  using Place = std::pair<std::string_view, std::string_view>;
  std::map<Place, std::uint64_t> carried;
  for (const std::uint32_t index : lineage.moved) {
    if (index == Lineage::kGone) continue;
    Document& document = documents_[index];
    document.restrictions = restricting.of ? restricting.of(document) : 0;
    carried.emplace(Place(document.provenance.source, document.provenance.key),
                    document.restrictions);
  }
  std::set<Place> fresh;
  for (const std::uint32_t index : lineage.fresh)
    fresh.emplace(documents_[index].provenance.source, documents_[index].provenance.key);
  for (Note& note : notes_) {
    const Place place(note.source, note.key);
    if (fresh.contains(place)) continue;
    const auto about = carried.find(place);
    note.restrictions = about != carried.end() ? about->second
                        : restricting.unread   ? restricting.unread(note.source)
                                               : 0;
  }
}

void Snapshot::note_repeated_ids() {
  names_.each_group([this](std::span<const std::uint64_t> group) {
    std::vector<std::size_t> same;  // of one id, ascending
    for (const std::uint64_t entry : group) {
      const std::size_t index = NameIndex::index_of(entry);
      const auto of_id = names_.find(lower(documents_[index].id));
      if (!of_id.empty() && of_id.front() == group.front()) same.push_back(index);
    }
    for (const std::size_t index : same) note_repeated_id(index, same);
  });
}

// `same` ascends: one earlier document of this kind and id is enough for a note, best one that
// every reader of this one sees.
void Snapshot::note_repeated_id(std::size_t index, std::span<const std::size_t> same) {
  const Document& document = documents_[index];
  const Visibility open = open_to(document);
  const Document* first = nullptr;
  for (const std::size_t other : same) {
    if (other == index) break;
    const Document& earlier = documents_[other];
    if (earlier.kind != document.kind || !equals_ignoring_case(earlier.id, document.id)) continue;
    if (first == nullptr || open.sees(earlier)) first = &earlier;
    if (open.sees(*first)) break;
  }
  if (first == nullptr) return;
  const Provenance& from = document.provenance;
  const Provenance& earlier = first->provenance;
  notes_.push_back(
      {from.source, from.key, 0,
       from.key + ": its id '" + document.id + "' is also that of " + earlier.source + ":" +
           earlier.key + "; both are served, rename one of them so that the id is clear",
       false, earlier.source, /*of_links=*/true, document.restrictions | first->restrictions});
}

// The leaves stand by key, then sha256, which needs no sorting of those that go over.
void Snapshot::compute_digest(const Lineage& lineage, const Snapshot& before) {
  const auto earlier = [this](std::uint32_t a, std::uint32_t b) {
    const Provenance &x = documents_[a].provenance, &y = documents_[b].provenance;
    return std::tie(x.key, x.sha256) < std::tie(y.key, y.sha256);
  };
  std::vector<std::uint32_t> fresh = lineage.fresh, carried;
  std::sort(fresh.begin(), fresh.end(), earlier);
  for (const std::uint32_t old : before.by_key_)
    if (lineage.moved[old] != Lineage::kGone) carried.push_back(lineage.moved[old]);
  by_key_.reserve(documents_.size());
  std::merge(carried.begin(), carried.end(), fresh.begin(), fresh.end(),
             std::back_inserter(by_key_), earlier);

  std::vector<Digest> all;
  std::map<std::string_view, std::vector<Digest>> of_source;
  std::map<std::string_view, std::map<std::uint64_t, std::string>> parts;  // leaves, in order
  all.reserve(by_key_.size());
  for (const std::uint32_t index : by_key_) {
    const Document& document = documents_[index];
    const Digest& leaf = document.provenance.leaf;
    all.push_back(leaf);
    of_source[document.provenance.source].push_back(leaf);
    if (restrictions_ != 0)
      parts[document.provenance.source][document.restrictions].append(
          reinterpret_cast<const char*>(leaf.data()), leaf.size());
  }
  for (const auto& [source, own] : parts)
    for (const auto& [restrictions, leaves] : own)
      parts_.push_back({std::string(source), restrictions, to_hex(sha256(leaves))});
  static const MerkleTree kNone;
  for (auto& [source, own] : of_source) {
    const auto old = before.source_trees_.find(source);
    const auto at = source_trees_.emplace(
        source,
        MerkleTree(std::move(own), old == before.source_trees_.end() ? kNone : old->second));
    source_digests_.emplace(source, to_hex(at.first->second.root()));
  }
  tree_ = MerkleTree(std::move(all), before.tree_);
  digest_ = to_hex(tree_.root());
}

std::string_view Snapshot::digest_of_source(std::string_view source) const {
  const auto found = source_digests_.find(source);
  return found == source_digests_.end() ? std::string_view() : found->second;
}

std::string Snapshot::digest_for(const Visibility& visible) const {
  if (visible.everything()) return digest_;
  // Of the parts' digests: every answer to such a reader needs it.
  std::string seen;
  for (const Part& part : parts_)
    if (visible.sees(part.restrictions)) seen += part.digest;
  return to_hex(sha256(seen));
}

}  // namespace govhost::content
