// Write a source: derive from gov::Source, say what there is and hand out documents.
#pragma once

#include <gov/abi/source.h>
#include <gov/plugin.hpp>

#include <functional>

namespace gov {

// A document as its source states it; views live for the call that takes them.
struct Document {
  std::string_view key{}, version{}, title{}, media_type{}, link{};
  std::int64_t modified_ms = 0;
  std::uint64_t size = 0;
  std::initializer_list<Field> attributes = {};
};

// Where documents go. Anything but success means that the host wants no more: return it as it is.
class DocumentSink {
 public:
  explicit DocumentSink(const gov_document_sink& raw) : raw_(raw) {}

  Status head(const Document& d) {
    const detail::Pairs attributes(d.attributes);
    const gov_document raw{sizeof raw,       0,
                           to_c(d.key),      to_c(d.version),
                           to_c(d.title),    to_c(d.media_type),
                           to_c(d.link),     d.modified_ms,
                           d.size,           attributes.data(),
                           attributes.size()};
    return {raw_.head(raw_.ctx, &raw), {}};
  }
  Status body(std::string_view chunk) {
    return {raw_.body(raw_.ctx, chunk.data(), chunk.size()), {}};
  }

 private:
  const gov_document_sink& raw_;
};

class Source : public Plugin {
 public:
  using KindBase = Source;
  static constexpr const char* kKind = GOV_KIND_SOURCE;
  static const gov_source_v1* table();

  // [worker] All documents, without bodies.
  virtual Status list(const Call&, DocumentSink&) = 0;
  // [worker] One document: head once, then the body in chunks. gov::not_found for an unknown key,
  // gov::not_modified when if_version is not empty and still current.
  virtual Status fetch(const Call&, std::string_view key, std::string_view if_version,
                       DocumentSink&) = 0;
};

// Tells the host that a document may have changed, or any of them when the key is empty.
using Changed = std::function<void(std::string_view key)>;

// GOV_EXT_WATCH of a source that has
//   Status watch(const Call&, const Changed&)  // [worker] blocks until the call is cancelled
// for its extension() to return:
//   return id == GOV_EXT_WATCH ? gov::watch_table<MySource>() : nullptr;
template <class S>
const gov_watch_v1* watch_table() {
  static constexpr gov_watch_v1 kTable{
      sizeof(gov_watch_v1), 0,
      [](gov_instance* i, const gov_call* call, void* ctx, void (*changed)(void*, gov_str),
         gov_error* error) noexcept {
        return detail::guarded(error, [&] {
          const Changed tell = [&](std::string_view key) { changed(ctx, to_c(key)); };
          return static_cast<S&>(detail::Instance<Source>::of(i)).watch(Call(*call), tell);
        });
      }};
  return &kTable;
}

inline const gov_source_v1* Source::table() {
  static constexpr gov_source_v1 kTable{
      sizeof(gov_source_v1), 0,
      [](gov_instance* i, const gov_call* call, const gov_document_sink* sink,
         gov_error* error) noexcept {
        return detail::guarded(error, [&] {
          DocumentSink out(*sink);
          return detail::Instance<Source>::of(i).list(Call(*call), out);
        });
      },
      [](gov_instance* i, const gov_call* call, gov_str key, gov_str if_version,
         const gov_document_sink* sink, gov_error* error) noexcept {
        return detail::guarded(error, [&] {
          DocumentSink out(*sink);
          return detail::Instance<Source>::of(i).fetch(Call(*call), to_cpp(key), to_cpp(if_version),
                                                       out);
        });
      }};
  return &kTable;
}

}  // namespace gov
