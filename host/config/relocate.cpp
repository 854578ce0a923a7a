#include "config/relocate.h"

#include "config/nesting.h"

#include <toml++/toml.h>

#include <charconv>
#include <optional>
#include <sstream>

namespace govhost::config {
namespace {

// Of a pointer (RFC 6901, 4).
std::string unescaped(std::string_view part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool escape = part[i] == '~' && i + 1 < part.size();
    out += !escape ? part[i] : part[i + 1] == '1' ? '/' : '~';
    if (escape) ++i;
  }
  return out;
}

std::optional<std::size_t> index_of(std::string_view part) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  return error == std::errc() && end == part.data() + part.size() ? std::optional(index)
                                                                  : std::nullopt;
}

// False: there is nothing at this pointer that could have the value.
bool put(toml::table& root, std::string_view pointer, const std::string& value) {
  toml::node* at = &root;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return false;
    pointer.remove_prefix(1);
    const std::string_view part = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(part.size());
    const bool last = pointer.empty();
    if (toml::table* const table = at->as_table()) {
      const std::string key = unescaped(part);
      if (last) {
        table->insert_or_assign(key, value);
        return true;
      }
      if (!table->contains(key)) table->insert(key, toml::table());
      at = table->get(key);
    } else if (toml::array* const array = at->as_array()) {
      const auto index = index_of(part);
      if (!index || *index >= array->size()) return false;
      if (last) {
        array->replace(array->cbegin() + static_cast<std::ptrdiff_t>(*index), value);
        return true;
      }
      at = array->get(*index);
    } else {
      return false;
    }
  }
  return false;
}

gov::Result<toml::table> parsed(std::string_view text) {
  if (find_excessive_nesting(text)) return gov::invalid("the configuration nests too deep");
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return gov::invalid("the configuration is not valid TOML at line " +
                        std::to_string(error.source().begin.line));
  }
}

std::string text_of_table(const toml::table& table) {
  std::ostringstream out;
  out << table << "\n";
  return out.str();
}

}  // namespace

gov::Result<std::string> relocate(std::string_view toml,
                                  std::span<const std::pair<std::string, std::string>> values) {
  auto root = parsed(toml);
  if (!root) return root.status();
  for (const auto& [pointer, value] : values)
    if (!put(*root, pointer, value))
      return gov::invalid("the configuration has no place for " + pointer);
  return text_of_table(*root);
}

std::string bundles_only(const Config& config, const std::string& bundle_dir) {
  const auto number = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  toml::array sources;
  for (const Source& each : config.sources) {
    toml::array rules;
    for (const KindRuleConfig& rule : each.rules)
      rules.push_back(
          toml::table{{"kind", rule.kind}, {"match", rule.match}, {"prefix", rule.prefix}});
    sources.push_back(toml::table{{"name", each.name},
                                  {"plugin", kImported},
                                  {"profile", each.profile},
                                  {"licence", each.licence},
                                  {"rules", rules}});
  }
  return text_of_table(
      toml::table{{"host", toml::table{{"max_document", number(config.host.max_document)},
                                       {"max_documents", number(config.host.max_documents)}}},
                  {"plugins", toml::table{{"directory", config.plugin_directory}}},
                  {"content", toml::table{{"bundle_dir", bundle_dir}}},
                  {"transport", toml::array{toml::table{{"plugin", "stdio"}}}},
                  {"search", toml::table{{"plugin", "memory"}}},
                  {"source", sources}});
}

}  // namespace govhost::config
