// gov.source/1 "github": serves the files of a repository on GitHub or GitHub Enterprise.
#include <gov/source.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "api.h"
#include "files.h"

namespace {

using github::Api;
using github::File;
using github::Tree;
using nlohmann::json;

constexpr const char* kSchema = R"({
  "type": "object", "required": ["repo"], "additionalProperties": false,
  "properties": {
    "repo": {"type": "string", "pattern": "^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", "maxLength": 200,
      "description": "OWNER/NAME."},
    "ref": {"type": "string", "minLength": 1, "maxLength": 255, "default": "HEAD",
      "description": "A branch, a tag or a commit; HEAD is the default branch."},
    "path": {"type": "string", "maxLength": 1024, "default": "",
      "description": "The folder of the repository whose files are served; all by default."},
    )" SOURCE_PATTERNS_SCHEMA R"(,
    "token": {"type": "string", "x-gov-secret": true, "minLength": 1, "maxLength": 4096,
      "description": "Secret reference to a token that may read the repository; optional if public."},
    "api": {"type": "string", "maxLength": 1024, "default": "https://api.github.com",
      "description": "Of GitHub Enterprise: https://HOST/api/v3."},
    "raw": {"type": "string", "maxLength": 1024, "default": "https://raw.githubusercontent.com",
      "description": "Where files are fetched from; empty: from the API."},
    "web": {"type": "string", "maxLength": 1024, "default": "https://github.com",
      "description": "Start of the links to originals."},
    "max_files": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 20000,
      "description": "More matching files than this are an error."}
  }
})";

// Any number of threads: the tree that list() found is replaced as a whole.
class GithubSource final : public gov::Source {
 public:
  static gov::Result<std::unique_ptr<GithubSource>> create(gov::Host host, const gov::Config& c) {
    github::Options options;
    options.repo = c.text_or("repo", "");
    options.ref = c.text_or("ref", options.ref);
    options.path = source::without_slashes(c.text_or("path", ""));
    for (const auto& [name, value] :
         {std::pair("api", &options.api), std::pair("raw", &options.raw),
          std::pair("web", &options.web)}) {
      *value = c.text_or(name, *value);
      while (value->ends_with('/')) value->pop_back();
    }
    options.has_token = c.text("token").has_value();
    const json all = json::parse(c.json(), nullptr, /*allow_exceptions=*/false);
    auto patterns = source::Patterns::read(all);
    if (!patterns) return patterns.status();
    const auto http = gov::Http::of(host);
    if (!http)
      return gov::invalid(
          "the source needs grants = [\"" + options.api + "/repos/" + options.repo + "/\"" +
          (options.raw.empty() ? "" : ", \"" + options.raw + "/" + options.repo + "/\"") +
          "] beside plugin");
    return std::unique_ptr<GithubSource>(
        new GithubSource(Api(*http, std::move(options)), std::move(*patterns),
                         static_cast<std::size_t>(c.integer("max_files", 20000))));
  }

  gov::Status list(const gov::Call& call, gov::DocumentSink& out) override {
    auto tree = current(call);
    if (!tree) return tree.status();
    std::size_t count = 0;
    for (const auto& [path, file] : (*tree)->files) {
      const std::string_view key = key_of(path);
      if (key.empty() || !patterns_.serve(key)) continue;
      if (++count > max_files_)
        return gov::resource_exhausted("more than " + std::to_string(max_files_) +
                                       " files match; narrow source.options.include or raise "
                                       "max_files");
      if (gov::Status s = head(out, **tree, key, path, file); !s.ok()) return s;
    }
    if (count == 0)
      return gov::unavailable("no file of " + api_.options().repo + " at " +
                              (*tree)->commit.substr(0, 12) +
                              " is served; check source.options.path, include and exclude");
    return {};
  }

  gov::Status fetch(const gov::Call& call, std::string_view key, std::string_view if_version,
                    gov::DocumentSink& out) override {
    std::shared_ptr<const Tree> tree = last();
    if (!tree) {
      auto read = current(call);
      if (!read) return read.status();
      tree = std::move(*read);
    }
    const std::string path = api_.options().path.empty()
                                 ? std::string(key)
                                 : api_.options().path + "/" + std::string(key);
    const auto found = tree->files.find(path);
    if (found == tree->files.end() || !patterns_.serve(key))
      return gov::not_found(std::string(key) + " is not among the files to serve");
    if (!if_version.empty() && if_version == found->second.blob) return gov::not_modified();
    const auto text = api_.read_file(call, *tree, path, found->second);
    if (!text) return text.status();
    if (gov::Status s = head(out, *tree, key, path, found->second); !s.ok()) return s;
    return out.body(*text);
  }

 private:
  GithubSource(Api api, source::Patterns patterns, std::size_t max_files)
      : api_(std::move(api)), patterns_(std::move(patterns)), max_files_(max_files) {}

  std::shared_ptr<const Tree> last() const {
    const std::lock_guard lock(mutex_);
    return tree_;
  }

  // One conditional request when nothing has changed, two when something has.
  gov::Result<std::shared_ptr<const Tree>> current(const gov::Call& call) {
    const auto before = last();
    Tree next;
    gov::Status found = api_.find_commit(call, before ? before->etag : "", next);
    if (found.code() == GOV_NOT_MODIFIED && before) return before;
    if (!found.ok()) return found;
    if (before && before->commit == next.commit)
      next.files = before->files;
    else if (gov::Status read = api_.read_tree(call, next); !read.ok())
      return read;
    auto tree = std::make_shared<const Tree>(std::move(next));
    const std::lock_guard lock(mutex_);
    return tree_ = std::move(tree);
  }

  // The path below the folder that is served; empty: it is not.
  std::string_view key_of(std::string_view path) const {
    const std::string& folder = api_.options().path;
    if (folder.empty()) return path;
    if (!path.starts_with(folder) || path.size() <= folder.size() || path[folder.size()] != '/')
      return {};
    return path.substr(folder.size() + 1);
  }

  gov::Status head(gov::DocumentSink& out, const Tree& tree, std::string_view key,
                   const std::string& path, const File& file) const {
    const github::Options& options = api_.options();
    const std::string link =
        options.web + "/" + options.repo + "/blob/" + tree.commit + "/" + source::escaped(path);
    return out.head({.key = key,
                     .version = file.blob,
                     .media_type = source::media_type_of(key),
                     .link = link,
                     .size = file.size});
  }

  const Api api_;
  const source::Patterns patterns_;
  const std::size_t max_files_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Tree> tree_;
};

}  // namespace

GOV_PLUGIN(gov::component<GithubSource>({.name = "github",
                                         .version = "1.0.0",
                                         .summary = "Serves the files of a repository on GitHub.",
                                         .config_schema = kSchema}));
