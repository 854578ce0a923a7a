// Write a search backend: derive from gov::Search, keep passages and find them again.
#pragma once

#include <gov/abi/search.h>
#include <gov/plugin.hpp>

#include <span>

namespace gov {

// Fields of an operation that an older host does not know are empty.
inline std::string_view attributes_of(const gov_index_op& op) {
  return GOV_HAS(&op, attributes) ? to_cpp(op.attributes) : std::string_view{};
}
inline std::string_view document_of(const gov_index_op& op) {
  return GOV_HAS(&op, document) ? to_cpp(op.document) : std::string_view{};
}

// A batch of passages to put or erase; views live for the call.
class IndexBatch {
 public:
  IndexBatch(const gov_index_op* const* ops, std::uint64_t n)
      : ops_(ops, static_cast<std::size_t>(n)) {}
  std::size_t size() const { return ops_.size(); }
  const gov_index_op& operator[](std::size_t i) const { return *ops_[i]; }
  auto begin() const { return ops_.begin(); }  // of const gov_index_op*
  auto end() const { return ops_.end(); }

 private:
  std::span<const gov_index_op* const> ops_;
};

class Query {
 public:
  explicit Query(const gov_query& raw) : raw_(raw) {}
  std::string_view text() const { return to_cpp(raw_.text); }
  std::size_t limit() const { return raw_.limit; }
  std::span<const gov_pair> facets() const {
    return {raw_.facets, static_cast<std::size_t>(raw_.facet_count)};
  }
  // Most hits of one document; 0: any number.
  std::size_t per_document() const { return GOV_HAS(&raw_, per_document) ? raw_.per_document : 0; }
  bool explain() const { return GOV_HAS(&raw_, flags) && (raw_.flags & GOV_QUERY_EXPLAIN) != 0; }
  std::span<const gov_alternative> alternatives() const {
    if (!GOV_HAS(&raw_, alternative_count)) return {};
    return {raw_.alternatives, static_cast<std::size_t>(raw_.alternative_count)};
  }

 private:
  const gov_query& raw_;
};

// Where hits go, best first. Anything but success: the host wants no more, return it as it is.
class HitSink {
 public:
  explicit HitSink(const gov_hit_sink& raw) : raw_(raw) {}
  Status hit(std::string_view id, float score, std::span<const gov_range> matches,
             std::span<const gov_score_part> parts = {}) {
    const gov_hit raw{sizeof raw,     score,        to_c(id),    matches.data(),
                      matches.size(), parts.data(), parts.size()};
    return {raw_.hit(raw_.ctx, &raw), {}};
  }
  Status total(std::uint64_t count) { return {raw_.total(raw_.ctx, count), {}}; }

 private:
  const gov_hit_sink& raw_;
};

// Takes what an index holds.
class HeldSink {
 public:
  HeldSink(void* ctx, gov_status (*take)(void*, gov_str, gov_str)) : ctx_(ctx), one_(take) {}
  Status one(std::string_view id, std::string_view version) {
    return {one_(ctx_, to_c(id), to_c(version)), {}};
  }

 private:
  void* ctx_;
  gov_status (*one_)(void*, gov_str, gov_str);
};

class Search : public Plugin {
 public:
  using KindBase = Search;
  static constexpr const char* kKind = GOV_KIND_SEARCH;
  static const gov_search_v1* table();

  // [worker] All or nothing. Never overlaps another apply; queries may run meanwhile.
  virtual Status apply(const Call&, const IndexBatch&) = 0;
  // [worker] Part of a large batch, seen once the next apply() succeeds. A backend that can do no
  // better than keep a copy returns UNIMPLEMENTED: the host then passes everything to one apply().
  virtual Status stage(const Call&, const IndexBatch&) {
    return unimplemented("stage is not implemented");
  }
  // [worker] Best first, equal scores by ascending id; the total once.
  virtual Status query(const Call&, const Query&, HitSink&) = 0;
  // [worker] Id and version of all that is held; drops what was staged and never applied.
  virtual Status held(const Call&, HeldSink&) = 0;
};

inline const gov_search_v1* Search::table() {
  using Self = detail::Instance<Search>;
  static constexpr gov_search_v1 kTable{
      sizeof(gov_search_v1),
      0,
      [](gov_instance* i, const gov_call* call, const gov_index_op* const* ops, std::uint64_t n,
         gov_error* error) noexcept {
        return detail::guarded(error,
                               [&] { return Self::of(i).apply(Call(*call), IndexBatch(ops, n)); });
      },
      [](gov_instance* i, const gov_call* call, const gov_query* query, const gov_hit_sink* sink,
         gov_error* error) noexcept {
        return detail::guarded(error, [&] {
          HitSink out(*sink);
          return Self::of(i).query(Call(*call), Query(*query), out);
        });
      },
      [](gov_instance* i, const gov_call* call, void* ctx,
         gov_status (*one)(void*, gov_str, gov_str), gov_error* error) noexcept {
        return detail::guarded(error, [&] {
          HeldSink out(ctx, one);
          return Self::of(i).held(Call(*call), out);
        });
      },
      [](gov_instance* i, const gov_call* call, const gov_index_op* const* ops, std::uint64_t n,
         gov_error* error) noexcept {
        return detail::guarded(error,
                               [&] { return Self::of(i).stage(Call(*call), IndexBatch(ops, n)); });
      }};
  return &kTable;
}

}  // namespace gov
