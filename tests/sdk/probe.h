// What the probe can ask plugins; each throws std::runtime_error when the answer is wrong.
#pragma once

#include <stdexcept>
#include <string>

inline void expect(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what);
}

void probe_source(const std::string& file, const char* directory);
void probe_search(const std::string& file);
void probe_auth(const std::string& file);
void probe_secrets(const std::string& file, const char* directory);
void probe_transport(const std::string& file);
