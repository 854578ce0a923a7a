#include "mcp/page.h"

#include <algorithm>
#include <charconv>

namespace govhost::mcp {
namespace {

constexpr std::string_view kCursorPurpose = "cursor";

// Everything but the offset, which stands at the end.
std::string prefix_of(const Paged& list) {
  return std::string(list.name) + '.' + std::string(list.digest.substr(0, 12)) + '.';
}

std::optional<std::size_t> offset_in(const std::string& cursor, const Paged& list,
                                     const KeyRing& keys) {
  const auto payload = keys.open(kCursorPurpose, cursor);
  const std::string prefix = prefix_of(list);
  if (!payload || !payload->starts_with(prefix)) return std::nullopt;
  std::size_t offset = 0;
  const char* const end = payload->data() + payload->size();
  const auto [stop, fault] = std::from_chars(payload->data() + prefix.size(), end, offset);
  if (fault != std::errc{} || stop != end || offset >= list.total) return std::nullopt;
  return offset;
}

}  // namespace

std::optional<Page> page_of(const Json& params, const Paged& list, const KeyRing& keys) {
  std::size_t begin = 0;
  if (const Json* const cursor = member(params, "cursor")) {
    if (!cursor->is_string()) return std::nullopt;
    const std::string& text = cursor->get_ref<const std::string&>();
    const auto offset = text.empty() ? std::optional<std::size_t>(0) : offset_in(text, list, keys);
    if (!offset) return std::nullopt;
    begin = *offset;
  }
  Page page{begin, std::min(list.total, begin + list.page_size), {}};
  if (page.end < list.total)
    page.next = keys.seal(kCursorPurpose, prefix_of(list) + std::to_string(page.end));
  return page;
}

}  // namespace govhost::mcp
