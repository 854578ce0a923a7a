// git's smart HTTP protocol over gov.http/1, for libgit2.
#pragma once

#include <gov/http.hpp>
#include <gov/plugin.hpp>

#include <git2.h>

#include "remote.h"

namespace git {

// What the requests of one fetch share; outlives the transport.
struct Wire {
  const Remote& remote;
  const gov::Http& http;
  const gov::Call& call;
  gov::Status fault = {};  // of the first request that failed: it says more than libgit2 can
};

// A git_transport_cb whose parameter is a Wire.
int make_transport(git_transport** out, git_remote* owner, void* wire);

}  // namespace git
