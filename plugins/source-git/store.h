// The objects of a repository: of a clone that something else keeps current, or of one of our own.
// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
#pragma once

#include <gov/status.hpp>

#include <git2.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace git {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* handle) const {
    Free(handle);
  }
};
template <class T, auto Free>
using Handle = std::unique_ptr<T, Freed<Free>>;

// What libgit2 said last on this thread.
std::string why();

std::string hex_of(const git_oid& id);
// Whether the text is the whole name of an object, forty hexadecimal digits.
bool is_object_id(std::string_view text);

struct File {
  git_oid id;
  std::uint64_t size = 0;  // bytes
};
using Files = std::map<std::string, File, std::less<>>;  // by path in the repository

// How many packs the bare repository in `directory` has.
std::size_t packs_in(const std::filesystem::path& directory);

// One thread at a time.
class Store {
 public:
  static gov::Result<std::unique_ptr<Store>> open(const std::string& directory);
  static gov::Result<std::unique_ptr<Store>> create(const std::filesystem::path& directory);

  // The commit that a branch, tag or whole object name leads to.
  gov::Result<git_oid> find(const std::string& ref);
  // The commit itself, or the one that an annotated tag is of.
  gov::Result<git_oid> commit_of(const git_oid& id);
  // The regular files of a commit below `folder` (empty: all) whose path is wanted. Symbolic links
  // lead anywhere and submodules are other repositories: neither is a file.
  gov::Result<Files> files(const git_oid& commit, const std::string& folder,
                           const std::function<bool(std::string_view path)>& wanted,
                           std::size_t most);
  gov::Result<std::string> read(const File& file);

  // Whether an object that must be there was not, or not whole, or may be the reason of a failure.
  bool is_damaged() const { return damaged_; }
  void suspect() { damaged_ = true; }

  git_repository* raw() const { return repository_.get(); }

 private:
  using Repository = Handle<git_repository, git_repository_free>;
  Store(Repository repository, bool own) : repository_(std::move(repository)), own_(own) {}
  // Of an object that must be there.
  gov::Status damaged(const std::string& what);

  const Repository repository_;
  const bool own_;
  bool damaged_ = false;
};

}  // namespace git
