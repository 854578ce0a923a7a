#include "accept.h"

#include "text.h"

#include <algorithm>

namespace transport_http {
namespace {

// The q parameter in thousandths; nonsense counts as one.
int quality_of(std::string_view parameters) {
  constexpr int kWhole = 1000;
  while (!parameters.empty()) {
    std::string_view p = next_item(parameters, ';');
    if (p.size() < 3 || lower(p[0]) != 'q' || p[1] != '=') continue;
    p.remove_prefix(2);
    if (p[0] != '0') return kWhole;
    int quality = 0;
    int unit = kWhole / 10;
    for (const char digit : p.substr(p.size() > 1 && p[1] == '.' ? 2 : 1)) {
      if (!is_digit(digit)) return kWhole;
      quality += (digit - '0') * unit;
      unit /= 10;
    }
    return quality;
  }
  return kWhole;
}

}  // namespace

void Accepts::consider(Match& match, int rank, int quality) const {
  if (rank < match.rank) return;
  const bool again = rank == match.rank;
  match = {rank, again ? std::max(quality, match.quality) : quality, again ? match.order : ranges_};
}

void Accepts::add(std::string_view value) {
  while (!value.empty()) {
    std::string_view range = next_item(value, ',');
    if (range.empty()) continue;
    any_ = true;
    const std::string_view type = next_item(range, ';');
    const int quality = quality_of(range);
    ++ranges_;
    if (equal_ignoring_case(type, "application/json")) {
      consider(json_, 3, quality);
    } else if (equal_ignoring_case(type, "text/event-stream")) {
      consider(stream_, 3, quality);
    } else if (equal_ignoring_case(type, "application/*")) {
      consider(json_, 2, quality);
    } else if (equal_ignoring_case(type, "text/*")) {
      consider(stream_, 2, quality);
    } else if (type == "*/*") {
      consider(json_, 1, quality);
      consider(stream_, 1, quality);
    }
  }
}

}  // namespace transport_http
