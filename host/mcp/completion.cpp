#include "mcp/completion.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/text.h"

namespace govhost::mcp {
namespace {

using content::Document;
using By = Completes::By;

constexpr std::size_t kMostValues = 100;  // MCP, server/utilities/completion
constexpr int kNoMatch = 3;

// 0: begins with it, 1: a word does, 2: contains it.
int rank_of(std::string_view name, std::string_view typed) {
  const std::string text = lower(name);
  std::size_t at = text.find(typed);
  if (at == std::string::npos) return kNoMatch;
  if (at == 0) return 0;
  for (; at != std::string::npos; at = text.find(typed, at + 1)) {
    const char before = text[at - 1];
    if (before == ' ' || before == '-' || before == '_' || before == '(') return 1;
  }
  return 2;
}

class Completion {
 public:
  Completion(const content::Snapshot& snapshot, std::string_view typed, const Json& variables,
             const content::Visibility& visible)
      : snapshot_(snapshot),
        variables_(variables),
        visible_(visible),
        typed_(typed),
        wanted_(lower(trim(typed))) {}

  Json run(const Completes& completes) {
    switch (completes.by) {
      case By::kNothing: break;
      case By::kIds: split_list(); [[fallthrough]];
      case By::kId:
        documents(completes.kind, [](const Document& d) { return std::string_view(d.id); });
        break;
      case By::kTitle:
        documents(completes.kind,
                  [](const Document& d) { return std::string_view(d.plain_title); });
        break;
      case By::kCollection: collections(); break;
      case By::kEntry: entries(); break;
      case By::kSection: sections(); break;
    }
    return result();
  }

 private:
  void offer(std::string_view value, std::initializer_list<std::string_view> names) {
    int best = kNoMatch;
    for (const std::string_view name : names) best = std::min(best, rank_of(name, wanted_));
    if (best < kNoMatch) found_.emplace_back(best, value);
  }

  // What stands before the last comma is kept.
  void split_list() {
    const std::size_t comma = typed_.find_last_of(",;\n");
    if (comma == std::string_view::npos) return;
    kept_ = std::string(trim(typed_.substr(0, comma))) + ", ";
    wanted_ = lower(trim(typed_.substr(comma + 1)));
  }

  template <class Value>
  void documents(std::string_view kind, const Value& value) {
    const auto consider = [&](const Document& d) {
      if (visible_.sees(d)) offer(value(d), {d.id, d.short_id, d.public_id, d.title});
    };
    if (kind.empty()) kind = kind_of_collection();
    if (kind.empty())
      for (const Document& d : snapshot_.documents()) consider(d);
    else
      for (const Document& d : snapshot_.of_kind(kind)) consider(d);
  }

  void collections() {
    for (const std::string_view kind : snapshot_.kinds()) {
      const auto all = snapshot_.of_kind(kind);
      if (std::none_of(all.begin(), all.end(), [&](const Document& d) { return visible_.sees(d); }))
        continue;
      names_.push_back(std::make_unique<std::string>(content::plural_of(kind)));
      offer(*names_.back(), {*names_.back()});
    }
  }

  void entries() {
    std::unordered_set<std::string_view> seen;
    const Document* const framework = named("framework_id", content::kFramework);
    if (variable("framework_id") && !framework) return;
    for (const Document& each : snapshot_.of_kind(content::kFramework)) {
      if (!visible_.sees(each) || (framework && framework != &each)) continue;
      for (const content::FrameworkEntry& entry : each.entries)
        if (seen.insert(entry.key).second) offer(entry.key, {entry.key, entry.title});
    }
  }

  void sections() {
    const Document* const document = named("document_id", kind_of_collection());
    if (!document) return;
    for (const content::Section& section : document->sections)
      offer(section.anchor, {section.anchor, section.heading});
  }

  const std::string* variable(std::string_view name) const { return text_member(variables_, name); }

  std::string_view kind_of_collection() const {
    const std::string* const collection = variable("collection");
    if (collection)
      for (const std::string_view kind : snapshot_.kinds())
        if (content::plural_of(kind) == *collection) return kind;
    return {};
  }

  const Document* named(std::string_view name, std::string_view kind) const {
    const std::string* const value = variable(name);
    return value ? snapshot_.resolve(kind, *value, visible_).document : nullptr;
  }

  Json result() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    Json values = Json::array();
    for (std::size_t i = 0; i < std::min(found_.size(), kMostValues); ++i)
      values.push_back(kept_ + std::string(found_[i].second));
    return {{"values", std::move(values)},
            {"total", found_.size()},
            {"hasMore", found_.size() > kMostValues}};
  }

  const content::Snapshot& snapshot_;
  const Json& variables_;
  const content::Visibility& visible_;
  const std::string_view typed_;
  std::string wanted_, kept_;
  std::vector<std::unique_ptr<std::string>> names_;  // that are not the snapshot's
  std::vector<std::pair<int, std::string_view>> found_;
};

}  // namespace

Json complete(const content::Snapshot& snapshot, const Completes& completes, std::string_view typed,
              const Json& variables, const content::Visibility& visible) {
  return Completion(snapshot, typed, variables, visible).run(completes);
}

}  // namespace govhost::mcp
