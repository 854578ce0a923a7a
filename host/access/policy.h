// What a caller may use: tools, prompts and resources.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace govhost::access {

// The one place that decides it, for lists, calls, completion, subscriptions and `policy explain`.
// Immutable; thread-safe.
class Policy {
 public:
  enum class Thing { kTool, kPrompt, kResource };
  struct Rule {
    std::string name;                 // for operators: where it is written
    std::vector<std::string> scopes;  // all of them are needed; empty: whoever may call at all
    // What their holders may use, by name or URI; "*" stands for any text.
    std::vector<std::string> tools = {}, prompts = {}, resources = {};
  };
  // Of the rules that name the thing: one whose scopes are held, else the first; null: none names
  // it.
  struct Verdict {
    bool allowed = true;
    const Rule* rule = nullptr;
  };

  Policy() = default;  // everything is allowed
  // With rules whatever none of them allows is refused.
  explicit Policy(std::vector<Rule> rules) : rules_(std::move(rules)) {}

  bool restricts() const { return !rules_.empty(); }
  Verdict decide(std::span<const std::string> held_scopes, Thing thing,
                 std::string_view name) const;
  bool allows(std::span<const std::string> held_scopes, Thing thing, std::string_view name) const {
    return !restricts() || decide(held_scopes, thing, name).allowed;
  }
  std::span<const Rule> rules() const { return rules_; }
  // Whether both decide alike for everybody, wherever their rules are written.
  bool decides_as(const Policy& other) const;

 private:
  std::vector<Rule> rules_;
};

// Whether all of them are held.
bool holds(std::span<const std::string> held, std::span<const std::string> needed);
// "*" stands for any text, also none; everything else for itself. Linear in practice: it goes back
// to the last "*" only.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace govhost::access
