// What the operating system knows of this process.
#pragma once

namespace govhost {

struct ProcessUse {
  double cpu_seconds = 0;  // of all threads, in user space and in the kernel
  double resident_bytes = 0;
  double threads = 0;
  double open_files = 0, most_files = 0;
  double start_time = 0;  // Unix seconds
};

// [any] Reads files of /proc: some 100 microseconds. What cannot be read is 0.
ProcessUse process_use();
// [any] The two of it that are sampled, for a few microseconds each.
double cpu_seconds();
double resident_bytes();

}  // namespace govhost
