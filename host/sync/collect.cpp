#include "sync/collect.h"

#include <set>
#include <utility>

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
  if (head.modified_ms != 0)
    raw.modified = std::chrono::system_clock::time_point(std::chrono::milliseconds(head.modified_ms));
  return raw;
}

std::string size_text(std::size_t bytes) { return std::to_string(bytes) + " bytes"; }

// Why a document is left out before it is fetched; empty: it is not.
std::string refusal(const plugin::SourceHead& head, const CollectLimits& limits) {
  if (head.key.empty() || head.key.size() > kMaxKey || !is_utf8(head.key))
    return "the source names it by a key that is empty, too long or not UTF-8";
  if (head.size > limits.max_document)
    return "is larger (" + size_text(static_cast<std::size_t>(head.size)) + ") than host.max_document (" +
           size_text(limits.max_document) + "); raise the limit or split the file";
  return {};
}

}  // namespace

gov::Status collect(plugin::Source& source, const std::string& name, const std::string& licence,
                    plugin::CallContext& call, const CollectLimits& limits, Collected& into) {
  const auto skip = [&](std::string_view key, std::string why) {
    into.notes.push_back({name, to_valid_utf8(key.substr(0, kMaxKey)), 0, std::move(why), true});
  };

  std::vector<content::RawDocument> listed;
  std::set<std::string, std::less<>> keys;
  const gov::Status list = source.list(call, [&](const plugin::SourceHead& head) -> gov::Status {
    if (std::string why = refusal(head, limits); !why.empty()) {
      skip(head.key, std::move(why));
      return {};
    }
    if (into.documents.size() + listed.size() >= limits.max_documents)
      return gov::resource_exhausted("source " + name + " has more documents than host.max_documents (" +
                                     std::to_string(limits.max_documents) + ") allows; raise the limit");
    if (!keys.emplace(head.key).second) {
      skip(head.key, "the source lists this key twice; the first is served");
      return {};
    }
    listed.push_back(from_head(head));
    return {};
  });
  if (!list.ok()) return list;
  if (listed.empty())
    return gov::not_found("source " + name + " has no document that can be served; check its options");

  for (content::RawDocument& raw : listed) {
    raw.source = name;
    raw.licence = licence;
    raw.fetched_at = std::chrono::system_clock::now();
    const gov::Status fetched = source.fetch(
        call, raw.key,
        [&](const plugin::SourceHead& head) {
          raw.version = head.version;
          if (!head.link.empty()) raw.link = head.link;
          return gov::Status();
        },
        [&](std::string_view chunk) -> gov::Status {
          if (raw.bytes.size() + chunk.size() > limits.max_document)
            return gov::resource_exhausted("is larger than host.max_document (" + size_text(limits.max_document) +
                                           "); raise the limit or split the file");
          raw.bytes.append(chunk);
          return {};
        });
    if (fetched.ok()) into.documents.push_back(std::move(raw));
    else skip(raw.key, fetched.message());
    if (call.cancelled()) return gov::cancelled();
  }
  return {};
}

}  // namespace govhost::sync
