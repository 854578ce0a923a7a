#include "config/secret_reference.h"

#include <algorithm>
#include <string_view>

namespace govhost::config {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_variable(std::string_view name) {
  return !name.empty() && !is_digit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

// A file name in $CREDENTIALS_DIRECTORY: it must not lead out of that directory.
bool is_credential(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '@' ||
                  c == ':';
         });
}

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

bool is_path(std::string_view path) {
  return path.size() > 1 && path.front() == '/' && is_printable(path);
}

}  // namespace

bool is_secret_scheme(std::string_view name) {
  return name == "env" || name == "file" || name == "cred" || name == "exec";
}

bool is_secret_reference(std::string_view text, std::span<const std::string> stores) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.size() > 4096) return false;
  const std::string_view scheme = text.substr(0, colon);
  const std::string_view rest = text.substr(colon + 1);
  if (scheme == "env") return is_variable(rest);
  if (scheme == "file") return is_path(rest);
  if (scheme == "exec") return is_path(rest);
  if (scheme == "cred") return is_credential(rest);
  return !rest.empty() && is_printable(rest) &&
         std::find(stores.begin(), stores.end(), scheme) != stores.end();
}

}  // namespace govhost::config
