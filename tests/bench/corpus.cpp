#include "corpus.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace bench {
namespace {

constexpr std::string_view kJoining[] = {
    "the", "of",  "and",  "to",    "a",     "in",   "is",    "for",  "that", "are",
    "by",  "be",  "as",   "with",  "on",    "or",   "it",    "from", "this", "an",
    "at",  "not", "when", "which", "their", "must", "where", "may",  "has",  "its"};

constexpr std::string_view kField[] = {
    "model",      "data",       "risk",       "system",      "control",    "review",
    "policy",     "access",     "customer",   "agent",       "prompt",     "output",
    "vendor",     "approval",   "evidence",   "incident",    "monitoring", "training",
    "testing",    "owner",      "record",     "decision",    "threshold",  "inventory",
    "validation", "retention",  "privacy",    "encryption",  "audit",      "supplier",
    "bias",       "drift",      "injection",  "leakage",     "poisoning",  "explanation",
    "oversight",  "consent",    "sandbox",    "credential",  "guardrail",  "hallucination",
    "fraud",      "lending",    "scoring",    "committee",   "escalation", "exception",
    "rollback",   "deployment", "regulation", "transparency"};

constexpr std::string_view kBegin[] = {"",      "re",   "un",   "pre",  "sub",   "inter",
                                       "over",  "co",   "de",   "non",  "trans", "micro",
                                       "multi", "para", "semi", "anti", "auto",  "proto"};

constexpr std::string_view kRoots[] = {
    "ten",  "mark", "gov",   "curr", "lim",   "port", "serv", "tract", "form",  "plex",  "ven",
    "dict", "scri", "lev",   "mand", "pell",  "quir", "rupt", "sect",  "sign",  "spec",  "stru",
    "tain", "tend", "test",  "vert", "vis",   "voc",  "cept", "clud",  "cred",  "duct",  "fac",
    "fer",  "fid",  "flect", "flux", "fract", "grad", "grav", "hab",   "ject",  "junct", "lat",
    "loc",  "log",  "magn",  "merg", "migr",  "mit",  "mob",  "norm",  "oper",  "ord",   "pass",
    "path", "pend", "phas",  "plan", "posit", "prim", "prov", "punct", "quant", "rad",   "reg",
    "rot",  "san",  "scop",  "sens", "sequ",  "solv", "spir", "stat",  "stig",  "surg",  "tang",
    "temp", "term", "text",  "ton",  "torq",  "trib", "turb", "val",   "vap",   "vect",  "verb",
    "vinc", "vol",  "bank",  "budg", "cart",  "clim", "dock", "fund"};

constexpr std::string_view kMiddles[] = {"", "al", "i", "o", "ur", "at", "en", "is"};

constexpr std::string_view kEnds[] = {"ion",  "ment", "ing", "ed",   "able", "ity", "ance", "er",
                                      "ive",  "al",   "ous", "ism",  "ist",  "ure", "age",  "ize",
                                      "ness", "ary",  "ic",  "ship", "dom",  "um",  "ent",  "s"};

constexpr std::size_t kWords = 120'000;
constexpr std::size_t kPicks = std::size_t{1} << 20;
// Mandelbrot's offset: without it the first word alone would be a tenth of the text.
constexpr double kOffset = 2.7;

constexpr std::size_t kTopicWords = 120, kTopics = 2'000;
constexpr std::string_view kKinds[][3] = {{"docs/_risks/ri-", "risk", "SEC"},
                                          {"docs/_risks/ri-", "risk", "OP"},
                                          {"docs/_risks/ri-", "risk", "RC"},
                                          {"docs/_mitigations/mi-", "mitigation", "PREV"},
                                          {"docs/_mitigations/mi-", "mitigation", "DET"}};

template <std::size_t N>
std::string_view one_of(const std::string_view (&all)[N], Random& random) {
  return all[random.below(N)];
}

// Distinct words, short ones first as in natural text, in an order of their own otherwise.
std::vector<std::string> made_words(std::size_t count, Random random) {
  std::vector<std::string> words;
  std::unordered_set<std::string> known;
  while (words.size() < count) {
    std::string word(one_of(kBegin, random));
    word += one_of(kRoots, random);
    word += one_of(kMiddles, random);
    if (random.below(4) == 0) word += one_of(kRoots, random);
    word += one_of(kEnds, random);
    if (known.insert(word).second) words.push_back(std::move(word));
  }
  return words;
}

}  // namespace

Vocabulary::Vocabulary(std::uint64_t seed) {
  words_.assign(std::begin(kJoining), std::end(kJoining));
  words_.insert(words_.end(), std::begin(kField), std::end(kField));
  for (std::string& word : made_words(kWords - words_.size(), Random(seed)))
    words_.push_back(std::move(word));
  double all = 0;
  for (std::size_t rank = 0; rank < kWords; ++rank)
    all += 1.0 / (static_cast<double>(rank) + kOffset);
  picks_.reserve(kPicks);
  double so_far = 0;
  for (std::size_t rank = 0; rank < kWords; ++rank) {
    so_far += 1.0 / (static_cast<double>(rank) + kOffset);
    const auto until = static_cast<std::size_t>(std::lround(so_far / all * kPicks));
    picks_.resize(std::min(until, kPicks), static_cast<std::uint32_t>(rank));
  }
  picks_.resize(kPicks, static_cast<std::uint32_t>(kWords - 1));
}

std::size_t Vocabulary::pick_content(Random& random) const {
  for (;;)
    if (const std::size_t rank = pick(random); rank >= std::size(kJoining)) return rank;
}

// Writes one document; queries are drawn from the same choice of words.
class Corpus::Writer {
 public:
  Writer(const Corpus& corpus, std::size_t number)
      : words_(corpus.words_),
        random_(corpus.seed_ ^ (number + 1) * 0xD1342543DE82EF95u),
        topic_(random_.below(kTopics)) {}

  // A quarter of the words of a document are those of its topic, so that words keep company.
  std::string_view word(bool content) {
    if (random_.below(4) == 0) {
      Random of_topic(topic_ * kTopicWords + random_.below(kTopicWords));
      return words_[words_.pick_content(of_topic)];
    }
    return words_[content ? words_.pick_content(random_) : words_.pick(random_)];
  }

  std::string phrase(std::size_t least, std::size_t most) {
    std::string out;
    for (std::size_t n = random_.between(least, most); n > 0; --n) {
      if (!out.empty()) out += ' ';
      out += word(true);
    }
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
  }

  std::string sentence() {
    std::string out;
    const std::size_t length = random_.between(8, 26);
    for (std::size_t n = 0; n < length; ++n) {
      if (n > 0) out += random_.below(14) == 0 ? ", " : " ";
      // Controls are cited by codes, which are words of their own.
      if (random_.below(60) == 0)
        out += "AC-" + std::to_string(random_.between(1, 400));
      else
        out += word(false);
    }
    if (out[0] >= 'a') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out + ". ";
  }

  std::string section() {
    std::string out = "## " + phrase(2, 5) + "\n\n";
    for (std::size_t paragraphs = random_.between(1, 3); paragraphs > 0; --paragraphs) {
      for (std::size_t n = random_.between(2, 6); n > 0; --n) out += sentence();
      out += "\n\n";
    }
    return out;
  }

  Random& random() { return random_; }

 private:
  const Vocabulary& words_;
  Random random_;
  std::size_t topic_;
};

File Corpus::document(std::size_t i) const {
  constexpr std::size_t kBytes = 10'000;
  Writer writer(*this, i);
  const auto& [folder, layout, type] = kKinds[writer.random().below(std::size(kKinds))];
  const std::string number = std::to_string(i + 1);
  File file;
  file.key = std::string(folder) + number + "_policy-" + number + ".md";
  file.bytes = "---\nsequence: " + number + "\ntitle: " + writer.phrase(2, 6) +
               "\nlayout: " + std::string(layout) + "\ntype: " + std::string(type) + "\n---\n\n";
  while (file.bytes.size() < kBytes) file.bytes += writer.section();
  return file;
}

std::string Corpus::query(std::size_t i, std::size_t documents) const {
  Random random(seed_ + 0x51ED270B * (i + 1));
  Writer writer(*this, random.below(documents));
  std::string out;
  for (std::size_t n = random.between(2, 4); n > 0; --n) {
    std::string word(writer.word(true));
    const bool misspelt = random.below(40) == 0 && word.size() > 6;
    if (misspelt) std::swap(word[2], word[3]);
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

}  // namespace bench
