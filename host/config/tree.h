// The configuration between parsing and checking: the values as JSON, and where each was written.
// Internal to this folder.
#pragma once

#include "config/model.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace govhost::config {

struct Tree {
  nlohmann::json root = nlohmann::json::object();
  std::map<std::string, Origin, std::less<>> origins;  // by JSON pointer; "" is the file

  // Where the value was written; for one that was not, where the table around it was.
  Origin origin(std::string_view pointer) const;

  // A new value for what `pointer` names: it and all below it now come from `from`.
  void rewrite_origin(std::string_view pointer, Origin from);

  // The origins at and below `pointer`, with pointers relative to it.
  std::vector<std::pair<std::string, Origin>> origins_below(std::string_view pointer) const;

  // "source.aigf.profile" for "/source/0/profile": instances by name when they have one that can
  // stand in a key, as --set takes it.
  std::string key(std::string_view pointer) const;
};

// The member when `table` is an object that has it, else null.
const nlohmann::json* member(const nlohmann::json& table, std::string_view key);
// The member when it is a string, else an empty text.
std::string text_of(const nlohmann::json& table, std::string_view key);

inline constexpr std::string_view kInstanceLists[] = {"transport", "source", "auth", "secrets"};
bool is_instance_list(std::string_view key);

}  // namespace govhost::config
