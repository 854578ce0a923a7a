#include "access/restrictions.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace govhost::access {
namespace {

using Rule = Restrictions::Rule;

template <class Text>
bool contains(std::span<const std::string> list, const Text& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// As text: "confidential", 3, true; or one of an array.
bool has_value(const nlohmann::json& value, const std::vector<std::string>& wanted) {
  if (value.is_array())
    return std::any_of(value.begin(), value.end(),
                       [&](const nlohmann::json& each) { return has_value(each, wanted); });
  if (value.is_string()) return contains(wanted, value.get_ref<const std::string&>());
  return value.is_primitive() && contains(wanted, value.dump());
}

bool has(const content::Document& document, const std::string& name,
         const std::vector<std::string>& wanted) {
  if (!document.attributes || !document.attributes->is_object()) return false;
  const auto found = document.attributes->find(name);
  return found != document.attributes->end() && has_value(*found, wanted);
}

bool is_about(const Rule& rule, std::string_view source) {
  return rule.sources.empty() || contains(rule.sources, source);
}

bool has_ended(const Rule& rule) { return rule.scopes.empty(); }

bool applies(const Rule& rule, const content::Document& document) {
  if (has_ended(rule)) return false;
  const auto meets = [&](const auto& condition) {
    return has(document, condition.first, condition.second);
  };
  return is_about(rule, document.provenance.source) &&
         (rule.kinds.empty() || contains(rule.kinds, document.kind)) &&
         std::all_of(rule.when.begin(), rule.when.end(), meets) &&
         std::none_of(rule.unless.begin(), rule.unless.end(), meets);
}

bool is_of_whole_sources(const Rule& rule) {
  return rule.kinds.empty() && rule.when.empty() && rule.unless.empty();
}

template <class Applies>
std::uint64_t bits(const std::vector<Rule>& rules, const Applies& each_applies) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (each_applies(rules[i])) out |= std::uint64_t{1} << i;
  return out;
}

}  // namespace

Restrictions::Restrictions(std::vector<Rule> rules) {
  if (!rules.empty()) rules_ = std::make_shared<const std::vector<Rule>>(std::move(rules));
}

std::optional<Restrictions> Restrictions::replaced_by(const std::vector<Rule>& rules) const {
  std::vector<Rule> numbered;
  if (rules_) numbered = *rules_;
  std::vector<bool> taken(numbered.size());
  std::vector<const Rule*> fresh;
  for (const Rule& rule : rules) {
    std::size_t at = 0;
    while (at < taken.size() && (taken[at] || numbered[at] != rule)) ++at;
    if (at < taken.size())
      taken[at] = true;
    else
      fresh.push_back(&rule);
  }
  // The number of one that ended before this may be given anew.
  for (std::size_t at = 0; at < taken.size(); ++at) {
    if (taken[at]) continue;
    const bool free = has_ended(numbered[at]);
    numbered[at] = {};
    if (!free || fresh.empty()) continue;
    numbered[at] = *fresh.back();
    fresh.pop_back();
  }
  for (const Rule* const rule : fresh) numbered.push_back(*rule);
  if (numbered.size() > kMost) return std::nullopt;
  return Restrictions(std::move(numbered));
}

bool Restrictions::operator==(const Restrictions& other) const {
  static const std::vector<Rule> kNone;
  return (rules_ ? *rules_ : kNone) == (other.rules_ ? *other.rules_ : kNone);
}

content::Restricting Restrictions::restricting() const {
  if (!rules_) return {};
  return {[rules = rules_](const content::Document& document) {
            return bits(*rules, [&](const Rule& rule) { return applies(rule, document); });
          },
          [rules = rules_](std::string_view source) {
            return bits(*rules, [&](const Rule& rule) {
              return !has_ended(rule) && is_about(rule, source);
            });
          },
          bits(*rules_, [](const Rule& rule) { return !has_ended(rule); })};
}

content::Visibility Restrictions::visible_with(std::span<const std::string> held) const {
  if (!rules_) return {};
  std::vector<std::string_view> closed, partial;
  const std::uint64_t hidden = bits(*rules_, [&](const Rule& rule) {
    const bool free = std::all_of(rule.scopes.begin(), rule.scopes.end(),
                                  [&](const auto& scope) { return contains(held, scope); });
    if (free) return false;
    auto& named = is_of_whole_sources(rule) ? closed : partial;
    named.insert(named.end(), rule.sources.begin(), rule.sources.end());
    if (rule.sources.empty()) partial.emplace_back();  // of any source
    return true;
  });
  return content::Visibility(hidden, std::move(closed), std::move(partial));
}

}  // namespace govhost::access
