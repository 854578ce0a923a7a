// Where copies of the audit trail go.
#pragma once

#include <gov/status.hpp>

#include <span>
#include <string>

#include "plugin/call.h"

namespace govhost::shipping {

// One thread.
class Sink {
 public:
  virtual ~Sink() = default;
  // Lines of the trail, in order, without line breaks. OK: they are there; else all of them are
  // sent again, so that the other end may see one twice and knows it by its "seq".
  virtual gov::Status send(std::span<const std::string> lines, plugin::CallContext& call) = 0;
};

}  // namespace govhost::shipping
