// gov.source/1 "directory": serves the files below one directory.
#include <gov/source.hpp>

#include "files.h"
#include "tree.h"
#include "watch.h"

#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace {

using nlohmann::json;

constexpr const char* kSchema = R"({
  "type": "object", "required": ["path"], "additionalProperties": false,
  "properties": {
    "path": {"type": "string", "x-gov-path": true,
      "description": "The directory; relative to the configuration file."},
    )" SOURCE_PATTERNS_SCHEMA R"(,
    "link": {"type": "string", "default": "",
      "description": "Address that a document's key is appended to, to tell where its original is."},
    "max_files": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 20000,
      "description": "More matching files than this are an error."},
    "max_depth": {"type": "integer", "minimum": 0, "maximum": 64, "default": 16,
      "description": "How many levels of folders are entered."}
  }
})";

constexpr std::size_t kChunk = 65536;

struct Options {
  std::string path, link;
  source::Patterns patterns;
  std::int64_t max_files = 20000, max_depth = 16;
};

// A directory that is there but not accessible is no option error: start() and list() report it.
gov::Status check_path(const std::string& path) {
  const auto sentence = [&](const std::string& what) {
    return "path \"" + path + "\" " + what +
           "; set source.options.path to the directory of the documents";
  };
  if (path.find('\0') != path.npos)
    return gov::invalid("source.options.path holds a NUL character");
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == EACCES) return {};
    // Not invalid: what is not mounted today may be tomorrow, and the host may do without it.
    if (errno == ENOENT || errno == ENOTDIR) return gov::not_found(sentence("does not exist"));
    return gov::unavailable(sentence(std::strerror(errno)));
  }
  return S_ISDIR(info.st_mode) ? gov::Status() : gov::invalid(sentence("is not a directory"));
}

// Any number of threads: nothing changes after create().
class DirectorySource final : public gov::Source {
 public:
  static gov::Result<std::unique_ptr<DirectorySource>> create(gov::Host host,
                                                              const gov::Config& c) {
    Options options;
    options.path = c.text_or("path", "");
    options.link = c.text_or("link", "");
    options.max_files = c.integer("max_files", options.max_files);
    options.max_depth = c.integer("max_depth", options.max_depth);
    const json all = json::parse(c.json(), nullptr, /*allow_exceptions=*/false);
    auto patterns = source::Patterns::read(all);
    if (!patterns) return patterns.status();
    options.patterns = std::move(*patterns);
    if (options.max_files < 1 || options.max_depth < 0 || options.max_depth > 64)
      return gov::invalid("source.options.max_files must be 1 or more, max_depth from 0 to 64");
    if (gov::Status s = check_path(options.path); !s.ok()) return s;
    return std::make_unique<DirectorySource>(host, std::move(options));
  }

  DirectorySource(gov::Host host, Options options)
      : options_(std::move(options)),
        tree_(host, options_.path, static_cast<std::size_t>(options_.max_depth)),
        watcher_(options_.path, static_cast<std::size_t>(options_.max_depth)) {}

  gov::Status start(const gov::Call&) override {
    const gov::Result<Fd> root = tree_.open_root();
    return root ? gov::Status() : root.status();
  }

  const void* extension(std::string_view id) override {
    return id == GOV_EXT_WATCH ? gov::watch_table<DirectorySource>() : nullptr;
  }
  gov::Status watch(const gov::Call& call, const gov::Changed& changed) {
    return watcher_.run(call, wanted(), changed);
  }

  gov::Status list(const gov::Call& call, gov::DocumentSink& out) override {
    const auto found = tree_.list(call, wanted(), static_cast<std::size_t>(options_.max_files));
    if (!found) return found.status();
    if (found->empty())
      return gov::unavailable("no file below " + options_.path +
                              " is served; check source.options.path, include and exclude");
    for (const File& file : *found) {
      if (gov::Status s = still_wanted(call); !s.ok()) return s;
      if (gov::Status s = head(out, file); !s.ok()) return s;
    }
    return {};
  }

  gov::Status fetch(const gov::Call& call, std::string_view key, std::string_view if_version,
                    gov::DocumentSink& out) override {
    if (gov::Status s = still_wanted(call); !s.ok()) return s;
    const gov::Result<File> file = tree_.open(key);
    if (!file) return file.status();
    if (!options_.patterns.serve(key))
      return gov::not_found(file->key + " is not among the files to serve");
    if (!if_version.empty() && if_version == file->version()) return gov::not_modified();
    if (gov::Status s = head(out, *file); !s.ok()) return s;

    const auto chunk = std::make_unique_for_overwrite<char[]>(kChunk);
    std::uint64_t total = 0;
    while (total < file->size) {  // one that grows meanwhile is not unchanged()
      if (gov::Status s = still_wanted(call); !s.ok()) return s;
      const ssize_t n = ::read(file->fd.get(), chunk.get(), kChunk);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return gov::unavailable(file->key + " cannot be read to its end");
      if (n == 0) break;
      total += static_cast<std::uint64_t>(n);
      if (gov::Status s = out.body({chunk.get(), static_cast<std::size_t>(n)}); !s.ok()) return s;
    }
    if (total == file->size && file->unchanged()) return {};
    return gov::unavailable(file->key + " changed while it was read; fetch it again");
  }

 private:
  Tree::Wanted wanted() const {
    return [this](std::string_view key) { return options_.patterns.serve(key); };
  }
  gov::Status head(gov::DocumentSink& out, const File& file) const {
    const std::string version = file.version();
    const std::string link = options_.link.empty() ? "" : options_.link + source::escaped(file.key);
    return out.head({.key = file.key,
                     .version = version,
                     .media_type = source::media_type_of(file.key),
                     .link = link,
                     .modified_ms = file.modified_ns / 1'000'000,
                     .size = file.size});
  }

  const Options options_;
  const Tree tree_;
  const Watcher watcher_;
};

}  // namespace

GOV_PLUGIN(gov::component<DirectorySource>({.name = "directory",
                                            .version = "1.0.0",
                                            .summary = "Serves the files below one directory.",
                                            .config_schema = kSchema}));
