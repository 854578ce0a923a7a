#include "observe/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace govhost {
namespace {

// proc_pid_status(5): "Threads:   12".
double thread_count() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("Threads:")) return std::stod(line.substr(8));
  return 0;
}

// proc_pid_stat(5), 22: after boot, in ticks.
double start_time() {
  std::ifstream stat("/proc/self/stat"), all("/proc/stat");
  std::string text, word;
  std::getline(stat, text);
  std::istringstream words(text.substr(std::min(text.rfind(')') + 1, text.size())));
  for (int i = 3; i < 22; ++i) words >> word;
  double ticks = 0, boot = 0;
  words >> ticks;
  for (std::string line; std::getline(all, line);)
    if (line.starts_with("btime ")) boot = std::stod(line.substr(6));
  return boot + ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double open_files() {
  std::error_code error;
  const std::filesystem::directory_iterator all("/proc/self/fd", error);
  return error ? 0 : static_cast<double>(std::distance(begin(all), end(all)));
}

}  // namespace

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// proc_pid_statm(5): pages, the second number.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

ProcessUse process_use() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return {cpu_seconds(),
          resident_bytes(),
          thread_count(),
          open_files(),
          static_cast<double>(files.rlim_cur),
          start_time()};
}

}  // namespace govhost
