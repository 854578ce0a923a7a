// A shared object that is no plugin. Its constructor must never run.
#include <cstdio>

namespace {
[[maybe_unused]] const int shouted = std::puts("NO_ENTRY WAS LOADED");
}
