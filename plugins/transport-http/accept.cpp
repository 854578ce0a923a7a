#include "accept.h"

#include "text.h"

namespace transport_http {
namespace {

// Whether a q parameter is not zero; nonsense counts as one.
bool positive(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view p = next_item(parameters, ';');
    if (p.size() < 3 || lower(p[0]) != 'q' || p[1] != '=') continue;
    return p.substr(2).find_first_not_of("0.") != std::string_view::npos;
  }
  return true;
}

}  // namespace

void Accepts::consider(Match& match, int rank, bool quality) {
  if (rank < match.rank) return;
  match.quality = quality || (rank == match.rank && match.quality);
  match.rank = rank;
}

void Accepts::add(std::string_view value) {
  while (!value.empty()) {
    std::string_view range = next_item(value, ',');
    if (range.empty()) continue;
    any_ = true;
    const std::string_view type = next_item(range, ';');
    const bool quality = positive(range);
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
