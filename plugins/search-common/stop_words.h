// Words too common to find anything with.
#pragma once

#include <string_view>

namespace search_common {

bool is_stop_word(std::string_view lower_case_word);

}  // namespace search_common
