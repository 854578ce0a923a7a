#include "mcp/page.h"

#include <algorithm>
#include <charconv>

namespace govhost::mcp {
namespace {

std::string make_cursor(std::string_view list, std::string_view digest, std::size_t offset) {
  return std::string(list) + "." + std::string(digest.substr(0, 12)) + "." + std::to_string(offset);
}

}  // namespace

std::optional<Page> page_of(const Json& params, std::string_view list, std::string_view digest,
                            std::size_t total, std::size_t page_size) {
  std::size_t begin = 0;
  if (const Json* const cursor = member(params, "cursor")) {
    if (!cursor->is_string()) return std::nullopt;
    const std::string& text = cursor->get_ref<const std::string&>();
    const std::size_t dot = text.rfind('.');
    if (!text.empty()) {
      if (dot == std::string::npos) return std::nullopt;
      const char* const end = text.data() + text.size();
      const auto [stop, fault] = std::from_chars(text.data() + dot + 1, end, begin);
      if (fault != std::errc{} || stop != end || begin == 0 || begin >= total ||
          begin % page_size != 0 || text != make_cursor(list, digest, begin))
        return std::nullopt;
    }
  }
  Page page{begin, std::min(total, begin + page_size), {}};
  if (page.end < total) page.next = make_cursor(list, digest, page.end);
  return page;
}

}  // namespace govhost::mcp
