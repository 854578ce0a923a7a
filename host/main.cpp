// govhost: see app/cli for the verbs.
#include <cstdio>
#include <exception>

#include "app/cli/main.h"
#include "app/exit_codes.h"

int main(int argc, char** argv) {
  try {
    return govhost::app::run_command_line(argc, argv, govhost::mcp::product_features);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "govhost: internal error: %s\n", e.what());
    return govhost::app::kBadConfig;
  }
}
