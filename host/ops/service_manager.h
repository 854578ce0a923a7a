// Tells the service manager that started the process how it stands (sd_notify(3)).
#pragma once

#include <string>
#include <string_view>

namespace govhost::ops {

// libsystemd would do the same, and bring libgcrypt, libzstd and others into every start for one
// datagram whose form is promised to stay ("Notes" of the page). Any thread.
class ServiceManager {
 public:
  // What NOTIFY_SOCKET names; nobody is told without it.
  static ServiceManager from_environment();

  // "READY=1", "STOPPING=1"; never waits, and a manager that does not listen changes nothing.
  void tell(std::string_view state) const;

 private:
  explicit ServiceManager(std::string socket) : socket_(std::move(socket)) {}

  std::string socket_;  // a path, or with '@' in front an abstract name; empty: nobody
};

}  // namespace govhost::ops
