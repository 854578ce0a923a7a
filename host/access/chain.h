// Who is asking, by asking the authenticators in order.
#pragma once

#include <gov/abi/auth.h>
#include <gov/status.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/protected_resource.h"
#include "access/revocations.h"
#include "plugin/adapters.h"

namespace govhost::access {

// Why a request is refused, in the terms of RFC 6750.
struct Denial {
  int http_status = 401;
  std::string error;  // "invalid_token", "insufficient_scope"; empty: no credential came
  std::string description;
  std::string challenge;  // value of WWW-Authenticate; empty: the credential is not at fault
};

struct Decision {
  bool allowed = false;
  bool would_block = false;     // to a call that is to be answered at once: nothing is decided
  plugin::Principal principal;  // empty subject: anonymous, because no authenticator is configured
  Denial denial;
};

// Immutable after construction; thread-safe as far as the authenticators are.
class Chain {
 public:
  struct Rules {
    std::vector<std::string> required_scopes = {};
    std::vector<std::string> local_scopes = {};  // that a local stdio peer holds
    std::string public_url = {};                 // of the endpoint; see ProtectedResource
    const Revocations* revocations = nullptr;    // null: nobody is revoked
  };

  // Without authenticators everybody is let in anonymously.
  Chain(std::vector<plugin::Authenticator*> authenticators, Rules rules);
  explicit Chain(std::vector<plugin::Authenticator*> authenticators)
      : Chain(std::move(authenticators), Rules()) {}

  bool configured() const { return !authenticators_.empty(); }
  // Whether decide() may run on a transport's thread, with a call that is to be answered at once.
  bool answers_at_once() const { return answers_at_once_; }
  const ProtectedResource& resource() const { return resource_; }

  // The first authenticator that recognises a credential decides; a failure of one refuses, because
  // passing on to the next would fail open. A local stdio peer needs no credential: the operating
  // system has decided who may start the process (MCP, authorization: stdio takes no OAuth).
  // `target`: the path that was asked for, of HTTP.
  Decision decide(plugin::CallContext& call, const gov_peer& peer, std::string_view target) const;

  // Of somebody who may not do this one thing: what he would need.
  Denial lacking(const gov_peer& peer, std::string_view target,
                 std::span<const std::string> scopes) const;

 private:
  struct Asked {
    const gov_peer& peer;
    std::string_view target;
  };
  Decision deny(const Asked& asked, int http_status, std::string error,
                std::string description) const;
  Decision judge(const Asked& asked, plugin::Principal principal) const;
  std::string challenge(const Asked& asked, const Denial& denial,
                        std::span<const std::string> scopes) const;

  const std::vector<plugin::Authenticator*> authenticators_;
  const Rules rules_;
  ProtectedResource resource_;
  bool answers_at_once_ = true;
};

}  // namespace govhost::access
