// Who is asking, by asking the authenticators in order.
#pragma once

#include <gov/abi/auth.h>
#include <gov/status.hpp>

#include <string>
#include <vector>

#include "plugin/adapters.h"

namespace govhost::access {

// Why a request is refused, in the terms of RFC 6750.
struct Denial {
  int http_status = 401;
  std::string error;  // "invalid_token", "insufficient_scope"; empty: no credential came
  std::string description;
  std::string challenge;  // value of WWW-Authenticate
};

struct Decision {
  bool allowed = false;
  plugin::Principal principal;  // empty subject: anonymous, because no authenticator is configured
  Denial denial;
};

// Immutable after construction; thread-safe as far as the authenticators are.
class Chain {
 public:
  // Without authenticators everybody is let in anonymously.
  Chain(std::vector<plugin::Authenticator*> authenticators,
        std::vector<std::string> required_scopes);

  bool configured() const { return !authenticators_.empty(); }
  // Whether decide() may run on a transport's thread.
  bool never_blocks() const { return never_blocks_; }

  // The first authenticator that recognises a credential decides; a failure of one refuses, because
  // passing on to the next would fail open. A local stdio peer needs no credential: the operating
  // system has decided who may start the process (MCP, authorization: stdio takes no OAuth).
  Decision decide(plugin::CallContext& call, const gov_peer& peer) const;

 private:
  Decision deny(int http_status, std::string error, std::string description) const;

  const std::vector<plugin::Authenticator*> authenticators_;
  const std::vector<std::string> required_scopes_;
  bool never_blocks_ = true;
};

}  // namespace govhost::access
