#include "config/model.h"

namespace govhost::config {

std::string Origin::text() const { return line == 0 ? where : where + ":" + std::to_string(line); }

Origin origin_of_option(const Instance& instance, std::string_view pointer) {
  for (;;) {
    for (const auto& [at, origin] : instance.option_origins)
      if (at == pointer) return origin;
    if (pointer.empty()) return instance.ref.origin;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

}  // namespace govhost::config
