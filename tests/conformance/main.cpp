// The server of the conformance suite: govhost with the suite's tools, prompts and resources in
// place of its own. Takes govhost's command line.
#include "app/cli/main.h"
#include "fixtures.h"

int main(int argc, char** argv) {
  return govhost::app::run_command_line(argc, argv, govhost::conformance::features);
}
