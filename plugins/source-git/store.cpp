#include "store.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace git {
namespace {

constexpr std::size_t kMaxEntries = 2'000'000;  // of one commit, wanted or not
constexpr std::ptrdiff_t kMaxDepth = 100;       // folders: libgit2 descends on the stack

// libgit2 as a whole, once for all instances, until the plugin is unloaded. The settings of the
// machine's users would send requests elsewhere (url.<base>.insteadOf, http.proxy): they are not
// read. Nor is it asked who owns a clone: that protects from a configuration that runs programs,
// and nothing here runs any.
class Library {
 public:
  Library() {
    git_libgit2_init();
    for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
                            GIT_CONFIG_LEVEL_PROGRAMDATA})
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  }
  ~Library() { git_libgit2_shutdown(); }
  Library(const Library&) = delete;
};

void initialise() { static const Library library; }

struct Walk {
  const git_tree* root;
  git_odb* odb;
  const std::function<bool(std::string_view)>& wanted;
  const std::size_t most;
  std::string prefix;  // of every path
  Files files = {};
  std::size_t entries = 0;
  gov::Status fault = {};

  int take(const char* folder, const git_tree_entry* entry) {
    if (++entries > kMaxEntries)
      return fail(gov::resource_exhausted("the commit has more than 2000000 entries"));
    const git_filemode_t mode = git_tree_entry_filemode(entry);
    const std::string_view above(folder);
    if (mode == GIT_FILEMODE_TREE && std::count(above.begin(), above.end(), '/') >= kMaxDepth)
      return fail(gov::resource_exhausted("the commit has folders deeper than 100"));
    if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE) return 0;
    const std::string path = prefix + folder + git_tree_entry_name(entry);
    if (!wanted(path)) return 0;
    if (files.size() >= most)
      return fail(gov::resource_exhausted("more than " + std::to_string(most) +
                                          " files match; narrow source.options.include or raise "
                                          "max_files"));
    File file{*git_tree_entry_id(entry), 0};
    std::size_t size = 0;
    git_object_t type{};
    if (git_odb_read_header(&size, &type, odb, &file.id) != 0)
      return fail(gov::unavailable(path + ": " + why()));
    file.size = size;
    files.emplace(path, file);
    return 0;
  }
  int fail(gov::Status status) {
    fault = std::move(status);
    return -1;
  }
};

}  // namespace

std::string why() {
  const git_error* const last = git_error_last();
  return last == nullptr || last->message == nullptr ? "no reason given" : last->message;
}

std::string hex_of(const git_oid& id) {
  std::string hex(GIT_OID_HEXSZ, '0');
  git_oid_fmt(hex.data(), &id);
  return hex;
}

std::size_t packs_in(const std::filesystem::path& directory) {
  std::error_code ignored;
  std::size_t count = 0;
  for (std::filesystem::directory_iterator at(directory / "objects/pack", ignored), end;
       !ignored && at != end; at.increment(ignored))
    if (at->path().extension() == ".pack") ++count;
  return count;
}

bool is_object_id(std::string_view text) {
  return text.size() == GIT_OID_HEXSZ &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

gov::Result<std::unique_ptr<Store>> Store::open(const std::string& directory) {
  initialise();
  git_repository* raw = nullptr;
  // Not searched for in the folders above: what is served is named.
  if (git_repository_open_ext(&raw, directory.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr) != 0)
    return gov::unavailable(directory + ": " + why() +
                            "; set source.options.clone to a clone, bare or not");
  return std::unique_ptr<Store>(new Store(Repository(raw), /*own=*/false));
}

gov::Result<std::unique_ptr<Store>> Store::create(const std::filesystem::path& directory) {
  initialise();
  git_repository* raw = nullptr;
  if (git_repository_init(&raw, directory.c_str(), /*is_bare=*/1) != 0)
    return gov::unavailable(directory.native() + ": " + why());
  return std::unique_ptr<Store>(new Store(Repository(raw), /*own=*/true));
}

gov::Result<git_oid> Store::find(const std::string& ref) {
  git_oid id{};
  if (is_object_id(ref)) {
    git_oid_fromstr(&id, ref.c_str());
    return commit_of(id);
  }
  git_reference* raw = nullptr;
  if (git_reference_dwim(&raw, repository_.get(), ref.c_str()) != 0)
    return gov::not_found("no branch or tag is called " + ref + "; check source.options.ref");
  const Handle<git_reference, git_reference_free> reference(raw);
  git_object* object = nullptr;
  if (git_reference_peel(&object, raw, GIT_OBJECT_COMMIT) != 0)
    return gov::unavailable(ref + " leads to no commit: " + why());
  id = *git_object_id(object);
  git_object_free(object);
  return id;
}

gov::Result<git_oid> Store::commit_of(const git_oid& id) {
  git_object* raw = nullptr;
  const int looked = git_object_lookup(&raw, repository_.get(), &id, GIT_OBJECT_ANY);
  if (looked == GIT_ENOTFOUND)
    return gov::not_found("there is no commit " + hex_of(id) + "; check source.options.ref");
  if (looked != 0) return damaged(hex_of(id));
  const Handle<git_object, git_object_free> object(raw);
  git_object* commit = nullptr;
  if (git_object_peel(&commit, raw, GIT_OBJECT_COMMIT) != 0)
    return gov::invalid(hex_of(id) + " is no commit, nor a tag of one");
  const git_oid found = *git_object_id(commit);
  git_object_free(commit);
  return found;
}

gov::Status Store::damaged(const std::string& what) {
  damaged_ = true;
  return gov::unavailable(what + ": " + why() +
                          (own_ ? "; it is cloned anew" : "; see `git fsck` in the clone"));
}

gov::Result<Files> Store::files(const git_oid& id, const std::string& folder,
                                const std::function<bool(std::string_view path)>& wanted,
                                std::size_t most) {
  const std::string name = "commit " + hex_of(id).substr(0, 12);
  git_commit* raw_commit = nullptr;
  if (git_commit_lookup(&raw_commit, repository_.get(), &id) != 0) return damaged(name);
  const Handle<git_commit, git_commit_free> commit(raw_commit);
  git_tree* raw_tree = nullptr;
  if (git_commit_tree(&raw_tree, raw_commit) != 0) return damaged(name);
  Handle<git_tree, git_tree_free> tree(raw_tree);
  if (!folder.empty()) {
    git_tree_entry* raw_entry = nullptr;
    if (git_tree_entry_bypath(&raw_entry, raw_tree, folder.c_str()) != 0)
      return gov::unavailable(name + " has no folder " + folder + "; check source.options.path");
    const Handle<git_tree_entry, git_tree_entry_free> entry(raw_entry);
    git_tree* inner = nullptr;
    if (git_tree_lookup(&inner, repository_.get(), git_tree_entry_id(raw_entry)) != 0)
      return gov::unavailable(folder + " of " + name + " is no folder; check source.options.path");
    tree.reset(inner);
  }
  git_odb* raw_odb = nullptr;
  if (git_repository_odb(&raw_odb, repository_.get()) != 0) return damaged(name);
  const Handle<git_odb, git_odb_free> odb(raw_odb);
  Walk walk{tree.get(), raw_odb, wanted, most, folder.empty() ? "" : folder + "/"};
  const auto step = [](const char* inside, const git_tree_entry* entry, void* self) -> int {
    try {
      return static_cast<Walk*>(self)->take(inside, entry);
    } catch (const std::exception& error) {  // libgit2 is C
      return static_cast<Walk*>(self)->fail(gov::internal(error.what()));
    }
  };
  const int walked = git_tree_walk(tree.get(), GIT_TREEWALK_PRE, step, &walk);
  if (!walk.fault.ok()) return std::move(walk.fault);
  if (walked != 0) return damaged(name);
  return std::move(walk.files);
}

gov::Result<std::string> Store::read(const File& file) {
  git_blob* raw = nullptr;
  if (git_blob_lookup(&raw, repository_.get(), &file.id) != 0) return damaged(hex_of(file.id));
  const Handle<git_blob, git_blob_free> blob(raw);
  return std::string(static_cast<const char*>(git_blob_rawcontent(raw)),
                     static_cast<std::size_t>(git_blob_rawsize(raw)));
}

}  // namespace git
