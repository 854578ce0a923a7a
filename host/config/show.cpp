#include "config/show.h"

#include "config/names.h"
#include "core/json_text.h"
#include "core/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace govhost::config {
namespace {

constexpr std::size_t kWidestColumn = 48;  // a longer key or value pushes only its own line

void pad(std::string& line, std::size_t used, std::size_t width) {
  if (used < width) line.append(width - used, ' ');
}

// Of each URL in a JSON text: who asks (RFC 3986, 3.2.1) and the query. A proxy has a password in
// the one, a signed address all that it takes in the other, and neither is marked as a secret.
std::string without_credentials(std::string_view json) {
  constexpr std::string_view kMark = "://", kInstead = "[hidden]", kEnd = "\" \\";
  std::string out;
  for (std::size_t at = json.find(kMark); at != std::string_view::npos; at = json.find(kMark)) {
    out += json.substr(0, at + kMark.size());
    json.remove_prefix(at + kMark.size());
    std::string_view url = json.substr(0, std::min(json.find_first_of(kEnd), json.size()));
    json.remove_prefix(url.size());
    const std::string_view authority =
        url.substr(0, std::min(url.find_first_of("/?#"), url.size()));
    if (const std::size_t user = authority.rfind('@'); user != std::string_view::npos) {
      out += kInstead;
      url.remove_prefix(user);
    }
    const std::size_t query = url.find('?');
    out += url.substr(0, query);
    if (query != std::string_view::npos) out.append("?").append(kInstead);
  }
  return out.append(json);
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
  std::vector<std::string> values;
  for (const Setting& setting : settings) {
    values.push_back(without_credentials(setting.value));
    key_width = std::max(key_width, count_code_points(setting.key));
    value_width = std::max(value_width, count_code_points(values.back()));
  }
  key_width = std::min(key_width, kWidestColumn);
  value_width = std::min(value_width, kWidestColumn);

  std::string out;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    out += settings[i].key;
    pad(out, count_code_points(settings[i].key), key_width);
    out += " = " + values[i];
    pad(out, count_code_points(values[i]), value_width);
    out += "  # " + settings[i].origin.text() + "\n";
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
    out += without_credentials(setting.value) + ",";
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
