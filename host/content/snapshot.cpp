#include "content/snapshot.h"

#include "content/reader.h"
#include "core/digest.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
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

std::string as_bytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// The tree of RFC 6962, 2.1: the prefixes keep a leaf from passing for an inner node.
Digest merkle_root(const std::vector<std::string>& leaves) {
  if (leaves.empty()) return sha256({});
  std::vector<Digest> level;
  level.reserve(leaves.size());
  for (const std::string& leaf : leaves) level.push_back(sha256(std::string(1, '\0') + leaf));
  while (level.size() > 1) {
    std::size_t written = 0;
    for (std::size_t i = 0; i < level.size(); i += 2) {
      level[written++] = i + 1 == level.size()
                             ? level[i]
                             : sha256('\x01' + as_bytes(level[i]) + as_bytes(level[i + 1]));
    }
    level.resize(written);
  }
  return level[0];
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

std::shared_ptr<const Snapshot> Snapshot::build(std::vector<RawDocument> raw,
                                                const std::vector<KindRule>& rules,
                                                std::vector<Note> notes, const ReadLimits& limits,
                                                std::vector<std::string> restricted,
                                                const Carried& carried) {
  const std::shared_ptr<Snapshot> snapshot(new Snapshot());
  snapshot->restricted_ = std::move(restricted);
  snapshot->notes_ = std::move(notes);
  snapshot->documents_.reserve(raw.size());
  for (DocumentRead& read : read_all(std::move(raw), rules, limits)) {
    if (read.document) snapshot->documents_.push_back(std::move(*read.document));
    std::move(read.notes.begin(), read.notes.end(), std::back_inserter(snapshot->notes_));
  }
  if (carried.from != nullptr) snapshot->carry(carried);
  snapshot->sort();
  snapshot->index_names();
  snapshot->link();
  snapshot->note_repeated_ids();
  // By place, so that two replicas that fetched in another order report the same.
  std::stable_sort(snapshot->notes_.begin(), snapshot->notes_.end(),
                   [](const Note& a, const Note& b) {
                     return std::tie(a.source, a.key, a.line) < std::tie(b.source, b.key, b.line);
                   });
  snapshot->compute_digest();
  snapshot->built_at_ = std::chrono::system_clock::now();
  return snapshot;
}

void Snapshot::carry(const Carried& carried) {
  for (const Document& document : carried.from->documents_) {
    if (!carried.keeps(document.provenance.source, document.provenance.key)) continue;
    Document& own = documents_.emplace_back(document);
    for (Link& link : own.links) link.document.reset();
    for (Reference& reference : own.references) reference.place.reset();
  }
  std::copy_if(
      carried.from->notes_.begin(), carried.from->notes_.end(), std::back_inserter(notes_),
      [&](const Note& note) { return !note.of_links && carried.keeps(note.source, note.key); });
}

void Snapshot::sort() {
  std::stable_sort(documents_.begin(), documents_.end(),
                   [](const Document& a, const Document& b) { return order_of(a) < order_of(b); });
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    if (kinds_.empty() || kinds_.back().kind != documents_[i].kind) {
      kinds_.push_back({documents_[i].kind, i, i});
    }
    kinds_.back().end = i + 1;
  }
}

void Snapshot::index_names() {
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    const Document& document = documents_[i];
    const Provenance& from = document.provenance;
    const std::string uri = percent_decode(document.uri).value_or(document.uri);
    const std::string_view filename = document.filename;
    const std::string place = from.source + ":" + from.key;
    for (const std::string_view name : std::initializer_list<std::string_view>{
             document.id, document.short_id, document.public_id, filename,
             filename.substr(0, filename.rfind('.')), uri, document.title, document.plain_title,
             from.key, place}) {
      if (name.empty()) continue;
      std::vector<std::size_t>& found = by_name_[lower(name)];
      if (found.empty() || found.back() != i) found.push_back(i);
    }
  }
}

void Snapshot::note_repeated_ids() {
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    const Document& document = documents_[i];
    const auto& same = by_name_.at(lower(document.id));
    const Visibility open = open_to(document);
    // The list ascends: one earlier document of this kind and id is enough for a note, best one
    // that every reader of this one sees.
    const Document* first = nullptr;
    for (const std::size_t other : same) {
      if (other == i) break;
      const Document& earlier = documents_[other];
      if (earlier.kind != document.kind || !equals_ignoring_case(earlier.id, document.id)) continue;
      if (first == nullptr || open.sees(earlier)) first = &earlier;
      if (open.sees(*first)) break;
    }
    if (first == nullptr) continue;
    const Provenance& from = document.provenance;
    const Provenance& earlier = first->provenance;
    notes_.push_back({from.source, from.key, 0,
                      from.key + ": its id '" + document.id + "' is also that of " +
                          earlier.source + ":" + earlier.key +
                          "; both are served, rename one of them so that the id is clear",
                      false, earlier.source, /*of_links=*/true});
  }
}

void Snapshot::compute_digest() {
  std::vector<std::string> leaves;
  std::map<std::string_view, std::vector<std::string>> of_source;
  leaves.reserve(documents_.size());
  for (const Document& document : documents_) {
    leaves.push_back(document.provenance.key + '\0' + document.provenance.sha256);
    of_source[document.provenance.source].push_back(leaves.back());
  }
  const auto root_of = [](std::vector<std::string>& all) {
    std::sort(all.begin(), all.end());
    return to_hex(merkle_root(all));
  };
  digest_ = root_of(leaves);
  for (auto& [source, own] : of_source) source_digests_.emplace(source, root_of(own));
}

std::string_view Snapshot::digest_of_source(std::string_view source) const {
  const auto found = source_digests_.find(source);
  return found == source_digests_.end() ? std::string_view() : found->second;
}

std::string Snapshot::digest_for(const Visibility& visible) const {
  if (visible.everything()) return digest_;
  // Of the sources' digests: every answer to such a reader needs it.
  std::string seen;
  for (const auto& [source, digest] : source_digests_) {
    if (visible.sees_source(source)) seen += digest;
  }
  return to_hex(sha256(seen));
}

}  // namespace govhost::content
