#include "core/background.h"

#include <unistd.h>

namespace govhost {

void work_in_the_background() {
  // On Linux this is of the thread, not of the process (setpriority(2), "C library/kernel
  // differences"). It cannot fail for less than there is.
  [[maybe_unused]] const int now = ::nice(10);
}

}  // namespace govhost
