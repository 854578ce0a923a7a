#include "search/words.h"

#include <libstemmer.h>

#include <utility>

namespace govhost::search {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr std::size_t kLongest = 64;  // what is longer is no word that anybody wrote down

}  // namespace

void WordReader::Deleter::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

WordReader::WordReader() = default;
WordReader::~WordReader() = default;

std::vector<Word> WordReader::read(std::string_view text, std::size_t most) const {
  Stemmer stemmer;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      stemmer = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!stemmer) stemmer.reset(sb_stemmer_new("english", "UTF_8"));
  std::vector<Word> words;
  words.reserve(16);
  for (std::size_t i = 0; i < text.size() && words.size() < most;) {
    if (!is_letter(text[i])) {
      ++i;
      continue;
    }
    Word word{i, i, {}};
    for (; i < text.size(); ++i) {
      const bool joined = text[i] == '\'' && i + 1 < text.size() && is_letter(text[i + 1]);
      if (!is_letter(text[i]) && !joined) break;
      if (!joined && word.stem.size() < kLongest) word.stem += to_lower(text[i]);
    }
    word.end = i;
    if (stemmer && word.stem.size() > 2) {
      const sb_symbol* const stem =
          sb_stemmer_stem(stemmer.get(), reinterpret_cast<const sb_symbol*>(word.stem.data()),
                          static_cast<int>(word.stem.size()));
      if (stem)
        word.stem.assign(reinterpret_cast<const char*>(stem),
                         static_cast<std::size_t>(sb_stemmer_length(stemmer.get())));
    }
    words.push_back(std::move(word));
  }
  if (stemmer) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(stemmer));
  }
  return words;
}

}  // namespace govhost::search
