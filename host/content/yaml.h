// YAML as a small bounded tree: front matter and reference files. Two readers give the same tree:
// a strict one for the plain block style that nearly all files use, and yaml-cpp for the rest. The
// strict one is there for speed: yaml-cpp needs 20 ms for the nine files of the AI Governance
// Framework and 4 ms for its front matter, the strict one less than 2 ms for all of it.
#pragma once

#include "content/limits.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::content {

struct Yaml {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMapping };

  Kind kind = Kind::kNull;
  bool quoted = false;   // text by its notation, even where it looks like a number
  std::size_t line = 0;  // 1-based; of a list or mapping that of its first item
  std::string key;       // in a mapping
  std::string text;      // a scalar exactly as written: "1.10" stays "1.10"
  std::vector<Yaml> items;

  bool is_mapping() const { return kind == Kind::kMapping; }
  const Yaml* find(std::string_view name) const;          // nullptr when absent or no mapping
  std::string_view text_of(std::string_view name) const;  // of a scalar item, else empty
};

struct Fault {
  std::size_t line = 0;  // 1-based; 0: unknown
  std::string message;   // a phrase that follows "FILE, line N: "
};

struct YamlRead {
  std::optional<Yaml> root;  // nullopt: the last fault says why
  std::vector<Fault> faults;
};

YamlRead read_yaml(std::string_view text, const ReadLimits& limits);

// What can be read of a text that is not valid YAML: keys, scalars and lists, line by line. Lines
// that say nothing are passed over, and the faults name them.
YamlRead salvage_yaml(std::string_view text, const ReadLimits& limits);

// The two readers behind read_yaml, for the test that compares them.
std::optional<Yaml> read_plain_yaml(std::string_view text, const ReadLimits& limits);
YamlRead read_yaml_with_library(std::string_view text, const ReadLimits& limits);

// Plain true, false, null and whole numbers become JSON's; everything else stays text, because
// entry keys and versions ("1.10", "007", "no") must not change on the way.
nlohmann::json to_json(const Yaml& yaml);

}  // namespace govhost::content
