#include "app/vocabulary.h"

#include <future>
#include <string_view>
#include <utility>

#include "core/read_file.h"

namespace govhost::app {

namespace {

using Made = gov::Result<std::shared_ptr<const search::Thesaurus>>;

Made make(bool builtin, std::string_view own, const std::string& path) {
  std::vector<search::Thesaurus::Text> texts;
  if (builtin) texts.push_back({search::Thesaurus::builtin(), "thesaurus.toml"});
  if (!path.empty()) texts.push_back({own, path});
  return search::Thesaurus::parse(texts);
}

}  // namespace

search::Vocabulary vocabulary_of(const config::Config& config, std::vector<std::string>& problems) {
  const bool builtin = !config.search || config.search->builtin_thesaurus;
  if (!config.search || config.search->thesaurus.empty())
    return std::async(std::launch::deferred, [builtin] { return *make(builtin, {}, {}); });
  const std::string& path = config.search->thesaurus;
  const auto own = govhost::read_file(path);
  if (!own) {
    problems.push_back(config.search->ref.origin.text() + ": search.thesaurus: " + path + ": " +
                       own.status().message());
    return {};
  }
  Made made = make(builtin, *own, path);
  if (!made) {
    problems.push_back(made.status().message());
    return {};
  }
  std::promise<std::shared_ptr<const search::Thesaurus>> ready;
  ready.set_value(std::move(*made));
  return ready.get_future();
}

}  // namespace govhost::app
