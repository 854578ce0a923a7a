#include "search/feed.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "content/side_by_side.h"
#include "core/digest.h"
#include "search/attributes.h"

namespace govhost::search {
namespace {

// Bytes of text in one batch: large enough that a backend's work per batch does not show, small
// enough that a copy of it does not either.
constexpr std::size_t kBatchBytes = std::size_t{32} << 20u;
// Part of every version: to be changed when passages of the same text are made another way.
constexpr std::string_view kFormat = "1";

// What is the same for all passages of a document.
struct About {
  std::string name;        // of the document
  std::string attributes;  // searched with its first passage
  std::string source;
  std::vector<gov_pair> facets;  // views of these and of the document
};

std::unique_ptr<About> about(const content::Document& document, const Attributes& attributes) {
  auto made = std::make_unique<About>();
  About& out = *made;
  out.source = source_facet(document.provenance.source, document.restrictions);
  out.name = document.kind + "/" + document.id + "\n" + out.source;
  out.attributes = attributes.text_of(document);
  const auto facet = [&](const char* name, std::string_view value) {
    if (!value.empty()) out.facets.push_back({gov::to_c(name), gov::to_c(value)});
  };
  facet("kind", document.kind);
  facet("source", out.source);
  facet("type", document.type);
  for (const std::string_view name : Attributes::frameworks_of(document)) facet("framework", name);
  return made;
}

// Without its version.
plugin::Passage passage_of(const PassageText& text, bool first, const content::Document& document,
                           const About& about) {
  plugin::Passage passage{text.id, {}, document.title, text.heading, text.text, about.facets};
  if (first) passage.attributes = about.attributes;
  passage.document = about.name;
  return passage;
}

class Feeder {
 public:
  Feeder(plugin::SearchBackend& backend, plugin::CallContext& call, const Index& index,
         const Progress& progress)
      : backend_(backend),
        call_(call),
        index_(index),
        progress_(progress),
        attributes_(*index.snapshot),
        same_(index.snapshot->documents().size()) {}

  gov::Result<Fed> run(const Index* last) {
    if (last != nullptr)
      compare(*last);
    else if (gov::Status s = ask_held(); !s.ok())
      return s;
    const auto documents = index_.snapshot->documents();
    for (std::size_t i = 0; i < documents.size(); ++i) {
      if (!same_[i]) {
        if (gov::Status s = end_document(); !s.ok()) return s;
        add(documents[i], index_.passages.of(i));
      }
      done_ += index_.passages.of(i).size();
    }
    if (gov::Status s = finish(); !s.ok()) return s;
    return fed_;
  }

 private:
  gov::Status ask_held() {
    const gov::Status asked =
        backend_.held(call_, [&](std::string_view id, std::string_view version) {
          held_.emplace(id, version);
          return gov::Status();
        });
    return asked.code() == GOV_UNIMPLEMENTED ? gov::Status() : asked;
  }

  // What else the backend holds is of documents that are the same.
  void compare(const Index& last) {
    const Attributes attributes(*last.snapshot);
    content::side_by_side(*last.snapshot, *index_.snapshot, [&](auto old, auto now) {
      if (old && now && index_.passages.shares(*now, last.passages, *old) &&
          is_described_alike(last.snapshot->documents()[*old], attributes, *now))
        same_[*now] = true;
      else if (old)
        remember(last.snapshot->documents()[*old], attributes, last.passages.of(*old));
    });
  }

  bool is_described_alike(const content::Document& old, const Attributes& attributes,
                          std::size_t now) const {
    const content::Document& document = index_.snapshot->documents()[now];
    // It has not changed, but who sees it has.
    if (old.restrictions != document.restrictions) return false;
    const bool alone = !attributes.names_others(old) && !attributes_.names_others(document);
    return alone || attributes.text_of(old) == attributes_.text_of(document);
  }

  void remember(const content::Document& document, const Attributes& attributes,
                std::span<const PassageText> texts) {
    const auto own = about(document, attributes);
    for (const PassageText& text : texts)
      held_.emplace(text.id, version_of(passage_of(text, &text == texts.data(), document, *own)));
  }

  void add(const content::Document& document, std::span<const PassageText> texts) {
    const About& own = *abouts_.emplace_back(about(document, attributes_));
    for (const PassageText& text : texts)
      add(passage_of(text, &text == texts.data(), document, own));
  }

  void add(plugin::Passage passage) {
    std::string version = version_of(passage);
    if (const auto found = held_.find(std::string(passage.id)); found != held_.end()) {
      const bool same = found->second == version;
      held_.erase(found);
      if (same) return;
    }
    passage.version = *versions_.emplace_back(std::make_unique<std::string>(std::move(version)));
    bytes_ += passage.text.size();
    batch_.push_back(std::move(passage));
  }

  static std::string version_of(const plugin::Passage& passage) {
    Sha256 digest;
    const auto add = [&](std::string_view part) {
      digest.update(std::to_string(part.size()) + ":");
      digest.update(part);
    };
    for (const std::string_view part : {kFormat, passage.title, passage.heading, passage.text,
                                        passage.attributes, passage.document})
      add(part);
    for (const gov_pair& facet : passage.facets) {
      add(gov::to_cpp(facet.name));
      add(gov::to_cpp(facet.value));
    }
    return to_hex(digest.finish());
  }

  // Batches end with documents, so that a document's passages stay together.
  gov::Status end_document() {
    if (!staging_ || bytes_ < kBatchBytes) return {};
    gov::Status staged = backend_.stage(call_, batch_);
    if (staged.code() == GOV_UNIMPLEMENTED) {
      staging_ = false;
      return {};
    }
    if (!staged.ok()) return staged;
    report(done_);
    fed_.put += batch_.size();
    batch_.clear();
    abouts_.clear();
    versions_.clear();
    bytes_ = 0;
    return {};
  }

  gov::Status finish() {
    std::vector<std::string_view> erase;
    for (const auto& [id, version] : held_) erase.push_back(id);
    std::sort(erase.begin(), erase.end());
    if (gov::Status applied = backend_.apply(call_, batch_, erase); !applied.ok()) return applied;
    report(index_.passages.size());
    fed_.put += batch_.size();
    fed_.erased = erase.size();
    return {};
  }

  void report(std::size_t done) const {
    if (progress_) progress_(done, index_.passages.size());
  }

  plugin::SearchBackend& backend_;
  plugin::CallContext& call_;
  const Index& index_;
  const Progress& progress_;
  const Attributes attributes_;
  std::vector<bool> same_;  // documents of which the backend holds everything as it is
  std::unordered_map<std::string, std::string> held_;  // not met yet in the snapshot
  std::vector<plugin::Passage> batch_;
  std::vector<std::unique_ptr<About>> abouts_;          // that the batch views
  std::vector<std::unique_ptr<std::string>> versions_;  // likewise
  std::size_t bytes_ = 0;
  std::size_t done_ = 0;  // passages of documents that were gone through
  bool staging_ = true;
  Fed fed_;
};

}  // namespace

std::string source_facet(std::string_view source, std::uint64_t restrictions) {
  std::string out(source);  // names of sources hold no blank
  if (restrictions != 0) out += ' ' + std::to_string(restrictions);
  return out;
}

gov::Result<Fed> feed(plugin::SearchBackend& backend, plugin::CallContext& call, const Index& index,
                      const Index* last, const Progress& progress) {
  return Feeder(backend, call, index, progress).run(last);
}

}  // namespace govhost::search
