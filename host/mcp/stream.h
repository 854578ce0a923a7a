// The way to a client besides the one answer to its request.
#pragma once

#include <string>
#include <string_view>

namespace govhost::mcp {

// Messages of one exchange, in order. Thread-safe; never blocks.
class Stream {
 public:
  virtual ~Stream() = default;

  // One JSON-RPC message. False: nobody can get it any more.
  virtual bool send(std::string_view message) = 0;

  // Nothing more comes; `last` may be empty. A second call does nothing.
  virtual void end(std::string_view last) = 0;

  // Ends the connection while the work goes on: a client of a session comes back for the rest. Does
  // nothing where it could not.
  virtual void hang_up() {}
};

}  // namespace govhost::mcp
