// Work that nobody waits for.
#pragma once

namespace govhost {

// Gives the calling thread, and those that it starts from now on, less of a busy processor than the
// threads that answer. A core that does both keeps about nine tenths for the answers.
void work_in_the_background();

}  // namespace govhost
