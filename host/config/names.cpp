#include "config/names.h"

#include "core/utf8.h"

#include <algorithm>

namespace govhost::config {
namespace {

constexpr std::size_t kMaxPrinted = 64;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

std::string child_pointer(std::string_view pointer, std::string_view key) {
  std::string out(pointer);
  out += '/';
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string child_pointer(std::string_view pointer, std::size_t index) {
  return std::string(pointer) + "/" + std::to_string(index);
}

std::string dotted(std::string_view pointer) {
  std::string out;
  if (!pointer.empty()) pointer.remove_prefix(1);
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      out += '.';
    } else if (pointer[i] == '~' && i + 1 < pointer.size()) {
      out += pointer[++i] == '0' ? '~' : '/';
    } else {
      out += pointer[i];
    }
  }
  return out;
}

std::string printable(std::string_view text) {
  const bool cut = text.size() > kMaxPrinted;
  std::string out(cut ? utf8_prefix(text, kMaxPrinted - 3) : text);
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  if (cut) out += "...";
  return out;
}

std::string in_quotes(std::string_view text) { return "\"" + printable(text) + "\""; }

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 32 && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_lower(c) || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace govhost::config
