// gov.source/1 "archive": serves the files inside one archive, for sites without a network.
#include <gov/http.hpp>
#include <gov/source.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <mutex>
#include <tuple>
#include <utility>

#include "files.h"
#include "origin.h"
#include "reader.h"

namespace {

using nlohmann::json;
using packed::Contents;
using packed::File;

constexpr const char* kSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "file": {"type": "string", "x-gov-path": true,
      "description": "The archive; relative to the configuration file."},
    "url": {"type": "string", "pattern": "^https?://[^@#]+$", "maxLength": 2048,
      "description": "In place of file: the address of the archive."},
    "token": {"type": "string", "x-gov-secret": true, "minLength": 1, "maxLength": 4096,
      "description": "Secret reference to a token that may read url; optional."},
    "path": {"type": "string", "maxLength": 1024, "default": "",
      "description": "The folder inside whose files are served; all by default."},
    "strip": {"type": "string", "enum": ["auto", "none"], "default": "auto",
      "description": "auto: one folder that holds everything else is not part of the paths."},
    )" SOURCE_PATTERNS_SCHEMA R"(,
    "link": {"type": "string", "default": "",
      "description": "Address that a document's key is appended to, to tell where its original is."},
    "max_size": {"type": ["string", "integer"], "x-gov-unit": "bytes", "default": "256MiB",
      "minimum": 1024, "maximum": 17179869184,
      "description": "Of everything inside when it is decompressed; more is an error."}
  }
})";

struct Options {
  std::string where;  // file or url
  std::string path, link;
  bool strip = true;
  source::Patterns patterns;
  packed::Limits limits;
};

std::string_view without_top(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == path.npos ? std::string_view() : path.substr(slash + 1);
}

// Any number of threads: what list() found is replaced as a whole.
class ArchiveSource final : public gov::Source {
 public:
  static gov::Result<std::unique_ptr<ArchiveSource>> create(gov::Host host, const gov::Config& c) {
    Options options;
    options.path = c.text_or("path", "");
    while (options.path.ends_with('/')) options.path.pop_back();
    options.link = c.text_or("link", "");
    options.strip = c.text_or("strip", "auto") == "auto";
    options.limits.total = static_cast<std::uint64_t>(
        c.integer("max_size", static_cast<std::int64_t>(options.limits.total)));
    const json all = json::parse(c.json(), nullptr, /*allow_exceptions=*/false);
    auto patterns = source::Patterns::read(all);
    if (!patterns) return patterns.status();
    options.patterns = std::move(*patterns);
    auto origin = origin_of(host, c, options.where);
    if (!origin) return origin.status();
    return std::unique_ptr<ArchiveSource>(
        new ArchiveSource(host, std::move(options), std::move(*origin)));
  }

  gov::Status list(const gov::Call& call, gov::DocumentSink& out) override {
    const auto contents = current(call);
    if (!contents) return contents.status();
    if ((*contents)->files.empty())
      return gov::unavailable("no file in " + options_.where +
                              " is served; check source.options.path, include and exclude");
    for (const auto& [key, file] : (*contents)->files)
      if (gov::Status s = head(out, key, *file); !s.ok()) return s;
    return {};
  }

  gov::Status fetch(const gov::Call& call, std::string_view key, std::string_view if_version,
                    gov::DocumentSink& out) override {
    std::shared_ptr<const Contents> contents = last();
    if (!contents) {
      auto read = current(call);
      if (!read) return read.status();
      contents = std::move(*read);
    }
    const auto found = contents->files.find(key);
    if (found == contents->files.end())
      return gov::not_found(std::string(key) + " is not among the files to serve");
    if (!if_version.empty() && if_version == found->second->version) return gov::not_modified();
    if (gov::Status s = head(out, key, *found->second); !s.ok()) return s;
    return out.body(found->second->bytes);
  }

 private:
  ArchiveSource(gov::Host host, Options options, std::unique_ptr<packed::Origin> origin)
      : host_(host), options_(std::move(options)), origin_(std::move(origin)) {}

  static gov::Result<std::unique_ptr<packed::Origin>> origin_of(gov::Host host,
                                                                const gov::Config& c,
                                                                std::string& where) {
    const std::string file = c.text_or("file", ""), url = c.text_or("url", "");
    if (file.empty() == url.empty())
      return gov::invalid("set one of source.options.file and source.options.url");
    where = file.empty() ? url : file;
    if (url.empty()) return packed::make_file_origin(file);
    const auto http = gov::Http::of(host);
    if (!http) return gov::invalid("the source needs grants = [\"" + url + "\"] beside plugin");
    return packed::make_url_origin(*http, url, c.text("token").has_value());
  }

  std::shared_ptr<const Contents> last() const {
    const std::lock_guard lock(mutex_);
    return contents_;
  }

  // Reads the archive when it is another one than the last time.
  gov::Result<std::shared_ptr<const Contents>> current(const gov::Call& call) {
    const std::lock_guard one_at_a_time(reading_);
    std::shared_ptr<const Contents> contents;
    gov::Status taken = origin_->take(call, [&](int fd) -> gov::Status {
      auto read = packed::read(fd, options_.limits, call,
                               [this](std::string_view path) { return may_serve(path); });
      if (!read)
        return read.status().code() == GOV_CANCELLED
                   ? read.status()
                   : gov::Status(read.status().code(),
                                 options_.where + " " + read.status().message());
      contents = std::make_shared<const Contents>(select(std::move(*read)));
      return {};
    });
    if (taken.code() == GOV_NOT_MODIFIED) return last();
    if (!taken.ok()) return taken;
    for (const auto& [path, why] : contents->skipped)
      host_.warn("a file of the archive is not served", {{"path", path}, {"reason", why}});
    const std::lock_guard lock(mutex_);
    return contents_ = std::move(contents);
  }

  // Whether there is one top folder is known at the end only, so both readings of a path count.
  bool may_serve(std::string_view path) const {
    return !key_of(path).empty() || (options_.strip && !key_of(without_top(path)).empty());
  }

  // The path below the folder that is served; empty: it is not served.
  std::string_view key_of(std::string_view path) const {
    if (!options_.path.empty()) {
      if (!path.starts_with(options_.path) || path.size() <= options_.path.size() ||
          path[options_.path.size()] != '/')
        return {};
      path.remove_prefix(options_.path.size() + 1);
    }
    return options_.patterns.serve(path) ? path : std::string_view();
  }

  Contents select(Contents all) const {
    std::string_view top;
    bool one_top = options_.strip && !all.files.empty();
    for (const auto& [path, file] : all.files) {
      const std::string_view own = std::string_view(path).substr(0, path.find('/'));
      if (top.empty()) top = own;
      one_top = one_top && own == top && own.size() < path.size();
    }
    // "docs/..." with path = "docs" is that folder, not one around everything.
    if (one_top && !options_.path.empty() && !key_of(all.files.begin()->first).empty())
      one_top = false;
    Contents out;
    out.skipped = std::move(all.skipped);
    for (const auto& [path, file] : all.files) {
      const std::string_view key = key_of(one_top ? without_top(path) : std::string_view(path));
      if (!key.empty()) out.files.emplace(key, file);
    }
    return out;
  }

  gov::Status head(gov::DocumentSink& out, std::string_view key, const File& file) const {
    const std::string link = options_.link.empty() ? "" : options_.link + source::escaped(key);
    return out.head({.key = key,
                     .version = file.version,
                     .media_type = source::media_type_of(key),
                     .link = link,
                     .modified_ms = file.modified_ms,
                     .size = file.bytes.size()});
  }

  const gov::Host host_;
  const Options options_;
  const std::unique_ptr<packed::Origin> origin_;  // under reading_
  std::mutex reading_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Contents> contents_;  // under mutex_
};

}  // namespace

GOV_PLUGIN(gov::component<ArchiveSource>({.name = "archive",
                                          .version = "1.0.0",
                                          .summary = "Serves the files inside one archive.",
                                          .config_schema = kSchema}));
