#include "shipping/follower.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "audit/segments.h"

namespace govhost::shipping {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongest = std::size_t{1} << 20u;  // bytes without the end of a line
constexpr std::size_t kChunk = std::size_t{256} << 10u;

// nullopt: what a killed process left, which a later record vouches for.
std::optional<std::uint64_t> seq_of(std::string_view line) {
  constexpr std::string_view kBegin = "{\"seq\":";
  if (!line.starts_with(kBegin) || !line.ends_with("\"}")) return std::nullopt;
  std::uint64_t seq = 0;
  const auto [end, error] =
      std::from_chars(line.data() + kBegin.size(), line.data() + line.size(), seq);
  return error == std::errc() && *end == ',' ? std::optional(seq) : std::nullopt;
}

}  // namespace

// The file that holds the record after the last one, or the first that is there.
gov::Status Follower::open() {
  const auto files = audit::segments_of(folder_);
  if (!files) return files.status();
  if (files->empty()) return {};
  auto found = files->begin();
  for (auto file = files->begin(); file != files->end(); ++file)
    if (audit::first_of(*file).value_or(UINT64_MAX) <= last_ + 1) found = file;
  path_ = *found;
  file_ = UniqueFd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file_.valid()) return gov::unavailable(path_.native() + ": " + std::strerror(errno));
  buffer_.clear();
  offset_ = taken_ = 0;
  last_read_ = last_;
  return {};
}

// The file after this one, once this one is read: it is begun when no more comes into this.
bool Follower::open_following() {
  const auto files = audit::segments_of(folder_);
  if (!files) return false;
  const auto at = std::upper_bound(files->begin(), files->end(), path_);
  if (at == files->end() || audit::first_of(*at).value_or(0) != last_read_ + 1) return false;
  UniqueFd next(::open(at->c_str(), O_RDONLY | O_CLOEXEC));
  if (!next.valid()) return false;
  file_ = std::move(next);
  path_ = *at;
  buffer_.clear();
  offset_ = taken_ = 0;
  return true;
}

bool Follower::fill() {
  const std::size_t held = buffer_.size();
  buffer_.resize(held + kChunk);
  const ssize_t n =
      ::pread(file_.get(), buffer_.data() + held, kChunk, static_cast<off_t>(offset_ + held));
  buffer_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  return n > 0;
}

gov::Result<Follower::Batch> Follower::next(std::size_t most_lines, std::size_t most_bytes) {
  if (!file_.valid())
    if (gov::Status opened = open(); !opened.ok()) return opened;
  Batch out;
  if (!file_.valid()) return out;
  out.last = last_read_ = last_;
  taken_ = 0;
  for (std::size_t bytes = 0; out.lines.size() < most_lines && bytes < most_bytes;) {
    // Behind a restart most of a file may have been sent: it is not held in memory.
    if (out.lines.empty() && taken_ >= kChunk) drop_taken();
    const std::size_t end = buffer_.find('\n', taken_);
    if (end == std::string::npos) {
      if (buffer_.size() - taken_ > kLongest)
        return gov::invalid(path_.native() +
                            " holds a line that is none of the trail; look with `govhost audit "
                            "verify`");
      if (fill()) continue;
      // Only from the beginning of a batch: what is done is done for one file.
      if (!out.lines.empty() || taken_ > 0 || !buffer_.empty() || !open_following()) break;
      continue;
    }
    const std::string_view line(buffer_.data() + taken_, end - taken_);
    taken_ = end + 1;
    const auto seq = seq_of(line);
    if (!seq || *seq <= last_) continue;
    if (out.lines.empty()) out.missing = *seq - last_ - 1;
    bytes += line.size();
    out.last = last_read_ = *seq;
    out.lines.emplace_back(line);
  }
  // Lines that are none of ours need not be read again.
  if (out.lines.empty()) done(out);
  return out;
}

void Follower::drop_taken() {
  offset_ += taken_;
  buffer_.erase(0, taken_);
  taken_ = 0;
}

void Follower::done(const Batch& batch) {
  drop_taken();
  last_ = std::max(last_, batch.last);
}

}  // namespace govhost::shipping
