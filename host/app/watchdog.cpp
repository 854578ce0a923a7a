#include "app/watchdog.h"

#include <unistd.h>

#include <utility>

#include "app/exit_codes.h"

namespace govhost::app {

Watchdog::Watchdog(Reaper& reaper, std::chrono::milliseconds limit, std::string what)
    : armed_(std::make_shared<std::atomic<bool>>(true)) {
  const std::string message = "govhost: " + std::move(what) + " did not finish within " +
                              std::to_string(limit.count()) +
                              " ms; fix the plugin or raise host.start_timeout\n";
  reaper.at(std::chrono::steady_clock::now() + limit, [armed = armed_, message] {
    if (!*armed) return;
    [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, message.data(), message.size());
    ::_exit(kBadConfig);
  });
}

}  // namespace govhost::app
