// Memory after the start.
#pragma once

namespace govhost::app {

// Gives back what loading needed and serving does not: free heap, and the pages of code that ran
// once (YAML, Markdown, configuration, the dynamic linker's work). Code that runs again comes back
// from the page cache, a fault for each 64 KiB. Any thread.
void give_back_memory();

}  // namespace govhost::app
