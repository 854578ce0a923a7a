#include "plugin/elf.h"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace govhost::plugin {
namespace {

constexpr std::size_t kMaxHeaders = 128;
constexpr std::size_t kMaxDynamic = 4096;
constexpr std::size_t kMaxSymbols = 1u << 16u;

// A file read through bounds checks only.
class File {
 public:
  explicit File(int fd) : fd_(fd) {
    struct stat info {};
    if (::fstat(fd, &info) == 0) size_ = static_cast<std::uint64_t>(info.st_size);
  }
  bool read(std::uint64_t offset, void* out, std::size_t n) const {
    if (offset > size_ || n > size_ - offset) return false;
    return ::pread(fd_, out, n, static_cast<off_t>(offset)) == static_cast<ssize_t>(n);
  }
  template <class T>
  bool read(std::uint64_t offset, T& out) const {
    return read(offset, &out, sizeof out);
  }

 private:
  int fd_;
  std::uint64_t size_ = 0;
};

struct Layout {
  std::vector<Elf64_Phdr> segments;
  std::uint64_t symbols = 0, strings = 0, strings_size = 0, hash = 0, gnu_hash = 0;  // addresses

  // File offset of a virtual address that the file backs.
  std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const Elf64_Phdr& s : segments)
      if (s.p_type == PT_LOAD && address >= s.p_vaddr && address - s.p_vaddr < s.p_filesz)
        return s.p_offset + (address - s.p_vaddr);
    return std::nullopt;
  }
};

std::optional<Layout> read_layout(const File& file) {
  Elf64_Ehdr header{};
  if (!file.read(0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return std::nullopt;
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_type != ET_DYN) return std::nullopt;
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum > kMaxHeaders) return std::nullopt;

  Layout layout;
  layout.segments.resize(header.e_phnum);
  for (std::size_t i = 0; i < header.e_phnum; ++i)
    if (!file.read(header.e_phoff + i * sizeof(Elf64_Phdr), layout.segments[i]))
      return std::nullopt;

  for (const Elf64_Phdr& segment : layout.segments) {
    if (segment.p_type != PT_DYNAMIC) continue;
    for (std::size_t i = 0; i < kMaxDynamic; ++i) {
      Elf64_Dyn entry{};
      if (!file.read(segment.p_offset + i * sizeof entry, entry) || entry.d_tag == DT_NULL) break;
      if (entry.d_tag == DT_SYMTAB) layout.symbols = entry.d_un.d_ptr;
      if (entry.d_tag == DT_STRTAB) layout.strings = entry.d_un.d_ptr;
      if (entry.d_tag == DT_STRSZ) layout.strings_size = entry.d_un.d_val;
      if (entry.d_tag == DT_HASH) layout.hash = entry.d_un.d_ptr;
      if (entry.d_tag == DT_GNU_HASH) layout.gnu_hash = entry.d_un.d_ptr;
    }
  }
  if (layout.symbols == 0 || layout.strings == 0) return std::nullopt;
  return layout;
}

// How many dynamic symbols there are: only the hash tables tell.
std::size_t symbol_count(const File& file, const Layout& layout) {
  if (layout.hash != 0) {
    std::uint32_t counts[2] = {};
    const auto at = layout.offset_of(layout.hash);
    if (at && file.read(*at, counts)) return std::min<std::size_t>(counts[1], kMaxSymbols);
  }
  const auto at = layout.offset_of(layout.gnu_hash);
  std::uint32_t header[4] = {};  // buckets, first symbol, bloom words, shift
  if (!at || !file.read(*at, header) || header[0] > kMaxSymbols || header[2] > kMaxSymbols)
    return 0;
  const std::uint64_t buckets = *at + sizeof header + std::uint64_t{header[2]} * 8;
  const std::uint64_t chains = buckets + std::uint64_t{header[0]} * 4;
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < header[0]; ++i) {
    std::uint32_t bucket = 0;
    if (!file.read(buckets + std::uint64_t{i} * 4, bucket)) return 0;
    last = std::max(last, bucket);
  }
  if (last < header[1]) return header[1];
  for (; last < kMaxSymbols; ++last) {
    std::uint32_t hash = 0;
    if (!file.read(chains + std::uint64_t{last - header[1]} * 4, hash)) return 0;
    if ((hash & 1u) != 0) break;  // end of the chain
  }
  return last + 1;
}

std::optional<std::uint64_t> find_entry(const File& file, const Layout& layout) {
  const auto symbols = layout.offset_of(layout.symbols);
  const auto strings = layout.offset_of(layout.strings);
  if (!symbols || !strings) return std::nullopt;
  const std::size_t count = symbol_count(file, layout);
  for (std::size_t i = 0; i < count; ++i) {
    Elf64_Sym symbol{};
    char name[sizeof GOV_ENTRY_SYMBOL] = {};
    if (!file.read(*symbols + i * sizeof symbol, symbol)) return std::nullopt;
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_name >= layout.strings_size) continue;
    if (layout.strings_size - symbol.st_name < sizeof name) continue;
    if (!file.read(*strings + symbol.st_name, name)) continue;
    if (std::memcmp(name, GOV_ENTRY_SYMBOL, sizeof name) == 0)
      return layout.offset_of(symbol.st_value);
  }
  return std::nullopt;
}

}  // namespace

gov::Result<EntryPeek> peek_entry(int fd) {
  const File file(fd);
  const std::optional<Layout> layout = read_layout(file);
  if (!layout) return gov::invalid("is not a 64-bit ELF shared object");
  const auto at = find_entry(file, *layout);
  if (!at) return gov::invalid("is not a govhost plugin: it does not export " GOV_ENTRY_SYMBOL);

  struct {
    char magic[8];
    std::uint16_t abi_major, abi_minor, needs_minor, reserved;
    std::uint32_t struct_size, component_count;
  } head{};
  static_assert(sizeof head == offsetof(gov_plugin_entry, components));
  if (!file.read(*at, head) || std::memcmp(head.magic, GOV_ENTRY_MAGIC, sizeof head.magic) != 0)
    return gov::invalid("is not a govhost plugin: " GOV_ENTRY_SYMBOL
                        " does not start with " GOV_ENTRY_MAGIC);
  return EntryPeek{head.abi_major, head.abi_minor, head.needs_minor};
}

}  // namespace govhost::plugin
