#include "app/cli/common.h"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <filesystem>

#include "app/build_info.h"
#include "app/exit_codes.h"
#include "config/fault.h"
#include "core/scrub.h"

namespace govhost::app {
namespace {

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR) return;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

void Console::out(std::string_view text) const { write_all(guard_.output(), text); }

void Console::problem(std::string_view sentence) const {
  std::string line = "govhost: " + std::string(sentence) + "\n";
  scrub(line);
  write_all(STDERR_FILENO, line);
}

int Console::problems(const std::vector<std::string>& sentences) const {
  for (const std::string& sentence : sentences) problem(sentence);
  return kBadConfig;
}

void ConfigOptions::add_to(CLI::App& verb) {
  verb.add_option("-c,--config", file, "Configuration file (TOML); without it the built-in default")
      ->type_name("FILE");
  verb.add_option("--set", set,
                  "Override one key, for example --set host.threads=4; may be repeated")
      ->type_name("KEY=VALUE");
  verb.add_option("--content", content, "Serve this directory instead of the configured sources")
      ->type_name("DIR");
  verb.add_option("--plugins", plugins, "Directory of the packaged plugins")->type_name("DIR");
  verb.add_option("--log-level", log_level, "trace, debug, info, warn or error")
      ->type_name("LEVEL");
}

config::Loaded ConfigOptions::load() const {
  config::Request request;
  request.file = file;
  request.set = set;
  if (log_level) request.set.push_back("host.log_level=\"" + *log_level + "\"");
  request.stdio = stdio;
  request.http = http;
  request.content = content;
  request.ops = ops;
  request.plugin_directory =
      plugins ? std::filesystem::absolute(*plugins).string() : plugin_directory();
  request.builtin = kBuiltinConfig;
  return config::load(request);
}

std::string plugin_directory() {
  std::error_code error;
  const std::filesystem::path binary = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path prefix = binary.parent_path().parent_path();
  const std::filesystem::path installed = prefix / std::string(kPluginLibdir);
  return std::filesystem::is_directory(installed, error)
             ? installed.string()
             : (prefix / "lib/govhost/plugins").string();
}

LogStream::LogStream(Level level) : writer(STDERR_FILENO), log(writer, level) {}

}  // namespace govhost::app
