#include "plugin/library.h"

#define BOOST_DLL_USE_STD_FS
#include <sys/stat.h>

#include <boost/dll/shared_library.hpp>

#include <cstring>
#include <system_error>
#include <utility>

#include "plugin/elf.h"
#include "plugin/trust.h"

namespace govhost::plugin {

struct Libraries::File {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
  // Stays open: glibc knows the object by its name "/proc/self/fd/N", so N must not be used again.
  UniqueFd fd;
  boost::dll::shared_library library;
  const gov_plugin_entry* entry = nullptr;
};

namespace {

std::string version_text(unsigned major, unsigned minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

gov::Status check_abi(const std::string& path, unsigned major, unsigned minor,
                      unsigned needs_minor) {
  const std::string ours = version_text(GOV_ABI_MAJOR, GOV_ABI_MINOR);
  if (major != GOV_ABI_MAJOR)
    return gov::invalid(path + " was built for plugin ABI " + version_text(major, minor) +
                        ", this host has " + ours + "; the major versions must be equal: rebuild " +
                        "the plugin with SDK " + std::to_string(GOV_ABI_MAJOR) +
                        ".x or use a host " + "of its version");
  if (needs_minor > GOV_ABI_MINOR)
    return gov::invalid(path + " needs plugin ABI " + version_text(major, needs_minor) +
                        " or newer, this host has " + ours + "; upgrade govhost");
  return {};
}

// What the dynamic linker said. Boost's own text ends in an unrelated errno message.
std::string linker_message(const std::error_code& code, const std::string& what) {
  const std::size_t open = what.find('(');
  const std::size_t close = what.rfind(')');
  if (open != std::string::npos && close != std::string::npos && close > open)
    return what.substr(open + 1, close - open - 1);
  return code.message();
}

bool is_terminated_name(const char* text) { return text != nullptr && ::strnlen(text, 256) < 256; }

gov::Status check_components(const std::string& path, const gov_plugin_entry& entry) {
  constexpr std::uint32_t kMaxComponents = 64;
  if (entry.component_count == 0 || entry.component_count > kMaxComponents || !entry.components)
    return gov::invalid(path + " declares " + std::to_string(entry.component_count) +
                        " components; 1 to 64 are allowed");
  for (std::uint32_t i = 0; i < entry.component_count; ++i) {
    const gov_component* c = entry.components[i];
    if (!c || !GOV_HAS(c, create) || !is_terminated_name(c->kind) || !is_terminated_name(c->name) ||
        !is_terminated_name(c->version) || !c->create)
      return gov::invalid(path + ": component " + std::to_string(i) +
                          " is incomplete: kind, name, version and create are required");
  }
  return {};
}

}  // namespace

Libraries::Libraries() = default;

Libraries::~Libraries() {
  // Never destroyed, but reachable, so that a leak checker can tell it from a mistake.
  static auto* const kept = new std::vector<std::unique_ptr<File>>();
  for (std::unique_ptr<File>& file : files_) kept->push_back(std::move(file));
}

gov::Result<const Libraries::File*> Libraries::load(const config::PluginRef& ref) {
  gov::Result<UniqueFd> fd = open_trusted(ref.path, ref.sha256);
  if (!fd) return fd.status();
  struct stat info {};
  ::fstat(fd->get(), &info);
  const std::lock_guard lock(mutex_);
  for (const std::unique_ptr<File>& file : files_)
    if (file->device == info.st_dev && file->inode == info.st_ino) return file.get();

  const gov::Result<EntryPeek> peek = peek_entry(fd->get());
  if (!peek) return gov::invalid(ref.path + " " + peek.status().message());
  if (gov::Status s = check_abi(ref.path, peek->abi_major, peek->abi_minor, peek->needs_minor);
      !s.ok())
    return s;

  auto file = std::make_unique<File>();
  file->path = ref.path;
  file->device = info.st_dev;
  file->inode = info.st_ino;
  file->fd = std::move(*fd);
  try {
    file->library.load("/proc/self/fd/" + std::to_string(file->fd.get()),
                       boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    file->entry = &file->library.get<const gov_plugin_entry>(GOV_ENTRY_SYMBOL);
  } catch (const std::system_error& e) {
    return gov::invalid(ref.path + " cannot be loaded: " + linker_message(e.code(), e.what()));
  }

  // What was peeked is checked again in memory: a constructor could have changed it.
  const gov_plugin_entry& entry = *file->entry;
  if (std::memcmp(entry.magic, GOV_ENTRY_MAGIC, sizeof entry.magic) != 0 ||
      !GOV_HAS(&entry, components))
    return gov::invalid(ref.path + ": " GOV_ENTRY_SYMBOL " changed while it was loaded");
  if (gov::Status s = check_abi(ref.path, entry.abi_major, entry.abi_minor, entry.needs_minor);
      !s.ok())
    return s;
  if (gov::Status s = check_components(ref.path, entry); !s.ok()) return s;
  files_.push_back(std::move(file));
  return files_.back().get();
}

gov::Result<std::vector<const gov_component*>> Libraries::components(const config::PluginRef& ref) {
  const gov::Result<const File*> file = load(ref);
  if (!file) return file.status();
  const gov_plugin_entry& entry = *(*file)->entry;
  return std::vector<const gov_component*>(entry.components,
                                           entry.components + entry.component_count);
}

gov::Result<const gov_component*> Libraries::find(const config::PluginRef& ref,
                                                  std::string_view kind) {
  const gov::Result<std::vector<const gov_component*>> all = components(ref);
  if (!all) return all.status();
  std::vector<const gov_component*> fitting;
  std::string present;
  for (const gov_component* c : *all) {
    present += (present.empty() ? "" : ", ") + std::string(c->name) + " (" + c->kind + ")";
    if (c->kind == kind && (ref.component.empty() || c->name == ref.component))
      fitting.push_back(c);
  }
  if (fitting.size() == 1) return fitting.front();
  const std::string wanted =
      ref.component.empty() ? std::string(kind) : ref.component + " (" + std::string(kind) + ")";
  if (fitting.empty()) return gov::invalid(ref.path + " has no " + wanted + "; it has " + present);
  return gov::invalid(ref.path + " has several components of kind " + std::string(kind) + ": " +
                      present + "; choose one with `component`");
}

}  // namespace govhost::plugin
