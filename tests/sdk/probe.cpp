// Loads a plugin of the template or of the README and uses it: sdk_probe KIND FILE [DIRECTORY]
#include "probe.h"

#include <cstdio>
#include <exception>
#include <string_view>

int main(int count, char** arguments) {
  try {
    const std::string_view kind = count > 2 ? arguments[1] : "";
    if (kind == "source" && count == 4) {
      probe_source(arguments[2], arguments[3]);
    } else if (kind == "search") {
      probe_search(arguments[2]);
    } else if (kind == "auth") {
      probe_auth(arguments[2]);
    } else if (kind == "secrets" && count == 4) {
      probe_secrets(arguments[2], arguments[3]);
    } else if (kind == "transport") {
      probe_transport(arguments[2]);
    } else {
      std::fprintf(stderr,
                   "sdk_probe source|secrets FILE DIRECTORY | search|auth|transport FILE\n");
      return 64;
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "FAILED: %s\n", e.what());
    return 1;
  }
  return 0;
}
