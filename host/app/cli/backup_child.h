// The second server of a drill.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <string>

namespace govhost::app {

struct Answered {
  std::string snapshot;  // digest of what it serves
  std::uint64_t documents = 0;
};

// Starts this program with the configuration, which serves standard input, asks for server_info and
// ends it. What it keeps and logs stays below `folder`. INVALID_ARGUMENT: it does not start, or
// answers with an error.
gov::Result<Answered> serve_and_ask(const std::string& config, const std::string& folder);

// SHA-256 in hex.
gov::Result<std::string> digest_of_file(const std::string& path);

}  // namespace govhost::app
