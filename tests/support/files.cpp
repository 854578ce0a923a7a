#include "support/files.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace govhost::test {

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "govhost-test-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp " + name);
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempDir::write(const std::string& name, std::string_view text) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

std::string binary() { return GOVHOST_BINARY; }
std::string plugin_folder() { return GOVHOST_PLUGINS; }
std::string source_tree() { return GOVHOST_SOURCE; }
std::filesystem::path starter_catalogue() {
  return std::filesystem::path(GOVHOST_SOURCE) / "config/catalogue";
}
std::filesystem::path aigf() { return GOVHOST_AIGF; }
bool has_aigf() { return std::filesystem::is_directory(aigf() / "docs/_risks"); }

}  // namespace govhost::test
