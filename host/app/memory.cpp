#include "app/memory.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace govhost::app {
namespace {

// Pages of code that are as they are in their files. A mapping in which anything was written, by
// relocations in the text, a live patch, a profiler or a debugger, stays: that would be lost.
void drop_code() {
  std::ifstream maps("/proc/self/smaps");  // proc(5)
  std::uintptr_t begin = 0, end = 0;       // of the mapping at hand; 0: it is none of those
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0, to = 0;
    char rights[5] = {};
    std::uint64_t inode = 0;
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %4s %*x %*x:%*x %" SCNu64, &from, &to,
                    rights, &inode) == 4) {
      const bool code = inode != 0 && rights[1] == '-' && rights[2] == 'x' && rights[3] == 'p';
      begin = code ? from : 0;
      end = to;
    } else if (begin != 0 && line.starts_with("Anonymous:")) {
      std::uint64_t written = 1;
      if (std::sscanf(line.c_str(), "Anonymous: %" SCNu64, &written) == 1 && written == 0)
        ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
  }
}

}  // namespace

void give_back_memory() {
  ::malloc_trim(0);
  drop_code();
}

}  // namespace govhost::app
