#include "content/entry_index.h"

#include "core/text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

namespace govhost::content {
namespace {

constexpr std::size_t kMaxWords = 24;  // of one name; more tell nothing more
// A label that more entries share names no entry but the framework: "ISO 42001: ...".
constexpr std::ptrdiff_t kMaxSharing = 8;
constexpr std::size_t kMaxComparedKey = 64;  // the distance takes quadratic time

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

bool has_digit(std::string_view text) { return std::any_of(text.begin(), text.end(), is_digit); }
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Letters and digits alone: "A.6.2.4", "a-6-2-4" and "A 6 2 4" are one label.
std::string compact(std::string_view text) {
  std::string out = lower(text);
  std::erase_if(out, [](char c) { return !is_word(c); });
  return out;
}

std::string folded(std::string word) {
  if (word.size() > 4 && word.ends_with("ies")) return word.replace(word.size() - 3, 3, "y");
  if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss")) word.pop_back();
  return word;
}

bool is_common(std::string_view word) {
  static constexpr std::array<std::string_view, 14> kCommon = {
      "a", "an", "and", "by", "for", "in", "of", "on", "or", "the", "to", "with", "what", "which"};
  return std::find(kCommon.begin(), kCommon.end(), word) != kCommon.end();
}

// "a14" of "c3-s2-a14" as "#14".
std::optional<std::string> article_of_key(std::string_view segment) {
  if (segment.size() < 2 || segment[0] != 'a' || !all_digits(segment.substr(1))) return {};
  return "#" + std::string(segment.substr(1));
}

// "#14", "llm06"; but not "2025", which is any number.
bool names_number(std::string_view word) { return has_digit(word) && !all_digits(word); }

std::string label_of_title(std::string_view title) {
  const std::string_view label = title.substr(0, title.find(':'));
  return label.size() < title.size() && has_digit(label) ? compact(label) : std::string();
}

}  // namespace

std::vector<std::string> words_of_name(std::string_view text) {
  std::vector<std::string> words;
  const std::string name = lower(text);
  bool article = false;
  for (std::size_t at = 0; at < name.size() && words.size() < kMaxWords;) {
    if (!is_word(name[at])) {
      // "14(1)": the paragraph of an article.
      const bool paragraph =
          name[at] == '(' && at > 0 && (is_digit(name[at - 1]) || name[at - 1] == ')');
      const std::size_t close = paragraph ? name.find(')', at) : std::string::npos;
      at = close == std::string::npos ? at + 1 : close + 1;
      continue;
    }
    const std::size_t begin = at;
    while (at < name.size() && is_word(name[at])) ++at;
    std::string word = name.substr(begin, at - begin);
    const bool behind_article = article;
    article = word == "art" || word == "article" || word == "articles";
    if (behind_article && all_digits(word)) {
      words.push_back("#" + word);
    } else if (!article && !is_common(word)) {
      words.push_back(folded(std::move(word)));
    }
  }
  return words;
}

EntryIndex::EntryIndex(const Graph& graph) : graph_(&graph) {
  const Document* framework = nullptr;  // its entries follow one another
  std::vector<std::string> shared;      // the words of its name
  for (auto id = static_cast<NodeId>(graph.documents().size()); id < graph.size(); ++id) {
    if (const Document* const of = graph.node(id).document; of != framework) {
      framework = of;
      shared = words_of_name(framework->id);
      for (std::string& word : words_of_name(framework->plain_title))
        shared.push_back(std::move(word));
    }
    add(id, shared);
  }
}

void EntryIndex::add(NodeId id, const std::vector<std::string>& shared) {
  const FrameworkEntry* const entry = graph_->node(id).entry;
  const auto put = [id](std::unordered_map<std::string, Ids>& index, std::string word) {
    if (word.empty()) return;
    Ids& ids = index[std::move(word)];
    if (ids.empty() || ids.back() != id) ids.push_back(id);
  };
  const std::string_view title = entry->title;
  put(labels_, compact(entry->key));
  put(labels_, label_of_title(title));
  const std::string_view first = title.substr(0, title.find(' '));
  if (has_digit(first)) put(labels_, compact(first));
  for (const std::string_view text : {std::string_view(entry->key), title})
    for (std::string& word : words_of_name(text)) put(words_, std::move(word));
  for (const std::string& word : shared) put(words_, word);
  for (const std::string_view segment : split(entry->key, '-')) {
    if (auto article = article_of_key(lower(segment))) put(words_, std::move(*article));
  }
}

bool EntryIndex::holds(const Scope& scope, NodeId id) const {
  const Document& framework = graph_->document(id);
  return (scope.framework == nullptr || scope.framework == &framework) &&
         scope.visible.sees(framework);
}

EntryIndex::Ids EntryIndex::labelled(const std::string& label, const Scope& scope) const {
  Ids out;
  const auto found = labels_.find(label);
  if (found == labels_.end()) return out;
  const auto sees = [&](NodeId id) { return scope.visible.sees(graph_->document(id)); };
  const auto sharing = scope.visible.everything()
                           ? static_cast<std::ptrdiff_t>(found->second.size())
                           : std::count_if(found->second.begin(), found->second.end(), sees);
  if (sharing > kMaxSharing) return out;
  std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(out),
               [&](NodeId id) { return holds(scope, id); });
  return out;
}

EntryIndex::Ids EntryIndex::with_all(const std::vector<std::string>& words,
                                     const Scope& scope) const {
  std::vector<const Ids*> lists;
  for (const std::string& word : words) {
    const auto found = words_.find(word);
    if (found == words_.end()) return {};
    lists.push_back(&found->second);
  }
  if (lists.empty()) return {};
  std::sort(lists.begin(), lists.end(),
            [](const Ids* a, const Ids* b) { return a->size() < b->size(); });
  Ids out;
  std::copy_if(lists[0]->begin(), lists[0]->end(), std::back_inserter(out), [&](NodeId id) {
    return holds(scope, id) && std::all_of(lists.begin() + 1, lists.end(), [id](const Ids* list) {
             return std::binary_search(list->begin(), list->end(), id);
           });
  });
  return out;
}

// "which risks cite LLM06", "what covers article 13 of the EU AI Act": the number says which
// entries, the other words, of which some mean nothing here, which of them.
EntryIndex::Ids EntryIndex::of_number(const std::vector<std::string>& words,
                                      const Scope& scope) const {
  // A number that only entries out of sight have must tell nothing of them.
  const auto is_there = [&](const std::string& word) {
    const auto found = words_.find(word);
    return found != words_.end() && std::any_of(found->second.begin(), found->second.end(),
                                                [&](NodeId id) { return holds(scope, id); });
  };
  std::vector<std::string> numbers;
  std::copy_if(words.begin(), words.end(), std::back_inserter(numbers),
               [&](const std::string& word) { return names_number(word) && is_there(word); });
  Ids entries = with_all(numbers, scope);
  const auto shared = [&](NodeId id) {
    return std::count_if(words.begin(), words.end(), [&](const std::string& word) {
      const auto found = words_.find(word);
      return found != words_.end() &&
             std::binary_search(found->second.begin(), found->second.end(), id);
    });
  };
  std::ptrdiff_t most = 0;
  for (const NodeId id : entries) most = std::max(most, shared(id));
  std::erase_if(entries, [&](NodeId id) { return shared(id) < most; });
  return entries;
}

// The title itself, then what documents cite, then the titles with the fewest other words.
void EntryIndex::sort(Ids& entries, const std::string& label, const Visibility& visible) const {
  const auto is_cited = [&](NodeId id) {
    const auto by = graph_->in(id, EdgeType::kReferences);
    return std::any_of(by.begin(), by.end(),
                       [&](NodeId each) { return visible.sees(graph_->document(each)); });
  };
  const auto order = [&](NodeId id) {
    const std::string_view title = graph_->node(id).entry->title;
    const std::string whole = compact(title);
    const std::size_t colon = title.find(':');
    const bool same = whole == label ||
                      (colon != std::string_view::npos && compact(title.substr(colon)) == label);
    return std::make_tuple(!same, !is_cited(id), whole.size(), id);
  };
  std::vector<decltype(order(0))> sorted;
  sorted.reserve(entries.size());
  for (const NodeId id : entries) sorted.push_back(order(id));
  std::sort(sorted.begin(), sorted.end());
  std::transform(sorted.begin(), sorted.end(), entries.begin(),
                 [](const auto& each) { return std::get<NodeId>(each); });
}

EntryIndex::Found EntryIndex::find(std::string_view text, const Document* framework,
                                   const Visibility& visible) const {
  if (text.size() > kMaxText || graph_ == nullptr) return {};
  const Scope scope{framework, visible};
  const std::string label = compact(text);
  Found found{By::kKey, labelled(label, scope)};
  if (!found.entries.empty()) return found;

  const std::vector<std::string> words = words_of_name(text);
  if (words.size() == 1 && all_digits(words[0])) {
    found = {By::kNumber, with_all({"#" + words[0]}, scope)};
    if (!found.entries.empty()) return found;
  }
  const bool article = std::any_of(words.begin(), words.end(),
                                   [](const std::string& word) { return word[0] == '#'; });
  found = {article ? By::kNumber : By::kTitle, with_all(words, scope)};
  if (found.entries.empty()) found = {By::kNumber, of_number(words, scope)};
  sort(found.entries, label, visible);
  return found;
}

std::vector<NodeId> EntryIndex::nearest(std::string_view text, const Document* framework,
                                        std::size_t limit, const Visibility& visible) const {
  if (text.size() > kMaxText || graph_ == nullptr) return {};
  const Scope scope{framework, visible};
  std::unordered_map<NodeId, std::size_t> shared;  // words in common
  for (const std::string& word : words_of_name(text)) {
    const auto found = words_.find(word);
    if (found == words_.end()) continue;
    for (const NodeId id : found->second) ++shared[id];
  }
  const std::string wanted = lower(trim(text));
  const std::size_t near = std::max<std::size_t>(2, wanted.size() / 3) + 1;
  std::vector<std::tuple<std::size_t, std::size_t, NodeId>> ranked;  // distance, unshared, id
  for (auto id = static_cast<NodeId>(graph_->documents().size()); id < graph_->size(); ++id) {
    if (!holds(scope, id)) continue;
    const std::string key = lower(graph_->node(id).entry->key);
    const bool comparable = wanted.size() <= kMaxComparedKey && key.size() <= kMaxComparedKey &&
                            key.size() < wanted.size() + near && wanted.size() < key.size() + near;
    const std::size_t distance = comparable ? std::min(edit_distance(wanted, key), near) : near;
    const auto common = shared.find(id);
    if (distance == near && common == shared.end()) continue;
    ranked.emplace_back(distance, kMaxWords - (common == shared.end() ? 0 : common->second), id);
  }
  const auto kept = static_cast<std::ptrdiff_t>(std::min(limit, ranked.size()));
  std::partial_sort(ranked.begin(), ranked.begin() + kept, ranked.end());
  std::vector<NodeId> out;
  std::transform(ranked.begin(), ranked.begin() + kept, std::back_inserter(out),
                 [](const auto& each) { return std::get<NodeId>(each); });
  return out;
}

}  // namespace govhost::content
