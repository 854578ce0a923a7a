#include "content/names.h"

#include "content/document.h"
#include "content/snapshot.h"
#include "core/text.h"
#include "core/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace govhost::content {
namespace {

constexpr std::array<std::string_view, 5> kExtensions = {".md", ".markdown", ".yml", ".yaml",
                                                         ".txt"};

bool ends_with_ignoring_case(std::string_view text, std::string_view ending) {
  return text.size() > ending.size() &&
         equals_ignoring_case(text.substr(text.size() - ending.size()), ending);
}

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string titled_word(std::string_view word, bool first) {
  static constexpr std::array<std::string_view, 8> kUpper = {"ai",   "mcp", "llm",  "qos",
                                                             "ddos", "dow", "rbac", "ip"};
  static constexpr std::array<std::string_view, 11> kLower = {
      "and", "or", "the", "a", "an", "of", "for", "in", "to", "with", "as"};
  std::string out = lower(word);
  if (is_one_of(kUpper, out)) {
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  } else if (first || !is_one_of(kLower, out)) {
    if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  }
  return out;
}

}  // namespace

bool is_document_key(std::string_view key) {
  constexpr std::size_t kMaxKey = 1024;
  if (key.empty() || key.size() > kMaxKey || key.front() == '/' || !is_utf8(key)) return false;
  for (const std::string_view part : split(key, '/'))
    if (part.empty() || part == "." || part == "..") return false;
  return std::none_of(key.begin(), key.end(),
                      [](char c) { return (c >= 0 && c < ' ') || c == '\x7f' || c == '\\'; });
}

std::string_view file_name_of(std::string_view key) {
  const std::size_t slash = key.rfind('/');
  return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

std::string_view without_extension(std::string_view name) {
  for (const std::string_view extension : kExtensions) {
    if (ends_with_ignoring_case(name, extension)) {
      return name.substr(0, name.size() - extension.size());
    }
  }
  return name;
}

bool has_yaml_extension(std::string_view name) {
  return ends_with_ignoring_case(name, ".yml") || ends_with_ignoring_case(name, ".yaml");
}

bool has_markdown_extension(std::string_view name) {
  return ends_with_ignoring_case(name, ".md") || ends_with_ignoring_case(name, ".markdown") ||
         ends_with_ignoring_case(name, ".txt") ||
         file_name_of(name).find('.') == std::string_view::npos;
}

std::string id_of(std::string_view key, std::string_view prefix) {
  std::string_view id = without_extension(file_name_of(key));
  if (id.size() > prefix.size() && equals_ignoring_case(id.substr(0, prefix.size()), prefix)) {
    id.remove_prefix(prefix.size());
  }
  return std::string(id);
}

std::optional<int> number_of(std::string_view id) {
  int number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  const auto used = static_cast<std::size_t>(end - id.data());
  if (used < id.size() && id[used] != '_' && id[used] != '-') return std::nullopt;
  return number;
}

std::string short_id_of(std::string_view prefix, int number) {
  return lower(prefix) + std::to_string(number);
}

std::string public_id_of(std::string_view kind, std::string_view type,
                         std::optional<int> sequence) {
  if ((kind != kRisk && kind != kMitigation) || !sequence || type.empty() || type.size() > 16 ||
      !std::all_of(type.begin(), type.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return {};
  }
  const std::string digits = std::to_string(*sequence);
  return "AIR-" + std::string(type) + "-" +
         std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

std::string uri_of(std::string_view kind, std::string_view id) {
  return "finos://" + percent_encode(plural_of(kind)) + "/" + percent_encode(id, true);
}

std::string plural_of(std::string_view kind) {
  const std::string word(kind);
  const auto vowel = [](char c) { return std::string_view("aeiou").find(c) != std::string::npos; };
  if (word.size() > 1 && word.back() == 'y' && !vowel(word[word.size() - 2])) {
    return word.substr(0, word.size() - 1) + "ies";
  }
  const bool hisses = word.ends_with('s') || word.ends_with('x') || word.ends_with('z') ||
                      word.ends_with("ch") || word.ends_with("sh");
  return word + (hisses ? "es" : "s");
}

std::string title_from_id(std::string_view id) {
  id = file_name_of(id);
  const std::size_t digits = std::min(id.find_first_not_of("0123456789"), id.size());
  if (digits > 0 && digits < id.size() && id[digits] == '_') id.remove_prefix(digits + 1);
  while (!id.empty() && (id.back() == '-' || id.back() == ' ')) id.remove_suffix(1);
  std::string words = replace_all(id, "-", " ");
  std::replace(words.begin(), words.end(), '_', ' ');
  std::string title;
  for (const std::string_view word : split(words, ' ')) {
    if (word.empty()) continue;
    const bool first = title.empty();
    if (!first) title += ' ';
    title += titled_word(word, first);
  }
  return title;
}

std::string framework_title(std::string_view id, std::string_view title) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kKnown = {{
      {"nist-ai-600-1", "NIST AI 600-1 Framework"},
      {"eu-ai-act", "EU AI Act 2024"},
      {"owasp-llm", "OWASP LLM Top 10"},
  }};
  for (const auto& [known, name] : kKnown) {
    if (id == known) return std::string(name);
  }
  return std::string(title);
}

std::string one_line(std::string_view text, std::size_t bytes) {
  std::string out(trim(text));
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return std::string(trim(utf8_prefix(out, bytes)));
}

}  // namespace govhost::content
