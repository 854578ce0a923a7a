// Patterns over relative paths: `?` is one byte and `*` any number of them inside one segment,
// `**/` is any number of whole segments (also none), any other `**` is everything. Nothing else is
// special. All possible states are kept at once: backtracking takes exponential time on `*a*a*a*b`.
#pragma once

#include <string>
#include <string_view>

inline bool glob_matches(std::string_view pattern, std::string_view path) {
  constexpr char kReached = 1, kInside = 2;  // inside a segment that `**/` swallows
  const auto segments = [&](std::size_t i) {
    return pattern.substr(i, 3) == "**/" && (i == 0 || pattern[i - 1] == '/');
  };
  const auto reach = [&](std::string& states, std::size_t i) {
    for (;;) {  // whatever may match nothing makes what follows reachable too
      states[i] = kReached;
      if (i == pattern.size() || pattern[i] != '*') return;
      i += segments(i) ? 3 : pattern.substr(i, 2) == "**" ? 2 : 1;
    }
  };
  std::string now(pattern.size() + 1, 0);
  reach(now, 0);
  for (const char c : path) {
    std::string next(now.size(), 0);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (now[i] == 0) continue;
      if (segments(i)) {
        if (c == '/')
          reach(next, i);
        else if (next[i] == 0)
          next[i] = kInside;
      } else if (pattern[i] == '*') {
        if (c != '/' || pattern.substr(i, 2) == "**") reach(next, i);
      } else if (pattern[i] == '?' ? c != '/' : c == pattern[i]) {
        reach(next, i + 1);
      }
    }
    now.swap(next);
  }
  return now.back() == kReached;
}
