// Snowball's English stemmer.
#pragma once

#include <gov/status.hpp>

#include <memory>
#include <string_view>

struct sb_stemmer;

namespace search_common {

// Owns a stemmer of libstemmer, which has scratch state: one thread at a time.
class Stemmer {
 public:
  static gov::Result<Stemmer> create();

  // The stem of a lower-case word; a view until the next call. Words with digits have none and come
  // back as they are.
  gov::Result<std::string_view> stem(std::string_view word, bool has_digit);

 private:
  struct Deleter {
    void operator()(sb_stemmer* stemmer) const;
  };
  explicit Stemmer(sb_stemmer* stemmer) : stemmer_(stemmer) {}

  std::unique_ptr<sb_stemmer, Deleter> stemmer_;
};

}  // namespace search_common
