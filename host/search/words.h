// Words of a text and their stems, as the thesaurus compares them.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct sb_stemmer;

namespace govhost::search {

struct Word {
  std::size_t begin = 0, end = 0;  // bytes of the text
  std::string stem;
};

// Cuts text into lower-case stems. Thread-safe: libstemmer's objects have scratch state, so calls
// borrow one.
class WordReader {
 public:
  WordReader();
  ~WordReader();

  // At most `most` words. Words are letters and digits; an apostrophe inside one is left out.
  std::vector<Word> read(std::string_view text, std::size_t most) const;

 private:
  struct Deleter {
    void operator()(sb_stemmer* stemmer) const;
  };
  using Stemmer = std::unique_ptr<sb_stemmer, Deleter>;

  mutable std::mutex mutex_;
  mutable std::vector<Stemmer> idle_;
};

}  // namespace govhost::search
