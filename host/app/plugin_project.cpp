#include "app/plugin_project.h"

#include <map>
#include <utility>

#include "core/text.h"

namespace govhost::app {
namespace {

// "my-wiki", source -> "MyWikiSource". The kind at the end keeps the class apart from the other
// names in its file, whatever the plugin is called.
std::string class_of(std::string_view kind, std::string_view name) {
  std::string words(name);
  if (name != kind && !name.ends_with("-" + std::string(kind))) words += "-" + std::string(kind);
  std::string out;
  for (const std::string_view word : split(words, '-')) {
    if (word.empty()) continue;
    out += static_cast<char>(word[0] >= 'a' && word[0] <= 'z' ? word[0] - 'a' + 'A' : word[0]);
    out += word.substr(1);
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// The lines of the first block of shell commands.
std::vector<std::string> commands_of(std::string_view readme) {
  constexpr std::string_view kBegin = "```sh\n", kEnd = "\n```";
  std::vector<std::string> out;
  const std::size_t begin = readme.find(kBegin);
  if (begin == readme.npos) return out;
  readme.remove_prefix(begin + kBegin.size());
  for (const std::string_view line : split(readme.substr(0, readme.find(kEnd)), '\n'))
    out.emplace_back(line);
  return out;
}

}  // namespace

PluginProject plugin_project(std::string_view kind, std::string_view name) {
  const std::string file = replace_all(name, "-", "_");
  const std::pair<std::string_view, std::string> values[] = {{"@kind@", std::string(kind)},
                                                             {"@name@", std::string(name)},
                                                             {"@file@", file},
                                                             {"@FILE@", upper(file)},
                                                             {"@Class@", class_of(kind, name)}};
  std::map<std::string, std::string> files;
  for (const std::string_view folder : {kind, std::string_view("common")}) {
    const std::string prefix = std::string(folder) + "/";
    for (const EmbeddedFile& found : template_files()) {
      if (!found.key.starts_with(prefix)) continue;
      std::string text(found.text);
      for (const auto& [mark, value] : values) text = replace_all(text, mark, value);
      files.emplace(replace_all(found.key.substr(prefix.size()), "NAME", file), std::move(text));
    }
  }
  PluginProject out;
  out.commands = commands_of(files["README.md"]);
  for (auto& [path, text] : files) out.files.push_back({path, std::move(text)});
  return out;
}

}  // namespace govhost::app
