#include "audit/segments.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

namespace govhost::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin = "audit-";

// Up to the last two lines' worth of a file.
gov::Result<std::string> tail_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  if (!stream || error) return gov::unavailable(file.native() + " cannot be read");
  const std::uintmax_t length = std::min<std::uintmax_t>(size, 2 * kMaxLine);
  stream.seekg(static_cast<std::streamoff>(size - length));
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace

std::string segment_name(std::uint64_t first) {
  char name[40];
  std::snprintf(name, sizeof name, "audit-%012llu.jsonl", static_cast<unsigned long long>(first));
  return name;
}

gov::Result<std::vector<fs::path>> segments_of(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  if (error == std::errc::no_such_file_or_directory) return out;
  for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().native();
    if (name.starts_with(kBegin) && name.ends_with(".jsonl")) out.push_back(at->path());
  }
  if (error) return gov::unavailable(folder.native() + ": " + error.message());
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<std::uint64_t> first_of(const fs::path& segment) {
  const std::string name = segment.filename().native();
  std::uint64_t first = 0;
  const auto [end, error] =
      std::from_chars(name.data() + kBegin.size(), name.data() + name.size(), first);
  return error == std::errc() && name == segment_name(first) ? std::optional(first) : std::nullopt;
}

gov::Result<std::string> last_line_of(const fs::path& segment) {
  auto tail = tail_of(segment);
  if (!tail) return tail.status();
  const std::size_t end = tail->rfind('\n');
  if (end == std::string::npos || end == 0) return gov::not_found("no whole line");
  const std::size_t before = tail->rfind('\n', end - 1);
  return tail->substr(before == std::string::npos ? 0 : before + 1,
                      end - (before == std::string::npos ? 0 : before + 1));
}

gov::Result<Ending> ending_of(const fs::path& folder) {
  auto files = segments_of(folder);
  if (!files) return files.status();
  Ending out;
  if (files->empty()) return out;
  out.file = files->back();
  for (auto file = files->rbegin(); file != files->rend(); ++file) {
    auto tail = tail_of(*file);
    if (!tail) return tail.status();
    std::string_view text = *tail;
    const std::size_t end = text.rfind('\n');
    if (file == files->rbegin())
      out.torn = end == std::string_view::npos ? text : text.substr(end + 1);
    if (end == std::string_view::npos) continue;  // nothing whole yet: the one before has the last
    text = text.substr(0, end);
    const std::size_t before = text.rfind('\n');
    const auto line = open_line(before == std::string_view::npos ? text : text.substr(before + 1));
    if (!line)
      return gov::invalid(file->native() +
                          ": the last record is damaged; look with `govhost audit verify`, and "
                          "move the folder away to begin a new trail");
    out.last = {line->seq, std::string(line->hash)};
    return out;
  }
  return out;
}

}  // namespace govhost::audit
