// The databases on disk: one for each source, so that a query over some of them is scored as if the
// others did not exist.
#pragma once

#include <gov/search.hpp>

#include "index_document.h"
#include "readers.h"

#include <xapian.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace xapian_search {

// stage() and apply() by one thread at a time, readers() by any. Throws Xapian::Error and
// std::filesystem::filesystem_error where it says so.
class Store {
 public:
  // Opens what the folder holds and makes what it lacks; drops what an interrupted filling left.
  // Takes Xapian's lock on every database: one process only. Throws.
  explicit Store(std::string folder);

  // A store without passages is filled database by database and put into service by renaming, in
  // bounded memory; UNIMPLEMENTED for any other, which changes in one transaction. Throws.
  gov::Status stage(const gov::Call& call, const gov::IndexBatch& batch);
  gov::Status apply(const gov::Call& call, const gov::IndexBatch& batch);
  void drop_staged() noexcept;

  Readers& readers() { return readers_; }
  std::uint64_t passages() const;

 private:
  class Staging;
  class Transaction;
  using Writers = std::map<std::string, Xapian::WritableDatabase, std::less<>>;

  void open();  // unless it is; again after a change that failed
  bool filling() const { return passages() == 0; }
  Xapian::WritableDatabase& writer(Writers& writers, std::string_view source, const char* suffix);
  gov::Status fill(const gov::Call& call, const gov::IndexBatch& batch);
  void finish_filling();
  gov::Status transact(const gov::Call& call, const gov::IndexBatch& batch);
  gov::Status change(const gov::Call& call, const gov::IndexBatch& batch, Indexer& indexer,
                     Writers& writers, const char* suffix);

  const std::string folder_;
  Readers readers_;
  Writers writers_;  // in service
  bool open_ = false;
  Writers fresh_;  // being filled, out of sight
};

}  // namespace xapian_search
