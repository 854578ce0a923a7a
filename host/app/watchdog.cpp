#include "app/watchdog.h"

#include <unistd.h>

#include <utility>

namespace govhost::app {

Watchdog::Watchdog(Reaper& reaper, std::chrono::milliseconds limit, std::string what,
                   std::string_view key, int exit_code)
    : armed_(std::make_shared<std::atomic<bool>>(true)) {
  const std::string message = "govhost: " + std::move(what) + " did not finish within " +
                              std::to_string(limit.count()) + " ms; fix the plugin or raise " +
                              std::string(key) + "\n";
  reaper.at(std::chrono::steady_clock::now() + limit, [armed = armed_, message, exit_code] {
    if (!*armed) return;
    [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, message.data(), message.size());
    ::_exit(exit_code);
  });
}

}  // namespace govhost::app
