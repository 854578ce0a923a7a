// Words too common to find anything with.
#pragma once

#include <string_view>

namespace memory_search {

bool is_stop_word(std::string_view lower_case_word);

}  // namespace memory_search
