#include "config/limits.h"

#include "config/names.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace govhost::config {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kMostRate = 1'000'000;
constexpr std::uint32_t kMostUnits = 1'000'000;
constexpr double kDefaultBurst = 10;  // seconds of the rate

// "600/min" a second.
std::optional<double> per_second(std::string_view text) {
  std::uint32_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || count == 0 || count > kMostRate) return std::nullopt;
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  if (unit == "/s") return count;
  if (unit == "/min") return count / 60.0;
  if (unit == "/h") return count / 3600.0;
  return std::nullopt;
}

class Reader {
 public:
  Reader(const Tree& tree, std::string pointer, const Json& table, std::vector<Fault>& faults)
      : tree_(tree), pointer_(std::move(pointer)), table_(table), faults_(faults) {}

  Limit read() {
    Limit out;
    out.origin = tree_.origin(pointer_);
    const std::string key = text_of(table_, "key");
    out.per_address = key == "address";
    out.name = text_of(table_, "name");
    if (out.name.empty()) out.name = key;
    const std::string rate = text_of(table_, "rate");
    const std::optional<double> read = per_second(rate);
    if (read)
      out.per_second = *read;
    else if (!rate.empty())
      fault(child_pointer(pointer_, "rate"),
            in_quotes(rate) +
                " is no rate; write 1 to 1000000 per \"/s\", \"/min\" or \"/h\", "
                "such as \"600/min\"");
    const Json* burst = member(table_, "burst");
    out.burst = burst != nullptr && burst->is_number_integer()
                    ? burst->get<std::uint32_t>()
                    : static_cast<std::uint32_t>(
                          std::clamp(out.per_second * kDefaultBurst, 1.0, double{kMostUnits}));
    read_cost(out);
    return out;
  }

 private:
  // What costs more than the burst would never pass.
  void read_cost(Limit& out) {
    const Json* cost = member(table_, "cost");
    if (cost == nullptr || !cost->is_object() || cost->empty()) return;
    if (out.per_address)
      return fault(child_pointer(pointer_, "cost"),
                   "an address is limited before it is known what is asked; give the cost to a "
                   "limit with key = \"principal\"");
    for (const auto& [tool, units] : cost->items()) {
      const bool good = units.is_number_integer() && units.get<std::int64_t>() >= 1 &&
                        units.get<std::int64_t>() <= out.burst;
      if (good)
        out.cost.emplace(tool, units.get<std::uint32_t>());
      else
        fault(child_pointer(child_pointer(pointer_, "cost"), tool),
              "must be a number from 1 to the burst, which is " + std::to_string(out.burst));
    }
  }

  void fault(const std::string& place, std::string message) {
    faults_.push_back({tree_.origin(place), tree_.key(place), std::move(message)});
  }

  const Tree& tree_;
  const std::string pointer_;
  const Json& table_;
  std::vector<Fault>& faults_;
};

}  // namespace

void read_limits(const Tree& tree, std::vector<Limit>& out, std::vector<Fault>& faults) {
  const Json* limits = member(tree.root, "limit");
  if (limits == nullptr || !limits->is_array()) return;
  for (std::size_t i = 0; i < limits->size(); ++i) {
    if (!(*limits)[i].is_object()) continue;
    const std::string pointer = "/limit/" + std::to_string(i);
    Limit limit = Reader(tree, pointer, (*limits)[i], faults).read();
    if (std::any_of(out.begin(), out.end(), [&](const Limit& l) { return l.name == limit.name; }))
      faults.push_back({tree.origin(pointer), tree.key(pointer),
                        "there is another limit called " + in_quotes(limit.name) +
                            "; give one of them a name of its own"});
    out.push_back(std::move(limit));
  }
}

}  // namespace govhost::config
