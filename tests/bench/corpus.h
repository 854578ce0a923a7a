// Makes policies of any number: text whose words are as unevenly frequent as those of real text, in
// documents with titles, headings, links and facets. The same seed gives the same bytes everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// SplitMix64: the distributions of the standard library differ between implementations.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30u) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27u) * 0x94D049BB133111EBu;
    return z ^ z >> 31u;
  }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  std::size_t between(std::size_t least, std::size_t most) {
    return least + below(most - least + 1);
  }

 private:
  std::uint64_t state_;
};

// Words by descending frequency: joining words, words of the field, then words made from parts.
class Vocabulary {
 public:
  explicit Vocabulary(std::uint64_t seed);

  std::size_t size() const { return words_.size(); }
  std::string_view operator[](std::size_t rank) const { return words_[rank]; }
  // A rank as often as running text has its word (Zipf and Mandelbrot).
  std::size_t pick(Random& random) const { return picks_[random.below(picks_.size())]; }
  // The same without the joining words.
  std::size_t pick_content(Random& random) const;

 private:
  std::vector<std::string> words_;
  std::vector<std::uint32_t> picks_;  // ranks, each as often as it is to be drawn
};

struct File {
  std::string key, bytes;
};

class Corpus {
 public:
  explicit Corpus(std::uint64_t seed) : seed_(seed), words_(seed) {}

  // Document number `i`, about 10 KB, whatever is asked for before.
  File document(std::size_t i) const;
  // Two to four words that stand in the same document, in some queries one of them misspelt.
  std::string query(std::size_t i, std::size_t documents) const;

 private:
  class Writer;

  std::uint64_t seed_;
  Vocabulary words_;
};

}  // namespace bench
