#include "mcp/trace.h"

namespace govhost::mcp {
namespace {

constexpr std::size_t kTrace = 32, kSpan = 16, kWhole = 2 + 1 + kTrace + 1 + kSpan + 1 + 2;

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}
bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

std::string_view trace_id_of(const Message& message) {
  const Json* const found = member(message.meta(), "traceparent");
  if (!found || !found->is_string()) return {};
  const std::string_view text = found->get_ref<const std::string&>();
  // A later version may have more behind a dash; "ff" is none.
  if (text.size() < kWhole || (text.size() > kWhole && text[kWhole] != '-')) return {};
  const std::string_view version = text.substr(0, 2), trace = text.substr(3, kTrace),
                         span = text.substr(4 + kTrace, kSpan);
  if (text[2] != '-' || text[3 + kTrace] != '-' || text[4 + kTrace + kSpan] != '-') return {};
  if (!is_lower_hex(version) || version == "ff" || !is_lower_hex(trace) || !is_lower_hex(span) ||
      is_zero(trace) || is_zero(span) || !is_lower_hex(text.substr(kWhole - 2, 2)))
    return {};
  if (version == "00" && text.size() != kWhole) return {};
  return trace;
}

}  // namespace govhost::mcp
