// A repository on a server, by git's "smart" HTTP protocol, through the host: what it may reach,
// the proxy, private CAs, limits and the token are the host's.
// https://git-scm.com/docs/http-protocol
#pragma once

#include <gov/http.hpp>
#include <gov/plugin.hpp>

#include <string>

#include "store.h"

namespace git {

struct Remote {
  std::string url;  // without a slash at the end
  std::string ref = "HEAD";
  bool has_token = false;
  std::string user;  // whose password the token is; empty: it is sent as it is
};

// The commit of `ref` there, after what `store` lacked of it was fetched. One request when nothing
// has changed, none for a commit that the store has. [worker]
gov::Result<git_oid> fetch(const Remote& remote, const gov::Http& http, const gov::Call& call,
                           Store& store);

}  // namespace git
