#include "stemmer.h"

#include <libstemmer.h>

namespace search_common {

void Stemmer::Deleter::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

gov::Result<Stemmer> Stemmer::create() {
  sb_stemmer* const made = sb_stemmer_new("english", "UTF_8");
  if (!made)
    return gov::internal(
        "libstemmer made no English stemmer: memory is exhausted or the library was built without "
        "English; install the distribution's libstemmer");
  return Stemmer(made);
}

gov::Result<std::string_view> Stemmer::stem(std::string_view word, bool has_digit) {
  if (has_digit || word.size() < 3) return word;
  const sb_symbol* const stem =
      sb_stemmer_stem(stemmer_.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                      static_cast<int>(word.size()));
  if (!stem) return gov::resource_exhausted("no memory to stem a word: give the process more");
  return std::string_view(reinterpret_cast<const char*>(stem),
                          static_cast<std::size_t>(sb_stemmer_length(stemmer_.get())));
}

}  // namespace search_common
