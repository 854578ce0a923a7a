#include "store.h"

#include "batch.h"
#include "terms.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

namespace xapian_search {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFresh = ".new";  // behind the folder's name until it is whole

bool is_ours(const fs::path& path) { return path.filename().string().starts_with("source-"); }

// For its owner alone: it will hold the text of documents that not everyone may read.
void make_folder(const fs::path& folder) {
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    throw fs::filesystem_error("mkdir", folder, {errno, std::generic_category()});
}

}  // namespace

// What is staged, dropped unless it was kept.
class Store::Staging {
 public:
  explicit Staging(Store& store) : store_(store) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() {
    if (!kept_) store_.drop_staged();
  }
  void keep() { kept_ = true; }

 private:
  Store& store_;
  bool kept_ = false;
};

// One change in several databases. What is not committed is undone by closing them: Xapian has
// closed one whose commit failed already.
class Store::Transaction {
 public:
  explicit Transaction(Store& store) : store_(store) {
    for (auto& [source, database] : store_.writers_) database.begin_transaction();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (done_) return;
    store_.writers_.clear();
    store_.open_ = false;
  }
  void commit() {
    for (auto& [source, database] : store_.writers_) database.commit_transaction();
    done_ = true;
  }

 private:
  Store& store_;
  bool done_ = false;
};

Store::Store(std::string folder) : folder_(std::move(folder)), readers_(folder_) {
  make_folder(folder_);
  open();
  readers_.change([&](std::vector<std::string>& sources) {
    for (const auto& [source, database] : writers_) sources.push_back(source);
  });
}

void Store::open() {
  if (open_) return;
  writers_.clear();
  std::vector<fs::path> found;
  for (const fs::directory_entry& each : fs::directory_iterator(folder_))
    if (is_ours(each.path())) found.push_back(each.path());
  for (const fs::path& path : found) {
    if (path.extension() == kFresh) {
      fs::remove_all(path);
      continue;
    }
    Xapian::WritableDatabase database(path.string(), Xapian::DB_OPEN);
    if (database.get_metadata(kFormatKey) == kFormat) {
      writers_.emplace(database.get_metadata(kSourceKey), std::move(database));
    } else {
      database.close();
      fs::remove_all(path);
    }
  }
  open_ = true;
}

std::uint64_t Store::passages() const {
  std::uint64_t count = 0;
  for (const auto& [source, database] : writers_) count += database.get_doccount();
  return count;
}

Xapian::WritableDatabase& Store::writer(Writers& writers, std::string_view source,
                                        const char* suffix) {
  if (const auto found = writers.find(source); found != writers.end()) return found->second;
  Xapian::WritableDatabase database(folder_ + "/" + folder_of(source) + suffix,
                                    Xapian::DB_CREATE_OR_OVERWRITE);
  database.set_metadata(kFormatKey, kFormat);
  database.set_metadata(kSourceKey, std::string(source));
  database.commit();
  return writers.emplace(source, std::move(database)).first->second;
}

gov::Status Store::change(const gov::Call& call, const gov::IndexBatch& batch, Indexer& indexer,
                          Writers& writers, const char* suffix) {
  for (const gov_index_op* const op : search_common::last_of_each_id(batch)) {
    if (call.cancelled()) return gov::cancelled();
    const std::string id = term_of_id(gov::to_cpp(op->id));
    const std::string_view into = source_of(*op);
    for (auto& [source, database] : writers)  // it may have come from another source
      if (op->erase || source != into) database.delete_document(id);
    if (op->erase) continue;
    if (gov::Status put = indexer.put(*op, writer(writers, into, suffix)); !put.ok()) return put;
  }
  return {};
}

gov::Status Store::stage(const gov::Call& call, const gov::IndexBatch& batch) {
  open();
  if (!filling()) return gov::unimplemented("a store that holds passages changes in one apply()");
  Staging staging(*this);
  gov::Status filled = fill(call, batch);
  if (filled.ok()) staging.keep();
  return filled;
}

gov::Status Store::apply(const gov::Call& call, const gov::IndexBatch& batch) {
  open();
  if (!filling()) return transact(call, batch);
  Staging staging(*this);
  if (gov::Status filled = fill(call, batch); !filled.ok()) return filled;
  finish_filling();
  staging.keep();
  return {};
}

gov::Status Store::fill(const gov::Call& call, const gov::IndexBatch& batch) {
  if (gov::Status valid = search_common::check_batch(batch); !valid.ok()) return valid;
  gov::Result<Indexer> indexer = Indexer::create();
  if (!indexer) return indexer.status();
  return change(call, batch, *indexer, fresh_, kFresh);
}

void Store::finish_filling() {
  for (auto& [source, database] : fresh_) {
    database.commit();
    database.close();
  }
  readers_.change([&](std::vector<std::string>& sources) {
    for (auto& [source, database] : writers_) database.close();  // all empty
    writers_.clear();
    open_ = false;
    sources.clear();
    for (const auto& [source, database] : fresh_) {
      const std::string path = folder_ + "/" + folder_of(source);
      fs::remove_all(path);
      fs::rename(path + kFresh, path);
      writers_.emplace(source, Xapian::WritableDatabase(path, Xapian::DB_OPEN));
      sources.push_back(source);
    }
    open_ = true;
    fresh_.clear();
  });
}

void Store::drop_staged() noexcept {
  std::vector<std::string> folders;
  for (const auto& [source, database] : fresh_)
    folders.push_back(folder_ + "/" + folder_of(source) + kFresh);
  fresh_.clear();
  std::error_code ignored;  // what stays is overwritten by the next filling
  for (const std::string& folder : folders) fs::remove_all(folder, ignored);
}

gov::Status Store::transact(const gov::Call& call, const gov::IndexBatch& batch) {
  if (gov::Status valid = search_common::check_batch(batch); !valid.ok()) return valid;
  gov::Result<Indexer> indexer = Indexer::create();
  if (!indexer) return indexer.status();
  for (const gov_index_op* const op : batch)
    if (!op->erase) writer(writers_, source_of(*op), "");
  Transaction transaction(*this);
  if (gov::Status changed = change(call, batch, *indexer, writers_, ""); !changed.ok())
    return changed;
  readers_.change([&](std::vector<std::string>& sources) {
    sources.clear();
    for (const auto& [source, database] : writers_) sources.push_back(source);
    transaction.commit();
  });
  return {};
}

}  // namespace xapian_search
