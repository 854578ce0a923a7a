// The operators' console: which address is which page, asset or data.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/embedded.h"
#include "ops/listener.h"

namespace govhost::console {

// What stands behind the "?" of an address, decoded. Of a name that is there twice the first
// counts.
class Query {
 public:
  // nullopt: an escape that is none (RFC 3986, 2.1).
  static std::optional<Query> parse(std::string_view text);
  std::string_view of(std::string_view name) const;  // empty: not there

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// GET /console is the one page, /console/NAME an asset, /console/api/NAME.json data. One thread.
class Console {
 public:
  // Makes the data of one address. What it gives has every secret taken out here.
  using Data = std::function<nlohmann::json(const Query&)>;

  // "overview" is /console/api/overview.json.
  void add(std::string name, Data data) { data_.emplace(std::move(name), std::move(data)); }

  // `target`: as the request has it, with the query.
  ops::Page answer(std::string_view target) const;

 private:
  ops::Page answer_data(std::string_view name, std::string_view query) const;

  const std::vector<EmbeddedFile> assets_ = assets_of_binary();
  std::map<std::string, Data, std::less<>> data_;

  static std::vector<EmbeddedFile> assets_of_binary();
};

}  // namespace govhost::console
