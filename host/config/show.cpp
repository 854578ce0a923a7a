#include "config/show.h"

#include "config/names.h"
#include "core/json_text.h"
#include "core/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace govhost::config {
namespace {

constexpr std::size_t kWidestColumn = 48;  // a longer key or value pushes only its own line

void pad(std::string& line, std::size_t used, std::size_t width) {
  if (used < width) line.append(width - used, ' ');
}

constexpr std::string_view kHidden = "\"(hidden: the plugin's schema is not known)\"";

void collect_hidden(const nlohmann::json& value, const std::string& pointer,
                    std::string_view key_prefix, const Instance& instance,
                    std::vector<Setting>& out) {
  if (!value.is_object()) {
    out.push_back({std::string(key_prefix) + "." + dotted(pointer), std::string(kHidden),
                   origin_of_option(instance, pointer)});
    return;
  }
  for (const auto& [name, nested] : value.items())
    collect_hidden(nested, child_pointer(pointer, name), key_prefix, instance, out);
}

}  // namespace

std::string to_text(std::span<const Setting> settings) {
  std::size_t key_width = 0;
  std::size_t value_width = 0;
  for (const Setting& setting : settings) {
    key_width = std::max(key_width, count_code_points(setting.key));
    value_width = std::max(value_width, count_code_points(setting.value));
  }
  key_width = std::min(key_width, kWidestColumn);
  value_width = std::min(value_width, kWidestColumn);

  std::string out;
  for (const Setting& setting : settings) {
    out += setting.key;
    pad(out, count_code_points(setting.key), key_width);
    out += " = " + setting.value;
    pad(out, count_code_points(setting.value), value_width);
    out += "  # " + setting.origin.text() + "\n";
  }
  return out;
}

std::string to_json(std::span<const Setting> settings) {
  std::string out = "[";
  for (const Setting& setting : settings) {
    out += out.size() == 1 ? "\n  {" : ",\n  {";
    append_json_key(out, "key");
    append_json_string(out, setting.key);
    out += ',';
    append_json_key(out, "value");
    out += setting.value + ",";
    append_json_key(out, "origin");
    append_json_string(out, setting.origin.text());
    out += '}';
  }
  return out + "\n]\n";
}

std::vector<Setting> hidden_options(const Instance& instance, std::string_view key_prefix) {
  std::vector<Setting> out;
  if (instance.options) collect_hidden(*instance.options, "", key_prefix, instance, out);
  return out;
}

}  // namespace govhost::config
