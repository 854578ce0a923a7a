// Serves the Markdown files below one directory.
#include <gov/source.hpp>

#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMd = "text/markdown";

// Equal versions mean equal text; empty: not a document. Keys are input: a path that canonical()
// changes ("../../etc/passwd", a link) may lead out of the directory.
std::string version_of(const fs::path& file) {
  std::error_code fault;
  if (file.extension() != ".md" || fs::canonical(file, fault).native() != file.native()) return "";
  const auto time = fs::last_write_time(file, fault).time_since_epoch().count();
  const auto size = fault ? 0 : fs::file_size(file, fault);
  return fault ? "" : std::to_string(time) + "-" + std::to_string(size);
}

// Calls may come from several threads at once: nothing changes after create().
class @Class@ final : public gov::Source {
 public:
  static gov::Result<std::unique_ptr<@Class@>> create(gov::Host, const gov::Config& config) {
    std::error_code fault;
    const fs::path root = fs::canonical(config.text_or("path", ""), fault);
    if (!fs::is_directory(root, fault))
      return gov::invalid("path " + config.text_or("path", "") + " is not a directory");
    return std::make_unique<@Class@>(root);
  }
  explicit @Class@(fs::path root) : root_(std::move(root)) {}

  gov::Status list(const gov::Call& call, gov::DocumentSink& out) override {
    std::error_code fault;
    fs::recursive_directory_iterator entry(root_, fault);
    for (; !fault && entry != fs::recursive_directory_iterator(); entry.increment(fault)) {
      if (call.cancelled()) return gov::cancelled();
      const std::string version = version_of(entry->path());
      if (version.empty()) continue;
      const std::string key = entry->path().lexically_relative(root_).string();
      if (auto s = out.head({.key = key, .version = version, .media_type = kMd}); !s.ok()) return s;
    }
    return fault ? gov::unavailable(root_.string() + ": " + fault.message()) : gov::Status();
  }

  gov::Status fetch(const gov::Call& call, std::string_view key, std::string_view if_version,
                    gov::DocumentSink& out) override {
    const std::string path = root_.string() + "/" + std::string(key);
    const std::string version = version_of(path);
    if (version.empty()) return gov::not_found("no document has this key");
    if (version == if_version) return gov::not_modified();
    if (auto s = out.head({.key = key, .version = version, .media_type = kMd}); !s.ok()) return s;
    std::ifstream in(path, std::ios::binary);
    for (char chunk[65536]; in.read(chunk, sizeof chunk), in.gcount() > 0;) {
      if (call.cancelled()) return gov::cancelled();
      if (auto s = out.body({chunk, static_cast<std::size_t>(in.gcount())}); !s.ok()) return s;
    }
    return in.eof() ? gov::Status() : gov::unavailable("cannot read " + path);
  }

 private:
  const fs::path root_;
};

}  // namespace

GOV_PLUGIN(gov::component<@Class@>(
    {.name = "@name@",
     .version = "1.0.0",
     .summary = "Serves the Markdown files below one directory.",
     .config_schema = R"({"required": ["path"], "additionalProperties": false,
       "properties": {"path": {"type": "string", "x-gov-path": true}}})"}));
