#include "search/feed.h"

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

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
  std::vector<gov_pair> facets;
};

class Feeder {
 public:
  Feeder(plugin::SearchBackend& backend, plugin::CallContext& call,
         const content::Snapshot& snapshot, const Passages& passages, const Progress& progress)
      : backend_(backend),
        call_(call),
        snapshot_(snapshot),
        passages_(passages),
        progress_(progress),
        attributes_(snapshot) {}

  gov::Result<Fed> run() {
    if (gov::Status s = ask_held(); !s.ok()) return s;
    std::size_t document = snapshot_.documents().size();
    for (std::size_t i = 0; i < passages_.all().size(); ++i) {
      const PassageText& text = passages_.all()[i];
      const bool first = text.place.document != document;
      if (first) {
        document = text.place.document;
        if (gov::Status s = end_document(i); !s.ok()) return s;
        describe(snapshot_.documents()[document]);
      }
      add(text, first);
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

  void describe(const content::Document& document) {
    About& about = *abouts_.emplace_back(std::make_unique<About>());
    about.name = document.kind + "/" + document.id + "\n" + document.provenance.source;
    about.attributes = attributes_.text_of(document);
    const auto facet = [&](const char* name, std::string_view value) {
      if (!value.empty()) about.facets.push_back({gov::to_c(name), gov::to_c(value)});
    };
    facet("kind", document.kind);
    facet("source", document.provenance.source);
    facet("type", document.type);
    for (const std::string_view name : Attributes::frameworks_of(document))
      facet("framework", name);
  }

  void add(const PassageText& text, bool first) {
    const About& about = *abouts_.back();
    const content::Document& document = snapshot_.documents()[text.place.document];
    plugin::Passage passage{text.id, {}, document.title, text.heading, text.text, about.facets};
    if (first) passage.attributes = about.attributes;
    passage.document = about.name;
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
  gov::Status end_document(std::size_t done) {
    if (!staging_ || bytes_ < kBatchBytes) return {};
    gov::Status staged = backend_.stage(call_, batch_);
    if (staged.code() == GOV_UNIMPLEMENTED) {
      staging_ = false;
      return {};
    }
    if (!staged.ok()) return staged;
    report(done);
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
    report(passages_.all().size());
    fed_.put += batch_.size();
    fed_.erased = erase.size();
    return {};
  }

  void report(std::size_t done) const {
    if (progress_) progress_(done, passages_.all().size());
  }

  plugin::SearchBackend& backend_;
  plugin::CallContext& call_;
  const content::Snapshot& snapshot_;
  const Passages& passages_;
  const Progress& progress_;
  const Attributes attributes_;
  std::unordered_map<std::string, std::string> held_;  // not met yet in the snapshot
  std::vector<plugin::Passage> batch_;
  std::vector<std::unique_ptr<About>> abouts_;          // that the batch views
  std::vector<std::unique_ptr<std::string>> versions_;  // likewise
  std::size_t bytes_ = 0;
  bool staging_ = true;
  Fed fed_;
};

}  // namespace

gov::Result<Fed> feed(plugin::SearchBackend& backend, plugin::CallContext& call,
                      const content::Snapshot& snapshot, const Passages& passages,
                      const Progress& progress) {
  return Feeder(backend, call, snapshot, passages, progress).run();
}

}  // namespace govhost::search
