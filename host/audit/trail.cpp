#include "audit/trail.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "audit/checkpoint.h"
#include "audit/segments.h"
#include "core/digest.h"
#include "core/scrub.h"

namespace govhost::audit {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostPending = std::size_t{8} << 20u;  // bytes
constexpr auto kGather = 10ms;                               // of Sync::kBatch
constexpr std::size_t kKeep = std::size_t{1} << 20u;         // of a buffer that was large once
constexpr auto kRetry = 500ms;
constexpr auto kPatience = 5s;  // of who waits for the disk

gov::Status failed(const std::filesystem::path& path, const char* what) {
  return gov::unavailable("audit: " + path.native() + ": " + what + ": " + std::strerror(errno) +
                          "; audit.dir must be a folder that the host may write");
}

UniqueFd open_file(const std::filesystem::path& path, int flags) {
  return UniqueFd(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0640));
}

bool sync_folder(const std::filesystem::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.valid() && ::fsync(fd.get()) == 0;
}

}  // namespace

gov::Result<std::unique_ptr<Trail>> Trail::open(Settings settings, Log& log) {
  std::unique_ptr<Trail> trail(new Trail(std::move(settings), log));
  if (gov::Status s = trail->begin(); !s.ok()) return s;
  trail->thread_ = std::thread([raw = trail.get()] { raw->run(); });
  return trail;
}

gov::Status Trail::begin() {
  const std::filesystem::path& folder = settings_.folder;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return gov::unavailable("audit: " + folder.native() + ": " + error.message() +
                            "; audit.dir must be a folder that the host may write");
  lock_ = open_file(folder / "lock", O_RDWR | O_CREAT);
  if (!lock_.valid()) return failed(folder / "lock", "open");
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    return gov::resource_exhausted("audit: another process writes the trail in " + folder.native() +
                                   "; give each host an audit.dir of its own");
  auto ending = ending_of(folder);
  if (!ending) return gov::Status(ending.status().code(), "audit: " + ending.status().message());
  last_ = std::move(ending->last);
  last_written_ = last_.seq;
  if (ending->file.empty()) {
    if (gov::Status s = open_segment(last_.seq + 1); !s.ok()) return s;
  } else {
    file_ = open_file(ending->file, O_WRONLY | O_APPEND);
    struct stat info {};
    if (!file_.valid() || ::fstat(file_.get(), &info) != 0) return failed(ending->file, "open");
    segment_size_ = static_cast<std::uint64_t>(info.st_size);
  }
  if (settings_.key) {
    checkpoints_ = open_file(folder / kCheckpoints, O_RDWR | O_APPEND | O_CREAT);
    if (!checkpoints_.valid()) return failed(folder / kCheckpoints, "open");
    char end = '\n';
    const off_t size = ::lseek(checkpoints_.get(), 0, SEEK_END);
    if (size > 0 && ::pread(checkpoints_.get(), &end, 1, size - 1) != 1)
      return failed(folder / kCheckpoints, "read");
    half_checkpoint_ = end != '\n';
  }
  if (ending->torn.empty()) return {};
  // A process was killed while it wrote. What it left stays, and a record says what that is.
  const std::string digest = to_hex(sha256(ending->torn));
  std::string members;
  append_members(members, {.action = "recovered", .outcome = "ok", .reason = digest}, false);
  sealed_ = "\n";
  seal(last_, members, sealed_);
  ++unsigned_;
  return write_sealed() ? gov::Status() : failed(ending->file, "write");
}

gov::Status Trail::open_segment(std::uint64_t first) {
  const std::filesystem::path path = settings_.folder / segment_name(first);
  UniqueFd next = open_file(path, O_WRONLY | O_APPEND | O_CREAT);
  if (!next.valid() || !sync_folder(settings_.folder)) return failed(path, "create");
  file_ = std::move(next);
  segment_size_ = 0;
  return {};
}

Trail::~Trail() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::uint64_t Trail::records() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

bool Trail::append(const Record& record) {
  if (!accepts()) return false;
  static thread_local std::string members;  // on one line: JSON escapes line breaks
  members.clear();
  append_members(members, record, settings_.whole_arguments);
  scrub(members);
  members += '\n';
  std::unique_lock lock(mutex_);
  if (pending_.size() + members.size() > kMostPending) {
    ++lost_;
    return !settings_.fail_closed;
  }
  // The thread takes all that there is: it is woken once for many, because being woken for each
  // costs more than the record.
  const bool first = pending_.empty();
  pending_ += members;
  const std::uint64_t own = ++taken_;
  if (first) changed_.notify_one();
  if (!waits()) return true;
  const bool there = done_.wait_for(lock, kPatience, [&] { return on_disk_ >= own || failing_; });
  return (there && on_disk_ >= own) || !settings_.fail_closed;
}

void Trail::run() {
  std::string members;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto sign_at = settings_.key && unsigned_ > 0 ? signed_at_ + settings_.checkpoint_interval
                                                        : Clock::time_point::max();
    const auto wake = failing_ ? Clock::now() + kRetry : std::min(sign_at, keep_house_at_);
    changed_.wait_until(lock, wake, [&] {
      return stopping_ || (!failing_ && !pending_.empty()) || Clock::now() >= wake;
    });
    if (settings_.sync != Sync::kEach && !stopping_)
      ended_.wait_for(lock, kGather, [&] { return stopping_; });
    // While the disk fails what is sealed is tried again, and no more is taken: it would only move
    // from one bounded place to one without bounds.
    members.clear();
    if (members.capacity() > kKeep) members = std::string();
    if (!failing_) {
      members.swap(pending_);
      sealed_until_ = taken_;
    }
    const bool stopping = stopping_;
    lock.unlock();
    seal_all(members);
    const bool well = write_out();
    if (well) checkpoint();
    report(well);
    if (well && !stopping && Clock::now() >= keep_house_at_) keep_house();
    lock.lock();
    if (well) on_disk_ = sealed_until_;
    done_.notify_all();
    if (stopping && (!well || pending_.empty())) return;
  }
}

void Trail::seal_all(std::string_view members) {
  while (!members.empty()) {
    const std::size_t end = members.find('\n');
    seal(last_, members.substr(0, end), sealed_);
    members.remove_prefix(end + 1);
    ++unsigned_;
  }
}

bool Trail::write_out() {
  if (!sealed_.empty() && !write_sealed()) return false;
  return segment_size_ < settings_.segment_bytes || next_segment();
}

// What was written in part goes on where it ended.
bool Trail::write_sealed() {
  while (written_ < sealed_.size()) {
    const ssize_t n = ::write(file_.get(), sealed_.data() + written_, sealed_.size() - written_);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return keep_fault();
    written_ += static_cast<std::size_t>(n);
    segment_size_ += static_cast<std::uint64_t>(n);
  }
  if (settings_.sync != Sync::kNone && ::fdatasync(file_.get()) != 0) return keep_fault();
  sealed_.clear();
  written_ = 0;
  last_written_ = last_.seq;
  return true;
}

bool Trail::next_segment() { return open_segment(last_.seq + 1).ok() || keep_fault(); }

bool Trail::keep_fault() {
  fault_ = errno;
  return false;
}

bool Trail::checkpoint(bool at_once) {
  if (!settings_.key || unsigned_ == 0) return true;
  const bool due = at_once || unsigned_ >= settings_.checkpoint_records ||
                   Clock::now() >= signed_at_ + settings_.checkpoint_interval;
  bool last = false;
  {
    const std::lock_guard lock(mutex_);
    last = stopping_;
  }
  if (!due && !last) return true;
  // A checkpoint that is not written, or in part, takes nothing from the chain: the next follows,
  // on a line of its own.
  std::string line = make_checkpoint(last_, *settings_.key);
  if (half_checkpoint_) line.insert(line.begin(), '\n');
  const ssize_t n = ::write(checkpoints_.get(), line.data(), line.size());
  half_checkpoint_ = n != static_cast<ssize_t>(line.size()) && (n > 0 || half_checkpoint_);
  const bool written =
      n == static_cast<ssize_t>(line.size()) && ::fdatasync(checkpoints_.get()) == 0;
  if (!written) log_.warn("audit.checkpoint_failed", std::strerror(errno), {});
  unsigned_ = 0;
  signed_at_ = Clock::now();
  return written;
}

void Trail::report(bool well) {
  if (well == !failing_) return;
  failing_ = !well;
  if (!well)
    return log_.error("audit.failed",
                      std::string("the audit trail cannot be written: ") + std::strerror(fault_),
                      {{"folder", std::string_view(settings_.folder.native())},
                       {"calls_refused", settings_.fail_closed}});
  std::uint64_t lost = 0;
  {
    const std::lock_guard lock(mutex_);
    lost = std::exchange(lost_, 0);
  }
  log_.warn("audit.recovered", "the audit trail is written again",
            {{"lost", static_cast<std::int64_t>(lost)}});
}

}  // namespace govhost::audit
