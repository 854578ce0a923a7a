// gov.source/1 "git": serves the files of a repository on a git server, or of a clone beside it.
#include <gov/http.hpp>
#include <gov/source.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "files.h"
#include "remote.h"
#include "scratch.h"
#include "store.h"

namespace {

using git::File;
using git::Files;
using git::Store;
using nlohmann::json;

constexpr const char* kSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "url": {"type": "string", "pattern": "^https?://[^@?#]+$", "maxLength": 1024,
      "description": "The repository on a server, as git clones it over https."},
    "clone": {"type": "string", "x-gov-path": true,
      "description": "In place of url: a clone on this machine, bare or not, kept current by others."},
    "ref": {"type": "string", "minLength": 1, "maxLength": 255, "default": "HEAD",
      "description": "A branch, a tag or a whole commit; HEAD is the default branch."},
    "path": {"type": "string", "maxLength": 1024, "default": "",
      "description": "The folder of the repository whose files are served; all by default."},
    )" SOURCE_PATTERNS_SCHEMA R"(,
    "token": {"type": "string", "x-gov-secret": true, "minLength": 1, "maxLength": 4096,
      "description": "Secret reference to a token that may read the repository; optional if public."},
    "user": {"type": "string", "maxLength": 255, "default": "git",
      "description": "Whose password the token is (Basic); empty: the token is sent as Bearer."},
    "link": {"type": "string", "maxLength": 1024, "default": "",
      "description": "Address that a document's key is appended to; {commit} stands for the commit."},
    "max_files": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 20000,
      "description": "More matching files than this are an error."}
  }
})";

constexpr std::size_t kMostPacks = 100;

struct Options {
  std::string clone, path, link;
  git::Remote remote;  // when clone is empty
  source::Patterns patterns;
  std::size_t max_files = 0;
};

// Any number of threads, one at a time: libgit2's objects are not to be shared.
class GitSource final : public gov::Source {
 public:
  static gov::Result<std::unique_ptr<GitSource>> create(gov::Host host, const gov::Config& c) {
    Options options;
    options.clone = c.text_or("clone", "");
    options.remote.url = c.text_or("url", "");
    while (options.remote.url.ends_with('/')) options.remote.url.pop_back();
    if (options.clone.empty() == options.remote.url.empty())
      return gov::invalid("set one of source.options.url and source.options.clone");
    options.remote.ref = c.text_or("ref", options.remote.ref);
    options.remote.has_token = c.text("token").has_value();
    options.remote.user = c.text_or("user", "git");
    options.path = source::without_slashes(c.text_or("path", ""));
    options.link = c.text_or("link", "");
    options.max_files = static_cast<std::size_t>(c.integer("max_files", 20000));
    const json all = json::parse(c.json(), nullptr, /*allow_exceptions=*/false);
    auto patterns = source::Patterns::read(all);
    if (!patterns) return patterns.status();
    options.patterns = std::move(*patterns);
    const auto http = gov::Http::of(host);
    if (options.clone.empty() && !http)
      return gov::invalid("the source needs grants = [\"" + options.remote.url +
                          "/\"] beside plugin");
    return std::unique_ptr<GitSource>(new GitSource(std::move(options), http));
  }

  gov::Status list(const gov::Call& call, gov::DocumentSink& out) override {
    const std::lock_guard lock(mutex_);
    if (gov::Status s = refresh(call); !s.ok()) return s;
    if (files_.empty())
      return gov::unavailable("no file of " + where() + " at " + commit_.substr(0, 12) +
                              " is served; check source.options.path, include and exclude");
    for (const auto& [path, file] : files_)
      if (gov::Status s = head(out, path, file); !s.ok()) return s;
    return {};
  }

  gov::Status fetch(const gov::Call& call, std::string_view key, std::string_view if_version,
                    gov::DocumentSink& out) override {
    const std::lock_guard lock(mutex_);
    if (commit_.empty())
      if (gov::Status s = refresh(call); !s.ok()) return s;
    const auto found = files_.find(prefix() + std::string(key));
    if (found == files_.end())
      return gov::not_found(std::string(key) + " is not among the files to serve");
    if (!if_version.empty() && if_version == git::hex_of(found->second.id))
      return gov::not_modified();
    const auto text = store_->read(found->second);
    if (!text) return after(text.status());
    if (gov::Status s = head(out, found->first, found->second); !s.ok()) return s;
    return out.body(*text);
  }

 private:
  GitSource(Options options, std::optional<gov::Http> http)
      : options_(std::move(options)), http_(http) {}

  bool remote() const { return options_.clone.empty(); }
  const std::string& where() const { return remote() ? options_.remote.url : options_.clone; }
  std::string prefix() const { return options_.path.empty() ? "" : options_.path + "/"; }

  // The clone of our own may be damaged or incomplete: the next reading begins with an empty one.
  void forget() {
    commit_.clear();
    files_.clear();
    store_.reset();
    scratch_.reset();
  }

  gov::Status after(gov::Status failure) {
    if (remote() && store_->is_damaged()) forget();
    return failure;
  }

  gov::Status open_store() {
    if (remote() && !scratch_) {
      auto made = git::Scratch::make();
      if (!made) return made.status();
      scratch_ = std::move(*made);
    }
    auto opened = remote() ? Store::create(scratch_->path()) : Store::open(options_.clone);
    if (!opened) return opened.status();
    store_ = std::move(*opened);
    return {};
  }

  // Finds the commit and, when it is another one, its files.
  gov::Status refresh(const gov::Call& call) {
    // A pack is added by each change.
    if (scratch_ && git::packs_in(scratch_->path()) > kMostPacks) forget();
    if (!store_)
      if (gov::Status s = open_store(); !s.ok()) return s;
    const auto commit = remote() ? git::fetch(options_.remote, *http_, call, *store_)
                                 : store_->find(options_.remote.ref);
    if (!commit) return after(commit.status());
    const std::string name = git::hex_of(*commit);
    if (name == commit_) return {};
    const std::size_t skip = prefix().size();
    auto files = store_->files(
        *commit, options_.path,
        [&](std::string_view path) { return options_.patterns.serve(path.substr(skip)); },
        options_.max_files);
    if (!files) return after(files.status());
    files_ = std::move(*files);
    commit_ = name;
    return {};
  }

  gov::Status head(gov::DocumentSink& out, std::string_view path, const File& file) const {
    const std::string_view key = path.substr(prefix().size());
    std::string link = options_.link;
    if (const std::size_t at = link.find("{commit}"); at != std::string::npos)
      link.replace(at, std::string_view("{commit}").size(), commit_);
    if (!link.empty()) link += source::escaped(key);
    return out.head({.key = key,
                     .version = git::hex_of(file.id),
                     .media_type = source::media_type_of(key),
                     .link = link,
                     .size = file.size});
  }

  const Options options_;
  const std::optional<gov::Http> http_;
  std::mutex mutex_;
  std::unique_ptr<git::Scratch> scratch_;  // of store_, when it is our own
  std::unique_ptr<Store> store_;           // null: not opened yet
  std::string commit_;                     // that files_ are of
  Files files_;
};

}  // namespace

GOV_PLUGIN(gov::component<GitSource>({.name = "git",
                                      .version = "1.0.0",
                                      .summary = "Serves the files of a git repository.",
                                      .config_schema = kSchema}));
