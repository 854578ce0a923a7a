#include "query.h"

#include <string>

namespace search_common {

gov::Status check_query(const gov::Query& query) {
  if (query.limit() == 0) return gov::invalid("the query's limit is 0: ask for at least one hit");
  if (query.text().size() <= kMaxQueryBytes) return {};
  return gov::invalid("the query has " + std::to_string(query.text().size()) + " bytes, at most " +
                      std::to_string(kMaxQueryBytes) + " are allowed: shorten it");
}

}  // namespace search_common
