// Writes a folder that appears whole or not at all.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "gov/status.hpp"

namespace govhost::app {

struct NewFolderFile {
  std::string path;  // below the folder: "documents/one.md"
  std::string text;
};

// `folder` is absolute; it must not exist or be empty, its parent must exist. The files are written
// into a folder beside it, synced, and renamed; a fault leaves nothing behind. Errors name the
// place and the fix. Blocks on the disk.
gov::Status write_new_folder(const std::filesystem::path& folder,
                             std::span<const NewFolderFile> files);

}  // namespace govhost::app
