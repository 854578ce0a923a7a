// The rules for one value.
#include "config/names.h"
#include "config/schema_node.h"
#include "config/units.h"
#include "core/text.h"
#include "core/utf8.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace govhost::config {
namespace {

struct TypeName {
  unsigned bit;
  std::string_view json, toml;
};

constexpr TypeName kTypeNames[] = {
    {kNull, "null", "null"},
    {kBoolean, "a boolean", "a boolean"},
    {kInteger, "an integer", "an integer"},
    {kNumber, "a number", "a number"},
    {kString, "a string", "a string"},
    {kArray, "an array", "an array"},
    {kObject, "an object", "a table"},
};

// Integers that a 64-bit integer cannot hold count as numbers: readers would get another value.
bool fits(const nlohmann::json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= INT64_MAX;
  return !value.is_number_float() || std::abs(value.get<double>()) < 9.2e18;
}

// JSON Schema counts 2.0 among the integers (2020-12 validation, 6.1.1).
bool is_whole(const nlohmann::json& value) {
  if (!fits(value)) return false;
  return !value.is_number_float() || std::trunc(value.get<double>()) == value.get<double>();
}

// nlohmann's own order takes integers above 2^63 for negative ones.
bool is_less(const nlohmann::json& a, const nlohmann::json& b) {
  return fits(a) && fits(b) ? a < b : a.get<double>() < b.get<double>();
}

unsigned type_of(const nlohmann::json& value) {
  switch (value.type()) {
    case nlohmann::json::value_t::null: return kNull;
    case nlohmann::json::value_t::boolean: return kBoolean;
    case nlohmann::json::value_t::string: return kString;
    case nlohmann::json::value_t::array: return kArray;
    case nlohmann::json::value_t::object: return kObject;
    default: return is_whole(value) ? kInteger : kNumber;
  }
}

std::string type_names(unsigned types, const Style& style) {
  std::vector<std::string> names;
  for (const TypeName& type : kTypeNames)
    if ((types & type.bit) != 0) names.emplace_back(style.options ? type.toml : type.json);
  std::string last = names.back();
  names.pop_back();
  return names.empty() ? last : join(names, ", ") + " or " + last;
}

std::string plural(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string shown(const nlohmann::json& value) {
  if (value.is_string()) return in_quotes(value.get_ref<const std::string&>());
  if (value.is_structured()) return value.is_array() ? "an array" : "an object";
  return value.dump();
}

std::string with_unit(Unit unit, const nlohmann::json& value) {
  if (!value.is_number_integer() || unit == Unit::kNone) return value.dump();
  const auto number = value.get<std::int64_t>();
  return unit == Unit::kDuration ? print_duration(std::chrono::milliseconds(number))
                                 : print_size(number);
}

// One value under one schema node.
class Rules {
 public:
  Rules(const SchemaNode& node, const nlohmann::json& value, const std::string& pointer,
        const Style& style, std::vector<Finding>& findings)
      : node_(node), value_(value), pointer_(pointer), style_(style), findings_(findings) {}

  void run() {
    if (!check_type()) return;
    if (node_.secret) return;  // the other messages repeat the value
    check_allowed();
    check_range();
    if (value_.is_string()) check_text(value_.get_ref<const std::string&>());
    if (value_.is_array()) check_items();
    if (value_.is_object()) check_members();
  }

 private:
  void add(std::string message) { add_at(pointer_, std::move(message)); }
  void add_at(std::string pointer, std::string message) {
    if (findings_.size() < style_.limit)
      findings_.push_back({std::move(pointer), std::move(message)});
  }

  bool check_type() {
    // A value with a unit has become a number.
    const bool unit = style_.options && node_.unit != Unit::kNone;
    const unsigned wanted = unit ? unsigned{kInteger} : node_.types;
    const unsigned accepted = (wanted & kNumber) != 0 ? wanted | kInteger : wanted;
    if (wanted == 0 || (accepted & type_of(value_)) != 0) return true;
    if (value_.is_number() && (accepted & kInteger) != 0 && !fits(value_)) {
      add("must be an integer that fits into 64 bits");
    } else {
      add("must be " + type_names(wanted, style_) + ", is " + type_names(type_of(value_), style_));
    }
    return false;
  }

  void check_allowed() {
    if (node_.allowed.empty()) return;
    if (std::find(node_.allowed.begin(), node_.allowed.end(), value_) != node_.allowed.end())
      return;
    constexpr std::size_t kListed = 12;
    std::vector<std::string> list;
    std::vector<std::string_view> texts;
    for (const nlohmann::json& each : node_.allowed) {
      if (list.size() < kListed) list.push_back(shown(each));
      if (each.is_string()) texts.push_back(each.get_ref<const std::string&>());
    }
    if (node_.allowed.size() > kListed)
      list.push_back(std::to_string(node_.allowed.size() - kListed) + " more");
    std::string message = list.size() == 1 ? "must be " : "must be one of ";
    message += join(list, ", ") + "; is " + shown(value_);
    if (value_.is_string() && list.size() > 1)
      if (const auto near = nearest(value_.get_ref<const std::string&>(), texts))
        message += "; did you mean " + in_quotes(*near) + "?";
    add(std::move(message));
  }

  void check_range() {
    if (!value_.is_number()) return;
    if (node_.minimum && is_less(value_, *node_.minimum))
      add("must be at least " + with_unit(node_.unit, *node_.minimum) + ", is " +
          with_unit(node_.unit, value_));
    if (node_.maximum && is_less(*node_.maximum, value_))
      add("must be at most " + with_unit(node_.unit, *node_.maximum) + ", is " +
          with_unit(node_.unit, value_));
  }

  void check_text(const std::string& text) {
    if (node_.min_length || node_.max_length) {
      const std::size_t length = count_code_points(text);
      if (node_.min_length && length < *node_.min_length)
        add("must be at least " + plural(*node_.min_length, "character") + " long");
      if (node_.max_length && length > *node_.max_length)
        add("must be at most " + plural(*node_.max_length, "character") + " long, is " +
            std::to_string(length));
    }
    if (node_.pattern && !node_.pattern->matches(text))
      add("must match the pattern " + node_.pattern->text());
  }

  void check_items() {
    if (node_.min_items && value_.size() < *node_.min_items)
      add("must have at least " + plural(*node_.min_items, "item"));
    if (node_.max_items && value_.size() > *node_.max_items)
      add("must have at most " + plural(*node_.max_items, "item") + ", has " +
          std::to_string(value_.size()));
    if (node_.unique_items) check_unique();
  }

  // Scalars only (compile() sees to it): comparing containers would recurse as deep as the value.
  void check_unique() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < value_.size(); ++i)
      if (!value_[i].is_structured()) order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [this](std::size_t a, std::size_t b) { return value_[a] < value_[b]; });
    const auto twice =
        std::adjacent_find(order.begin(), order.end(),
                           [this](std::size_t a, std::size_t b) { return value_[a] == value_[b]; });
    if (twice != order.end())
      add_at(child_pointer(pointer_, *(twice + 1)), "repeats an earlier item");
  }

  void check_members() {
    for (const std::string& name : node_.required)
      if (!value_.contains(name)) {
        const SchemaNode* const member = node_.property(name);
        const bool elsewhere = member != nullptr && member->from_public_url;
        add_at(child_pointer(pointer_, name),
               elsewhere ? "is required: write it or set host.public_url" : "is required");
      }
    const bool refused = node_.additional == SchemaNode::Additional::kRefused ||
                         (node_.additional == SchemaNode::Additional::kUnsaid && style_.options);
    if (!refused) return;
    std::vector<std::string_view> known;
    for (const auto& [name, property] : node_.properties) known.emplace_back(name);
    for (const auto& [name, member] : value_.items()) {
      if (node_.property(name) != nullptr) continue;
      if (findings_.size() >= style_.limit) return;
      std::string message = style_.options ? "unknown key" : "unknown property";
      if (known.empty()) {
        message += "; none is known here";
      } else if (const auto near = nearest(name, known)) {
        message += "; did you mean " + std::string(*near) + "?";
      }
      add_at(child_pointer(pointer_, name), std::move(message));
    }
  }

  const SchemaNode& node_;
  const nlohmann::json& value_;
  const std::string& pointer_;
  const Style& style_;
  std::vector<Finding>& findings_;
};

}  // namespace

std::string type_name(const nlohmann::json& value, const Style& style) {
  return type_names(type_of(value), style);
}

const SchemaNode* SchemaNode::property(std::string_view name) const {
  for (const auto& [known, node] : properties)
    if (known == name) return node.get();
  return nullptr;
}

const SchemaNode* SchemaNode::member(std::string_view name) const {
  const SchemaNode* node = property(name);
  return node != nullptr ? node : additional_schema.get();
}

void check_value(const SchemaNode& node, const nlohmann::json& value, const std::string& pointer,
                 const Style& style, std::vector<Finding>& findings) {
  Rules(node, value, pointer, style, findings).run();
}

}  // namespace govhost::config
