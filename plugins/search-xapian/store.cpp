#include "store.h"

#include "batch.h"
#include "terms.h"

#include <exception>
#include <filesystem>
#include <vector>

namespace xapian_search {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFresh = ".new";  // behind the folder's name until it is whole

bool is_ours(const fs::path& path) { return path.filename().string().starts_with("source-"); }

}  // namespace

Store::Store(std::string folder) : folder_(std::move(folder)), readers_(folder_) {
  fs::create_directories(folder_);
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
  readers_.change([&](std::vector<std::string>& sources) {
    for (const auto& [source, database] : writers_) sources.push_back(source);
  });
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
  if (!filling()) return gov::unimplemented("a store that holds passages changes in one apply()");
  gov::Status filled = fill(call, batch);
  if (!filled.ok()) drop_staged();
  return filled;
}

gov::Status Store::apply(const gov::Call& call, const gov::IndexBatch& batch) {
  if (!filling()) return transact(call, batch);
  if (gov::Status filled = fill(call, batch); !filled.ok()) {
    drop_staged();
    return filled;
  }
  finish_filling();
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
    sources.clear();
    for (const auto& [source, database] : fresh_) {
      const std::string path = folder_ + "/" + folder_of(source);
      fs::remove_all(path);
      fs::rename(path + kFresh, path);
      writers_.emplace(source, Xapian::WritableDatabase(path, Xapian::DB_OPEN));
      sources.push_back(source);
    }
    fresh_.clear();
  });
}

void Store::drop_staged() {
  for (auto& [source, database] : fresh_) {
    database.close();
    fs::remove_all(folder_ + "/" + folder_of(source) + kFresh);
  }
  fresh_.clear();
}

gov::Status Store::transact(const gov::Call& call, const gov::IndexBatch& batch) {
  if (gov::Status valid = search_common::check_batch(batch); !valid.ok()) return valid;
  gov::Result<Indexer> indexer = Indexer::create();
  if (!indexer) return indexer.status();
  for (const gov_index_op* const op : batch)
    if (!op->erase) writer(writers_, source_of(*op), "");
  for (auto& [source, database] : writers_) database.begin_transaction();
  gov::Status changed;
  std::exception_ptr thrown;
  try {
    changed = change(call, batch, *indexer, writers_, "");
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown || !changed.ok()) {
    for (auto& [source, database] : writers_) database.cancel_transaction();
    if (thrown) std::rethrow_exception(thrown);
    return changed;
  }
  readers_.change([&](std::vector<std::string>& sources) {
    sources.clear();
    for (auto& [source, database] : writers_) {
      database.commit_transaction();
      sources.push_back(source);
    }
  });
  return {};
}

}  // namespace xapian_search
