// Open databases for queries: those of one state of the store, each used by one query at a time.
#pragma once

#include <xapian.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace xapian_search {

// By source. Xapian's handles are not for two threads at once.
struct Reader {
  std::uint64_t state = 0;
  std::map<std::string, Xapian::Database> sources;
};

// Thread-safe.
class Readers {
 public:
  explicit Readers(std::string folder) : folder_(std::move(folder)) {}

  // Makes queries see what `change` commits, all of it at once: none opens a database meanwhile.
  template <class Change>
  void change(const Change& change) {
    const std::lock_guard lock(mutex_);
    ++state_;
    idle_.clear();
    change(sources_);
  }

  // Of the newest state. Throws Xapian::Error.
  std::unique_ptr<Reader> take();
  void give_back(std::unique_ptr<Reader> reader);

 private:
  const std::string folder_;
  std::mutex mutex_;
  std::uint64_t state_ = 0;
  std::vector<std::string> sources_;
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace xapian_search
