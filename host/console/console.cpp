#include "console/console.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include "console/files.h"
#include "core/scrub.h"
#include "core/text.h"

namespace govhost::console {
namespace {

constexpr std::string_view kJson = "application/json";

std::string_view type_of(std::string_view file) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".svg", "image/svg+xml"},
  }};
  for (const auto& [end, type] : kTypes)
    if (file.ends_with(end)) return type;
  return "application/octet-stream";
}

ops::Page no_such_page() {
  return {404, "text/plain; charset=utf-8",
          "the console has no such page; it begins at /console\n"};
}

}  // namespace

std::optional<Query> Query::parse(std::string_view text) {
  Query out;
  for (std::string_view part : split(text, '&')) {
    const std::size_t equals = std::min(part.find('='), part.size());
    auto name = percent_decode(part.substr(0, equals));
    auto value = percent_decode(part.substr(std::min(equals + 1, part.size())));
    if (!name || !value) return std::nullopt;
    out.values_.emplace(std::move(*name), std::move(*value));
  }
  return out;
}

std::string_view Query::of(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<EmbeddedFile> Console::assets_of_binary() { return assets(); }

ops::Page Console::answer(std::string_view target) const {
  constexpr std::string_view kRoot = "/console", kApi = "api/", kData = ".json";
  const std::size_t mark = std::min(target.find('?'), target.size());
  std::string_view name = target.substr(0, mark);
  name.remove_prefix(std::min(name.size(), kRoot.size() + 1));
  if (name.starts_with(kApi) && name.ends_with(kData))
    return answer_data(name.substr(kApi.size(), name.size() - kApi.size() - kData.size()),
                       target.substr(std::min(mark + 1, target.size())));
  if (name.empty()) name = "index.html";
  for (const EmbeddedFile& file : assets_)
    if (file.key == name) return {200, type_of(name), std::string(file.text)};
  return no_such_page();
}

ops::Page Console::answer_data(std::string_view name, std::string_view query) const {
  const auto found = data_.find(name);
  if (found == data_.end()) return no_such_page();
  const auto asked = Query::parse(query);
  if (!asked)
    return {400, "text/plain; charset=utf-8", "the query has a % without two hex digits\n"};
  std::string text =
      found->second(*asked).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  scrub(text);
  return {200, kJson, std::move(text)};
}

}  // namespace govhost::console
