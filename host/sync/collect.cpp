#include "sync/collect.h"

#include <algorithm>
#include <utility>

#include "content/names.h"
#include "core/utf8.h"

namespace govhost::sync {
namespace {

constexpr std::size_t kMaxKey = 1024;

content::RawDocument from_head(const plugin::SourceHead& head) {
  content::RawDocument raw;
  raw.key = head.key;
  raw.version = head.version;
  raw.title = head.title;
  raw.link = head.link;
  // A time that the clock cannot hold is as good as none.
  using Clock = std::chrono::system_clock;
  constexpr auto kLatest =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::duration::max()).count();
  if (head.modified_ms != 0 && head.modified_ms >= -kLatest && head.modified_ms <= kLatest)
    raw.modified = Clock::time_point(std::chrono::milliseconds(head.modified_ms));
  return raw;
}

// A fault that the next attempt may not meet.
bool is_passing(const gov::Status& status) {
  return status.code() == GOV_UNAVAILABLE || status.code() == GOV_DEADLINE_EXCEEDED;
}

std::string size_text(std::size_t bytes) { return std::to_string(bytes) + " bytes"; }

// Why a document is left out before it is fetched; empty: it is not.
std::string refusal(const plugin::SourceHead& head, const CollectLimits& limits) {
  if (!content::is_document_key(head.key))
    return "the key is no relative path of printable UTF-8, at most 1024 bytes, without . and .. "
           "parts";
  if (head.size > limits.max_document)
    return "is larger (" + size_text(static_cast<std::size_t>(head.size)) +
           ") than host.max_document (" + size_text(limits.max_document) +
           "); raise the limit or split the file";
  return {};
}

}  // namespace

KnownDocuments::KnownDocuments(std::shared_ptr<const content::Snapshot> served,
                               std::string_view source, bool keeps)
    : served_(std::move(served)), keeps_(keeps) {
  for (const content::Document& d : served_->documents())
    if (d.provenance.source == source)
      documents_.emplace(d.provenance.key, Document{d.provenance.version});
}

KnownDocuments::Listed KnownDocuments::list(std::string_view key, std::string_view version) {
  const auto found = documents_.find(key);
  if (found == documents_.end())
    return others_.emplace(key).second ? Listed::kToFetch : Listed::kTwice;
  Document& document = found->second;
  if (std::exchange(document.listed, true)) return Listed::kTwice;
  document.kept = keeps_ && !version.empty() && document.version == version;
  if (document.kept) ++kept_;
  return document.kept ? Listed::kKept : Listed::kToFetch;
}

bool KnownDocuments::is_kept(std::string_view key) const {
  const auto found = documents_.find(key);
  return found != documents_.end() && found->second.kept;
}

gov::Status collect(plugin::Source& source, const std::string& name, const std::string& licence,
                    plugin::CallContext& call, const CollectLimits& limits, KnownDocuments& known,
                    Collected& into) {
  const auto skip = [&](std::string_view key, std::string why) {
    into.notes.push_back({name, to_valid_utf8(key.substr(0, kMaxKey)), 0, std::move(why), true});
  };

  std::vector<content::RawDocument> listed;
  const gov::Status list = source.list(call, [&](const plugin::SourceHead& head) -> gov::Status {
    if (std::string why = refusal(head, limits); !why.empty()) {
      skip(head.key, std::move(why));
      return {};
    }
    if (into.documents.size() + known.kept() + listed.size() >= limits.max_documents)
      return gov::resource_exhausted(
          "source " + name + " has more documents than host.max_documents (" +
          std::to_string(limits.max_documents) + ") allows; raise the limit");
    switch (known.list(head.key, head.version)) {
      case KnownDocuments::Listed::kToFetch: listed.push_back(from_head(head)); break;
      case KnownDocuments::Listed::kKept: break;
      case KnownDocuments::Listed::kTwice:
        skip(head.key, "the source lists this key twice; the first is served");
    }
    return {};
  });
  if (!list.ok()) return list;
  if (listed.empty() && known.kept() == 0)
    return gov::not_found("source " + name +
                          " has no document that can be served; check its options");

  const std::size_t before = into.documents.size();
  std::string first_failure;
  for (content::RawDocument& raw : listed) {
    raw.source = name;
    raw.licence = licence;
    raw.fetched_at = std::chrono::system_clock::now();
    bool headed = false;
    gov::Status fetched = source.fetch(
        call, raw.key,
        [&](const plugin::SourceHead& head) {
          headed = true;
          raw.version = head.version;
          if (!head.link.empty()) raw.link = head.link;
          return gov::Status();
        },
        [&](std::string_view chunk) -> gov::Status {
          if (!headed)
            return gov::internal("the plugin broke the contract: a body came before its head");
          if (raw.bytes.size() + chunk.size() > limits.max_document)
            return gov::resource_exhausted("is larger than host.max_document (" +
                                           size_text(limits.max_document) +
                                           "); raise the limit or split the file");
          raw.bytes.append(chunk);
          return {};
        });
    if (fetched.ok() && !headed)
      fetched =
          gov::internal("the plugin broke the contract: it gave neither a document nor an error");
    if (fetched.ok()) {
      into.documents.push_back(std::move(raw));
    } else if (known.again() && is_passing(fetched)) {
      // What is served would lose the document until the next reading: the reading fails instead,
      // and is done again soon.
      return gov::Status(fetched.code(),
                         "source " + name + ": " + raw.key + ": " + fetched.message())
          .with_retry_after(fetched.retry_after());
    } else {
      if (first_failure.empty()) first_failure = raw.key + ": " + fetched.message();
      skip(raw.key, fetched.message());
    }
    if (call.cancelled()) return gov::cancelled();
  }
  if (into.documents.size() == before && known.kept() == 0)
    return gov::unavailable("source " + name + ": none of its " + std::to_string(listed.size()) +
                            " documents could be read; the first: " + first_failure);
  return {};
}

}  // namespace govhost::sync
