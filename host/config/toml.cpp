#include "config/toml.h"

#include "config/names.h"
#include "config/nesting.h"
#include "core/utf8.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

namespace govhost::config {
namespace {

std::string too_deep() {
  return "tables and arrays nest deeper than " + std::to_string(kMaxNesting) + " levels";
}

// TOML to JSON, with the line of every table, array and value.
class Converter {
 public:
  Converter(const std::string& where, Tree& tree) : where_(where), tree_(tree) {}

  std::optional<Fault> run(const toml::table& root) {
    tree_.root = table(root, "", 0);
    tree_.origins[""] = {where_, 0};
    return std::move(fault_);
  }

 private:
  nlohmann::json table(const toml::table& from, const std::string& pointer, std::size_t depth) {
    nlohmann::json out = nlohmann::json::object();
    for (const auto& [key, value] : from)
      out[std::string(key.str())] = node(value, child_pointer(pointer, key.str()), depth + 1);
    return out;
  }

  nlohmann::json array(const toml::array& from, const std::string& pointer, std::size_t depth) {
    nlohmann::json out = nlohmann::json::array();
    for (std::size_t i = 0; i < from.size(); ++i)
      out.push_back(node(from[i], child_pointer(pointer, i), depth + 1));
    return out;
  }

  nlohmann::json node(const toml::node& from, const std::string& pointer, std::size_t depth) {
    const Origin origin{where_, from.source().begin.line};
    tree_.origins[pointer] = origin;
    if (depth > kMaxNesting) {
      if (!fault_) fault_ = Fault{origin, "", too_deep()};
      return nullptr;
    }
    if (const auto* nested = from.as_table()) return table(*nested, pointer, depth);
    if (const auto* nested = from.as_array()) return array(*nested, pointer, depth);
    if (const auto* text = from.as_string()) return text->get();
    if (const auto* number = from.as_integer()) return number->get();
    if (const auto* flag = from.as_boolean()) return flag->get();
    if (const auto* real = from.as_floating_point()) {
      // JSON has neither infinity nor NaN.
      if (!std::isfinite(real->get()) && !fault_)
        fault_ = Fault{origin, tree_.key(pointer), "must be a finite number"};
      return real->get();
    }
    return moment(from);
  }

  // Dates and times have no type in JSON: their text.
  static nlohmann::json moment(const toml::node& from) {
    std::ostringstream out;
    from.visit([&out](const auto& value) { out << value; });
    return out.str();
  }

  const std::string& where_;
  Tree& tree_;
  std::optional<Fault> fault_;
};

std::size_t line_of(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(std::count(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

// A number that is too long is the one case in which the parser repeats a value: it may be a
// secret somebody forgot to quote.
std::string reason(std::string_view description) {
  if (description.find("representable") != std::string_view::npos)
    return "number does not fit into 64 bits";
  const std::string_view prefix = "Error while ";
  if (description.starts_with(prefix)) description.remove_prefix(prefix.size());
  return std::string(description);
}

}  // namespace

std::optional<Fault> parse_toml(std::string_view text, const std::string& where, Tree& tree) {
  if (const std::size_t at = find_invalid_utf8(text); at != std::string_view::npos)
    return Fault{{where, line_of(text, at)}, "", "is not valid UTF-8; save the file as UTF-8"};
  if (const auto line = find_excessive_nesting(text)) return Fault{{where, *line}, "", too_deep()};
  try {
    const toml::table parsed = toml::parse(text);
    return Converter(where, tree).run(parsed);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    return Fault{{where, at.line},
                 "",
                 "not valid TOML at column " + std::to_string(at.column) + ": " +
                     reason(error.description())};
  }
}

std::optional<nlohmann::json> parse_toml_value(std::string_view text) {
  Tree tree;
  if (parse_toml("value = " + std::string(text), "", tree)) return std::nullopt;
  // "1\nother = 2" is not one value.
  if (tree.root.size() != 1) return std::nullopt;
  return std::move(tree.root["value"]);
}

}  // namespace govhost::config
