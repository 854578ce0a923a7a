#include "files.h"

#include "glob.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace source {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxPatterns = 100, kMaxPattern = 512;

gov::Status read_list(const json& options, const char* name, std::vector<std::string>& out) {
  const auto found = options.find(name);
  if (found == options.end()) return {};
  const std::string option = std::string("source.options.") + name;
  if (!found->is_array() || found->size() > kMaxPatterns)
    return gov::invalid(option + " must be an array of at most 100 patterns");
  out.clear();
  for (const json& item : *found) {
    const std::string pattern = item.is_string() ? item.get<std::string>() : "";
    if (pattern.empty() || pattern.size() > kMaxPattern || pattern.front() == '/')
      return gov::invalid(option + "[" + std::to_string(out.size()) +
                          "] must be a pattern relative to path, of 1 to 512 bytes");
    out.push_back(pattern);
  }
  return {};
}

}  // namespace

gov::Result<Patterns> Patterns::read(const json& options) {
  Patterns out;
  if (gov::Status s = read_list(options, "include", out.include_); !s.ok()) return s;
  if (gov::Status s = read_list(options, "exclude", out.exclude_); !s.ok()) return s;
  return out;
}

bool Patterns::serve(std::string_view key) const {
  const auto matches = [&](const std::string& pattern) { return glob_matches(pattern, key); };
  return std::any_of(include_.begin(), include_.end(), matches) &&
         std::none_of(exclude_.begin(), exclude_.end(), matches);
}

std::string without_slashes(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  while (path.starts_with('/')) path.erase(0, 1);
  return path;
}

std::string_view media_type_of(std::string_view key) {
  if (key.ends_with(".md") || key.ends_with(".markdown")) return "text/markdown";
  if (key.ends_with(".yml") || key.ends_with(".yaml")) return "application/yaml";
  return key.ends_with(".txt") ? "text/plain" : "application/octet-stream";
}

std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out.append({'%', "0123456789ABCDEF"[byte >> 4u], "0123456789ABCDEF"[byte & 15u]});
  }
  return out;
}

}  // namespace source
