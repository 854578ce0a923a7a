// Git's name of a text.
#pragma once

#include <string>
#include <string_view>

namespace github {

// SHA-1 over "blob <size>\0" and the bytes, in hex (gitformat, "Object storage format"): the tree
// names it, so a text that was cut, replaced or is an error page is told from the right one.
std::string blob_id(std::string_view bytes);

}  // namespace github
