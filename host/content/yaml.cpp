#include "content/yaml.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace govhost::content {

const Yaml* Yaml::find(std::string_view name) const {
  if (kind != Kind::kMapping) return nullptr;
  const auto found = std::find_if(items.begin(), items.end(),
                                  [name](const Yaml& item) { return item.key == name; });
  return found == items.end() ? nullptr : &*found;
}

std::string_view Yaml::text_of(std::string_view name) const {
  const Yaml* item = find(name);
  return item != nullptr && item->kind == Kind::kScalar ? std::string_view(item->text)
                                                        : std::string_view();
}

YamlRead read_yaml(std::string_view text, const ReadLimits& limits) {
  if (std::optional<Yaml> plain = read_plain_yaml(text, limits)) return {std::move(plain), {}};
  return read_yaml_with_library(text, limits);
}

namespace {

nlohmann::json scalar_to_json(const Yaml& yaml) {
  if (yaml.quoted) return yaml.text;
  if (yaml.text == "true") return true;
  if (yaml.text == "false") return false;
  std::int64_t number = 0;
  const char* end = yaml.text.data() + yaml.text.size();
  const auto [stop, error] = std::from_chars(yaml.text.data(), end, number);
  if (error == std::errc() && stop == end && std::to_string(number) == yaml.text) return number;
  return yaml.text;
}

}  // namespace

nlohmann::json to_json(const Yaml& yaml) {
  switch (yaml.kind) {
    case Yaml::Kind::kNull: return nullptr;
    case Yaml::Kind::kScalar: return scalar_to_json(yaml);
    case Yaml::Kind::kSequence: {
      nlohmann::json out = nlohmann::json::array();
      for (const Yaml& item : yaml.items) out.push_back(to_json(item));
      return out;
    }
    case Yaml::Kind::kMapping: {
      nlohmann::json out = nlohmann::json::object();
      for (const Yaml& item : yaml.items) out[item.key] = to_json(item);
      return out;
    }
  }
  return nullptr;
}

}  // namespace govhost::content
