#include "readers.h"

#include "terms.h"

#include <utility>

namespace xapian_search {
namespace {

constexpr std::size_t kMostIdle = 16;  // about the threads that ask

}  // namespace

std::unique_ptr<Reader> Readers::take() {
  const std::lock_guard lock(mutex_);
  if (!idle_.empty()) {
    std::unique_ptr<Reader> reader = std::move(idle_.back());
    idle_.pop_back();
    return reader;
  }
  auto reader = std::make_unique<Reader>();
  reader->state = state_;
  for (const std::string& source : sources_)
    reader->sources.emplace(source, Xapian::Database(folder_ + "/" + folder_of(source)));
  return reader;
}

void Readers::give_back(std::unique_ptr<Reader> reader) {
  const std::lock_guard lock(mutex_);
  if (reader->state == state_ && idle_.size() < kMostIdle) idle_.push_back(std::move(reader));
}

}  // namespace xapian_search
