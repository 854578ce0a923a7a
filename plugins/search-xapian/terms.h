// The names of things in the database: terms, values and folders.
#pragma once

#include <xapian.h>

#include <string>
#include <string_view>

namespace xapian_search {

// Values of a document.
inline constexpr Xapian::valueno kId = 0;        // of the passage; orders equal scores
inline constexpr Xapian::valueno kDocument = 1;  // what it is a passage of; its id when of nothing
inline constexpr Xapian::valueno kVersion = 2;

// Metadata of a database. Another format: the folder is made anew.
inline constexpr const char* kFormatKey = "format";
inline constexpr const char* kFormat = "1";
inline constexpr const char* kSourceKey = "source";

// Terms begin with an upper-case letter, words never do.
std::string term_of_id(std::string_view id);
std::string term_of_facet(std::string_view name, std::string_view value);

// The folder of a source's database.
std::string folder_of(std::string_view source);

}  // namespace xapian_search
