// Checks a query before anything is done with it, and the limits of what is made of it.
#pragma once

#include <gov/search.hpp>

namespace search_common {

inline constexpr std::size_t kMaxQueryBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMaxQueryTerms = 64;    // distinct words of the query that are used
inline constexpr std::size_t kMaxAlternatives = 96;  // words of its alternatives that count
inline constexpr std::size_t kMaxCorrections = 8;    // words of one query that are corrected
// Words of the query that alternatives may stand for, repetitions included.
inline constexpr std::size_t kMaxPlaces = 256;
// What the words of an alternative of several weigh together when all of them are there.
inline constexpr float kWholePhrase = 1.2f;

// INVALID_ARGUMENT with what is wrong and what to do.
gov::Status check_query(const gov::Query& query);

}  // namespace search_common
