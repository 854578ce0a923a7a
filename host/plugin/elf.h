// Reads a plugin's entry from its file without loading it, so that a file that is no plugin, or one
// of another ABI, is refused before a single constructor of it has run.
#pragma once

#include <gov/abi/base.h>
#include <gov/status.hpp>

namespace govhost::plugin {

struct EntryPeek {
  std::uint16_t abi_major = 0, abi_minor = 0, needs_minor = 0;
};

// The first 24 bytes of gov_plugin_entry_v1, found through PT_DYNAMIC (section headers may be
// stripped). Every offset and size is checked against the file: the file is not trusted yet.
gov::Result<EntryPeek> peek_entry(int fd);

}  // namespace govhost::plugin
