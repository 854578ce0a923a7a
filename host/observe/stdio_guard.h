// Takes standard input and output away from everybody but the stdio transport.
#pragma once

#include "core/unique_fd.h"

namespace govhost {

// MCP forbids anything on standard output that is not a message (spec 2026-07-28, stdio), and any
// library or plugin may printf. So the real descriptors move to private numbers, standard input
// becomes /dev/null and standard output becomes standard error. Must be made before the first
// plugin is loaded; never undone.
class StdioGuard {
 public:
  StdioGuard();
  int input() const { return input_.get(); }
  int output() const { return output_.get(); }

 private:
  UniqueFd input_;
  UniqueFd output_;
};

}  // namespace govhost
