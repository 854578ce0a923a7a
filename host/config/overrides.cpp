#include "config/overrides.h"

#include "config/names.h"
#include "config/toml.h"
#include "core/text.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace govhost::config {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxKeyParts = 16;

std::string kind_of(const Json& value) {
  if (value.is_string()) return "a string";
  if (value.is_boolean()) return "a boolean";
  return value.is_number_integer() ? "an integer" : "a number";
}

// One assignment of --set, walking down from the root.
class Assignment {
 public:
  Assignment(Tree& tree, std::vector<Fault>& faults) : tree_(tree), faults_(faults) {}

  void run(std::string_view text) {
    const std::size_t equals = text.find('=');
    key_ = text.substr(0, equals);
    const std::vector<std::string_view> parts = split(key_, '.');
    if (equals == std::string_view::npos || key_.empty()) return fail("must be written KEY=VALUE");
    if (parts.size() > kMaxKeyParts) return fail("the key has more than 16 parts");
    if (std::find(parts.begin(), parts.end(), "") != parts.end())
      return fail("the key has an empty part");

    Json* at = &tree_.root;
    std::string pointer;
    for (std::size_t i = 0; i < parts.size() && at != nullptr; ++i) {
      if (at->is_null())
        *at = i == 1 && is_instance_list(parts[0]) ? Json::array() : Json::object();
      at = step(*at, parts[i], pointer);
    }
    if (at == nullptr) return;
    const std::string_view value = text.substr(equals + 1);
    *at = parse_toml_value(value).value_or(Json(std::string(value)));
    tree_.rewrite_origin(pointer, {"--set", 0});
  }

 private:
  void fail(std::string message) {
    faults_.push_back({{"--set", 0}, printable(key_), std::move(message)});
  }

  // The member or element called `part`, created if it may be; `pointer` moves along.
  Json* step(Json& from, std::string_view part, std::string& pointer) {
    if (from.is_object()) {
      pointer = child_pointer(pointer, part);
      if (!from.contains(part)) tree_.rewrite_origin(pointer, {"--set", 0});
      return &from[std::string(part)];
    }
    if (from.is_array()) return element(from, part, pointer);
    fail(tree_.key(pointer) + " is " + kind_of(from) + ", not a table");
    return nullptr;
  }

  Json* element(Json& list, std::string_view part, std::string& pointer) {
    std::size_t index = 0;
    const auto parsed = std::from_chars(part.data(), part.data() + part.size(), index);
    if (parsed.ec == std::errc::invalid_argument) {
      const auto named = std::find_if(list.begin(), list.end(), [&](const Json& each) {
        const std::string name = text_of(each, "name");
        return (name.empty() ? text_of(each, "plugin") : name) == part;
      });
      if (named == list.end()) return no_such_name(list, part, pointer);
      index = static_cast<std::size_t>(named - list.begin());
    } else if (parsed.ec != std::errc() || parsed.ptr != part.data() + part.size() ||
               index > list.size()) {
      fail("there is no index " + printable(part) + "; " + dotted(pointer) + " has " +
           std::to_string(list.size()) + (list.size() == 1 ? " element" : " elements"));
      return nullptr;
    }
    pointer = child_pointer(pointer, index);
    if (index == list.size()) {
      list.push_back(nullptr);
      tree_.rewrite_origin(pointer, {"--set", 0});
    }
    return &list[index];
  }

  Json* no_such_name(const Json& list, std::string_view part, const std::string& pointer) {
    std::vector<std::string> names;
    for (const Json& each : list) {
      const std::string name = text_of(each, "name");
      names.push_back(in_quotes(name.empty() ? text_of(each, "plugin") : name));
    }
    fail("no " + dotted(pointer) + " is called " + in_quotes(part) +
         (names.empty() ? "; there is none" : "; there is " + join(names, ", ")));
    return nullptr;
  }

  Tree& tree_;
  std::vector<Fault>& faults_;
  std::string_view key_;
};

void replace(Tree& tree, std::string_view key, Json value, std::string_view origin) {
  tree.root[std::string(key)] = std::move(value);
  tree.rewrite_origin(child_pointer("", key), {std::string(origin), 0});
}

void apply_transports(const Request& request, Tree& tree, std::vector<Fault>& faults) {
  if (!request.stdio && !request.http) return;
  replace(tree, "transport", Json::array(), request.stdio ? "--stdio" : "--http");
  Json& transports = tree.root["transport"];
  if (request.stdio) {
    transports.push_back({{"plugin", "stdio"}});
    tree.rewrite_origin("/transport/0", {"--stdio", 0});
  }
  if (request.http) {
    if (!is_address(*request.http))
      faults.push_back({{"--http", 0},
                        "",
                        in_quotes(*request.http) + " is not ADDR:PORT, such as "
                                                   "\"127.0.0.1:8080\""});
    tree.rewrite_origin(child_pointer("/transport", transports.size()), {"--http", 0});
    transports.push_back({{"plugin", "http"}, {"options", {{"listen", *request.http}}}});
  }
}

void apply_content(const std::string& directory, Tree& tree, std::vector<Fault>& faults) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(directory, error);
  if (directory.empty() || error) {
    faults.push_back({{"--content", 0}, "", in_quotes(directory) + " is not a directory"});
    return;
  }
  Json source = {{"plugin", "directory"},
                 {"options", {{"path", path.lexically_normal().string()}}}};
  replace(tree, "source", Json::array({std::move(source)}), "--content");
}

void apply_ops(const std::string& address, Tree& tree, std::vector<Fault>& faults) {
  if (!is_address(address)) {
    faults.push_back({{"--ops", 0},
                      "",
                      in_quotes(address) + " is not ADDR:PORT, such as "
                                           "\"127.0.0.1:9464\""});
    return;
  }
  if (!tree.root["ops"].is_object()) replace(tree, "ops", Json::object(), "--ops");
  tree.root["ops"]["enabled"] = true;
  tree.root["ops"]["listen"] = address;
  tree.rewrite_origin("/ops/enabled", {"--ops", 0});
  tree.rewrite_origin("/ops/listen", {"--ops", 0});
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

}  // namespace

void apply_shortcuts(const Request& request, Tree& tree, std::vector<Fault>& faults) {
  apply_transports(request, tree, faults);
  if (request.content) apply_content(*request.content, tree, faults);
  if (request.ops) apply_ops(*request.ops, tree, faults);
}

void apply_set(std::string_view assignment, Tree& tree, std::vector<Fault>& faults) {
  Assignment(tree, faults).run(assignment);
}

bool is_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.size() > 260) return false;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  unsigned value = 0;
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != port.data() + port.size() || value > 65535)
    return false;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    return host.find(':') != std::string_view::npos &&
           host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), is_host_character);
}

}  // namespace govhost::config
