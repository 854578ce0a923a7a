// A configuration file in a directory of its own.
#pragma once

#include "config/load.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::config {

class TempDirectory {
 public:
  TempDirectory() {
    std::string path = testing::TempDir() + "govhost-config-XXXXXX";
    if (::mkdtemp(path.data()) != nullptr) path_ = path;
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string write(const std::string& name, std::string_view text) const {
    const std::string file = path_ + "/" + name;
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

 private:
  std::string path_;
};

inline constexpr const char* kPlugins = "/usr/lib/govhost/plugins";

// One of each that a configuration needs, to be put after what a test is about.
inline constexpr std::string_view kRest =
    "\n[[transport]]\nplugin = \"http\"\n[[source]]\nplugin = \"starter\"\n";

inline Request request_for(const std::string& file) {
  Request request;
  request.file = file;
  request.plugin_directory = kPlugins;
  return request;
}

inline Loaded load_text(std::string_view text, std::vector<std::string> set = {}) {
  const TempDirectory directory;
  Request request = request_for(directory.write("govhost.toml", text));
  request.set = std::move(set);
  return load(request);
}

inline std::vector<std::string> texts(const std::vector<Fault>& faults) {
  std::vector<std::string> out;
  for (const Fault& fault : faults) out.push_back(fault.text());
  return out;
}

using Texts = std::vector<std::string>;

// "value  origin" of a key, or "absent".
inline std::string setting(const std::vector<Setting>& settings, std::string_view key) {
  for (const Setting& each : settings)
    if (each.key == key) return each.value + "  " + each.origin.text();
  return "absent";
}

}  // namespace govhost::config
