// A source that says what it is told, and one collection of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sync/collect.h"

namespace govhost::sync {

using plugin::CallContext;
using plugin::SourceHead;

// A source that lists `heads` and fetches as it is told, by default "body of KEY" under the key.
struct FakeSource : plugin::Source {
  using Fetch = std::function<gov::Status(std::string_view key, const OnHead&, const OnBody&)>;

  std::vector<SourceHead> heads;
  gov::Status list_answer;
  std::map<std::string, Fetch, std::less<>> fetches;
  std::vector<std::string> fetched;

  void add(std::string_view key, std::uint64_t size = 0) {
    heads.push_back({key, "v1", "Title", "text/markdown", "https://list/link", 0, size});
  }
  gov::Status list(CallContext&, const OnHead& on_head) override {
    for (const SourceHead& head : heads)
      if (gov::Status s = on_head(head); !s.ok()) return s;
    return list_answer;
  }
  gov::Status fetch(CallContext&, std::string_view key, const OnHead& on_head,
                    const OnBody& on_body) override {
    fetched.emplace_back(key);
    if (const auto own = fetches.find(key); own != fetches.end())
      return own->second(key, on_head, on_body);
    if (gov::Status s = on_head({key, "v2", {}, {}, {}, 0, 0}); !s.ok()) return s;
    if (gov::Status s = on_body("body of "); !s.ok()) return s;
    return on_body(key);
  }
};

struct Collecting {
  FakeSource source;
  CallContext call{std::chrono::steady_clock::now() + std::chrono::hours(1)};
  CollectLimits limits;
  Collected got;

  gov::Status run(const std::string& name = "docs") {
    KnownDocuments none;
    return collect(source, name, "CC-BY-4.0", call, limits, none, got);
  }
  // When nothing is known that would be kept.
  gov::Status run_again() {
    KnownDocuments known(content::Snapshot::build({}, {}), "docs");
    return collect(source, "docs", "CC-BY-4.0", call, limits, known, got);
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> keys;
    for (const auto& document : got.documents) keys.push_back(document.key);
    return keys;
  }
  std::string note(std::size_t i = 0) const {
    return i < got.notes.size() ? got.notes[i].message : "no note";
  }
};

using Keys = std::vector<std::string>;

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace govhost::sync
