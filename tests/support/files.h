// Temporary folders and where the things under test are.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace govhost::test {

// A new empty folder that goes away with the object.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Writes a file below the folder, making its folders; returns its path.
  std::filesystem::path write(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

std::string binary();                       // the built govhost
std::string plugin_folder();                // of the built plugins
std::string source_tree();                  // of the repository
std::filesystem::path starter_catalogue();  // config/catalogue
std::filesystem::path aigf();  // the framework's data beside the repository; may be absent
bool has_aigf();

}  // namespace govhost::test
