#include "app/vocabulary.h"

#include <utility>

#include "config/read_file.h"

namespace govhost::app {

std::shared_ptr<const search::Thesaurus> vocabulary_of(const config::Config& config,
                                                       std::vector<std::string>& problems) {
  std::vector<search::Thesaurus::Text> texts;
  if (!config.search || config.search->builtin_thesaurus)
    texts.push_back({search::Thesaurus::builtin(), "thesaurus.toml"});
  std::string own;
  if (config.search && !config.search->thesaurus.empty()) {
    const std::string& path = config.search->thesaurus;
    auto bytes = config::read_file(path);
    if (!bytes) {
      problems.push_back(config.search->ref.origin.text() + ": search.thesaurus: " + path + ": " +
                         bytes.status().message());
      return nullptr;
    }
    own = std::move(*bytes);
    texts.push_back({own, path});
  }
  auto made = search::Thesaurus::parse(texts);
  if (made) return std::move(*made);
  problems.push_back(made.status().message());
  return nullptr;
}

}  // namespace govhost::app
