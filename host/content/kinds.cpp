#include "content/kinds.h"

#include <algorithm>
#include <cstddef>

namespace govhost::content {
namespace {

// Windows and macOS keep files whose names differ from the rule in case only.
char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Where matching goes on after a mismatch: the pattern behind a wildcard, and the path at which the
// wildcard ended so far.
struct Retry {
  std::size_t pattern = std::string_view::npos;
  std::size_t path = 0;
  bool set() const { return pattern != std::string_view::npos; }
};

class Matcher {
 public:
  Matcher(std::string_view pattern, std::string_view path) : pattern_(pattern), path_(path) {}

  bool run() {
    while (at_ < path_.size()) {
      if (!step() && !retry()) return false;
    }
    while (next_ < pattern_.size() && pattern_[next_] == '*') ++next_;
    return next_ == pattern_.size();
  }

 private:
  bool step() {
    if (next_ == pattern_.size()) return false;
    const char c = pattern_[next_];
    if (c == '*') return take_wildcard();
    if (c == '?' ? path_[at_] == '/' : folded(c) != folded(path_[at_])) return false;
    ++next_;
    ++at_;
    return true;
  }

  bool take_wildcard() {
    const bool at_folder = next_ == 0 || pattern_[next_ - 1] == '/';
    if (at_folder && pattern_.substr(next_).starts_with("**/")) {
      next_ += 3;
      folders_ = {next_, at_};
      star_ = {};  // what the folders take in, no '*' before them has to
    } else if (at_folder && pattern_.substr(next_) == "**") {
      next_ = pattern_.size();
      at_ = path_.size();
    } else {
      star_ = {++next_, at_};
    }
    return true;
  }

  bool retry() {
    if (star_.set() && path_[star_.path] != '/') {
      next_ = star_.pattern;
      at_ = ++star_.path;
      return true;
    }
    star_ = {};
    if (!folders_.set()) return false;
    const std::size_t slash = path_.find('/', folders_.path);
    if (slash == std::string_view::npos) return false;
    folders_.path = slash + 1;
    next_ = folders_.pattern;
    at_ = folders_.path;
    return true;
  }

  std::string_view pattern_, path_;
  std::size_t next_ = 0;  // in the pattern
  std::size_t at_ = 0;    // in the path
  Retry star_, folders_;
};

}  // namespace

std::vector<KindRule> aigf_profile() {
  return {{"risk", "**/_risks/ri-*.md", "ri-"},
          {"mitigation", "**/_mitigations/mi-*.md", "mi-"},
          {"usecase", "**/_usecases/uc-*.md", "uc-"},
          {"framework", "**/_data/references/*.yml", ""},
          {"framework", "**/_data/*.yml", ""}};
}

const KindRule* find_rule(const std::vector<KindRule>& rules, std::string_view key,
                          std::string_view source) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const KindRule& rule) {
    return (rule.source.empty() || rule.source == source) && glob_matches(rule.match, key);
  });
  return found == rules.end() ? nullptr : &*found;
}

bool glob_matches(std::string_view pattern, std::string_view path) {
  return Matcher(pattern, path).run();
}

}  // namespace govhost::content
