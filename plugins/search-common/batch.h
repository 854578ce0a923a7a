// Checks a batch of changes before anything is done with it.
#pragma once

#include <gov/search.hpp>

#include <vector>

namespace search_common {

inline constexpr std::size_t kMaxIdBytes = 1024;
inline constexpr std::size_t kMaxVersionBytes = 1024;
inline constexpr std::size_t kMaxNameBytes = std::size_t{64} << 10;  // title, heading, facet parts
inline constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20;

// INVALID_ARGUMENT with the first operation that cannot be carried out and why.
gov::Status check_batch(const gov::IndexBatch& batch);

// The operations that count when several are about one id, ascending by id.
std::vector<const gov_index_op*> last_of_each_id(const gov::IndexBatch& batch);

}  // namespace search_common
