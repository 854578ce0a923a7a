// The audit trail of this process: takes records from any thread, chains them and writes them on a
// thread of its own, whatever gathered in one write and one fsync.
#pragma once

#include <gov/status.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "audit/chain.h"
#include "audit/record.h"
#include "audit/retention.h"
#include "core/ed25519.h"
#include "core/unique_fd.h"
#include "observe/log.h"

namespace govhost::audit {

enum class Sync {
  kEach,   // a record is on the disk before what it is of happens
  kBatch,  // within some ten milliseconds
  kNone,   // when the system likes
};

struct Settings {
  std::filesystem::path folder;
  Sync sync = Sync::kBatch;
  bool fail_closed = true;  // nothing happens that cannot be recorded
  bool whole_arguments = false;
  std::uint64_t segment_bytes = std::uint64_t{64} << 20u;
  std::optional<SigningKey> key;  // of checkpoints; none: none are written
  std::uint64_t checkpoint_records = 1000;
  std::chrono::milliseconds checkpoint_interval{60'000};
  Retention retention;
  // Until need_from() says more: 0 keeps every file, for those who have not read it yet.
  std::uint64_t needed_from = UINT64_MAX;
};

class Trail {
 public:
  // Goes on where the folder's trail ends. RESOURCE_EXHAUSTED: another process writes it; any other
  // error: it cannot be written, or its end is damaged.
  static gov::Result<std::unique_ptr<Trail>> open(Settings settings, Log& log);
  ~Trail();  // writes what is left, as far as that works, and a last checkpoint
  Trail(const Trail&) = delete;

  // [any] Whether what the record is of may happen. With Sync::kEach waits until it is on the disk.
  bool append(const Record& record);

  // Whether anything may happen at all now.
  bool accepts() const { return !settings_.fail_closed || !failing_; }
  std::uint64_t records() const;                        // taken since it was opened
  std::uint64_t last() const { return last_written_; }  // record that is in a file
  // [any] What comes from this record on is still needed: a file of it is not removed.
  void need_from(std::uint64_t record) { needed_from_ = record; }
  const std::filesystem::path& folder() const { return settings_.folder; }
  // Whether append() waits.
  bool waits() const { return settings_.sync == Sync::kEach; }

 private:
  Trail(Settings settings, Log& log) : settings_(std::move(settings)), log_(log) {}
  gov::Status begin();
  gov::Status open_segment(std::uint64_t first);

  void run();
  void seal_all(std::string_view members);
  bool write_out();  // what is sealed; false: not all of it
  bool write_sealed();
  bool next_segment();
  bool keep_fault();                      // false
  bool checkpoint(bool at_once = false);  // false: one was due and is not on the disk
  bool write_own(const Record& record);
  void keep_house();
  bool notice_holds();
  bool remove(const Outdated& outdated);
  void report(bool well);

  const Settings settings_;
  Log& log_;
  UniqueFd lock_, file_, checkpoints_;

  // Of the writing thread.
  Link last_;
  std::uint64_t sealed_until_ = 0;  // of taken_
  std::string sealed_;              // not written yet
  std::size_t written_ = 0;         // of it
  int fault_ = 0;                   // errno of the last attempt that failed
  std::uint64_t segment_size_ = 0;
  bool half_checkpoint_ = false;  // the last line of their file has no end
  std::uint64_t unsigned_ = 0;    // records since the last checkpoint
  std::chrono::steady_clock::time_point signed_at_ = std::chrono::steady_clock::now();

  std::chrono::steady_clock::time_point keep_house_at_{};
  std::set<std::string> held_;

  mutable std::mutex mutex_;
  std::condition_variable changed_, ended_, done_;
  std::string pending_;                    // members of records, each on a line
  std::uint64_t taken_ = 0, on_disk_ = 0;  // records
  std::uint64_t lost_ = 0;                 // with fail_open
  bool stopping_ = false;
  std::atomic<bool> failing_{false};
  std::atomic<std::uint64_t> last_written_{0}, needed_from_{settings_.needed_from};
  std::thread thread_;
};

}  // namespace govhost::audit
