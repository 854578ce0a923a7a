// What a client says it can do.
#pragma once

#include <cstdint>
#include <string>

#include "mcp/json.h"

namespace govhost::mcp {

inline constexpr std::string_view kTasksExtension = "io.modelcontextprotocol/tasks";

// The part of ClientCapabilities that this server acts on, as bits, so that a session id can carry
// them.
class Capabilities {
 public:
  enum Bit : std::uint8_t {
    kSampling = 1u << 0u,
    kSamplingTools = 1u << 1u,
    kElicitationForm = 1u << 2u,
    kElicitationUrl = 1u << 3u,
    kRoots = 1u << 4u,
    kTasks = 1u << 5u,
  };

  Capabilities() = default;
  explicit Capabilities(std::uint8_t bits) : bits_(bits) {}
  // From the object of `initialize` or of a modern request's _meta.
  static Capabilities of(const Json& declared);

  bool has(Bit bit) const { return (bits_ & bit) != 0; }
  std::uint8_t bits() const { return bits_; }

  // The part of `required` (a ClientCapabilities fragment) that was not declared, in the shape of
  // error -32021's data; null when nothing is missing.
  Json missing(const Json& required) const;

  // The fragment that a request to the client needs: {"sampling":{}} for sampling/createMessage.
  static Json needed_for(const Json& request);

 private:
  std::uint8_t bits_ = 0;
};

}  // namespace govhost::mcp
