#include "audit/export.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "audit/checkpoint.h"
#include "audit/segments.h"
#include "core/time.h"

namespace govhost::audit {
namespace {

namespace fs = std::filesystem;
using Time = std::chrono::system_clock::time_point;

std::optional<Time> time_of(const std::optional<Sealed>& line) {
  constexpr std::string_view kTime = "\"ts\":\"";
  if (!line || !line->members.starts_with(kTime)) return std::nullopt;
  const std::string_view text = line->members.substr(kTime.size());
  return from_rfc3339(text.substr(0, text.find('"')));
}

struct Ends {
  std::uint64_t first = 0, last = 0;
  std::optional<Time> begin, end;
};

// What is damaged has no time, and is taken along: it is for the reader to see.
Ends ends_of(const fs::path& file) {
  Ends out;
  out.first = first_of(file).value_or(0);
  std::ifstream stream(file, std::ios::binary);
  std::string line;
  if (std::getline(stream, line)) out.begin = time_of(open_line(line));
  if (const auto last = last_line_of(file)) {
    const auto sealed = open_line(*last);
    out.end = time_of(sealed);
    if (sealed) out.last = sealed->seq;
  }
  return out;
}

bool overlaps(const Ends& ends, const Period& period) {
  return !(period.until && ends.begin && *ends.begin > *period.until) &&
         !(period.since && ends.end && *ends.end < *period.since);
}

// Those of records that are there.
gov::Status copy_checkpoints(const fs::path& from, const fs::path& to, Exported& out) {
  std::ifstream in(from, std::ios::binary);
  if (!in) return {};
  std::ofstream copy(to, std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    const auto checkpoint = read_checkpoint(line);
    if (!checkpoint || checkpoint->seq > out.last || checkpoint->seq + 1 < out.first) continue;
    copy << line << '\n';
    ++out.checkpoints;
  }
  copy.close();
  return copy ? gov::Status() : gov::unavailable(to.native() + " cannot be written");
}

gov::Status copy_all(const std::vector<fs::path>& files, const fs::path& folder, const fs::path& to,
                     Exported& out) {
  std::error_code error;
  for (const fs::path& file : files) {
    fs::copy_file(file, to / file.filename(), error);
    if (error) return gov::unavailable((to / file.filename()).native() + ": " + error.message());
    // It may have grown since it was looked at.
    const Ends ends = ends_of(to / file.filename());
    if (out.files++ == 0) out.first = ends.first;
    out.last = std::max(out.last, ends.last);
  }
  return copy_checkpoints(folder / kCheckpoints, to / kCheckpoints, out);
}

}  // namespace

gov::Result<Exported> export_trail(const fs::path& folder, const Period& period,
                                   const fs::path& to) {
  const auto files = segments_of(folder);
  if (!files) return files.status();
  std::vector<fs::path> wanted;
  for (const fs::path& file : *files)
    if (overlaps(ends_of(file), period)) wanted.push_back(file);
  if (wanted.empty()) return gov::not_found(folder.native() + " holds no records of that time");
  std::error_code error;
  if (fs::exists(to, error))
    return gov::invalid(to.native() + " is there already; name a folder that is not");
  if (!fs::create_directories(to, error) || error)
    return gov::unavailable(to.native() + ": " + error.message());
  Exported out;
  if (gov::Status copied = copy_all(wanted, folder, to, out); !copied.ok()) {
    fs::remove_all(to, error);
    return copied;
  }
  return out;
}

}  // namespace govhost::audit
