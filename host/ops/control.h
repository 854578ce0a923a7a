// The Unix socket on which the command line steers a running server. Whoever may open it may do
// everything, so it belongs to its owner alone, and the kernel says who is at the other end.
#pragma once

#include <gov/status.hpp>

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <string>

#include "observe/log.h"

namespace govhost::ops {

// One request and its answer are a line of JSON each: {"verb": "content.sync", ...} and
// {"result": ...} or {"error": {"code", "message"}}. Each request has a thread; at most 16, 64 KiB
// each. Only the server's own user and root are heard (SO_PEERCRED, unix(7)).
class Control {
 public:
  // Called on several threads.
  using Handler = std::function<gov::Result<nlohmann::json>(const nlohmann::json& request)>;

  // Takes the place of a socket that nobody listens on any more.
  static gov::Result<std::unique_ptr<Control>> open(const std::string& path, Handler handler,
                                                    Log& log);
  // Removes the socket; returns when no request is being answered. Make sure that the handler
  // returns first.
  ~Control();
  Control(const Control&) = delete;

 private:
  struct Impl;
  explicit Control(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Asks a server; UNAVAILABLE: nobody listens there. Waits as long as the server works.
gov::Result<nlohmann::json> ask(const std::string& path, const nlohmann::json& request);

}  // namespace govhost::ops
