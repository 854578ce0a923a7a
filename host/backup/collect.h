// The files that go into a backup, as they are now. What is read twice, for the manifest and for
// the archive, is compared, so that a change in between shows.
#pragma once

#include <gov/status.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/archive.h"
#include "backup/manifest.h"
#include "core/unique_fd.h"

namespace govhost::backup {

class Collection {
 public:
  // Files for the manifest, in the order in which they were added.
  const std::vector<File>& files() const { return files_; }
  std::uint64_t bytes() const;

  // A path below `folder` that nothing has yet, with the name as far as paths may have it.
  std::string free_path(std::string_view folder, std::string_view name) const;

  void add_text(std::string path, Role role, std::string text);
  // Stays open: who removes or replaces it meanwhile changes nothing.
  gov::Status add_file(std::string path, Role role, const std::string& from);

  // The trail's files: holds, how far sinks have come, checkpoints and records, each up to its last
  // whole line. Records are read last: those that the others speak of were on the disk before.
  // nullopt: there is no record yet.
  gov::Result<std::optional<Trail>> add_trail(const std::filesystem::path& folder);

  // For write_archive().
  gov::Status read(const File& file, const Put& put) const;

 private:
  struct Origin {
    std::string text;  // when there is no path
    std::string path;
    std::shared_ptr<UniqueFd> fd;  // null: opened again by its path
  };
  gov::Status add_lines(const std::filesystem::path& from, bool finished);

  std::vector<File> files_;
  std::map<std::string, Origin, std::less<>> origins_;  // by path in the archive
};

}  // namespace govhost::backup
