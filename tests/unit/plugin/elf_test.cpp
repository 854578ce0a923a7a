#include "plugin/elf.h"

#include <elf.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/unique_fd.h"

namespace govhost::plugin {
namespace {

constexpr const char* kNoElf = "is not a 64-bit ELF shared object";
constexpr const char* kNoEntry = "is not a govhost plugin: it does not export gov_plugin_entry_v1";
constexpr const char* kNoMagic =
    "is not a govhost plugin: gov_plugin_entry_v1 does not start with GOVPLUG";

const std::string& plugin() {
  static const std::string kBytes = [] {
    std::ifstream file(GOVHOST_A_PLUGIN, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return kBytes;
}

// A file in memory: nothing of it reaches a disk.
class Bytes {
 public:
  explicit Bytes(std::string_view content) : fd_(::memfd_create("elf_test", MFD_CLOEXEC)) {
    write(0, content);
  }
  void write(std::size_t at, std::string_view bytes) const {
    if (::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at)) !=
        static_cast<ssize_t>(bytes.size()))
      ADD_FAILURE() << "pwrite";
  }
  void cut(std::size_t size) const {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) ADD_FAILURE() << "ftruncate";
  }
  gov::Result<EntryPeek> peek() const { return peek_entry(fd_.get()); }
  std::string outcome() const {
    const auto peeked = peek();
    return peeked ? "entry" : peeked.status().message();
  }

 private:
  UniqueFd fd_;
};

std::string outcome(std::string_view content) { return Bytes(content).outcome(); }

template <class T>
T read_at(std::size_t at) {
  T value{};
  std::memcpy(&value, plugin().data() + at, sizeof value);
  return value;
}
template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}
Elf64_Ehdr header() { return read_at<Elf64_Ehdr>(0); }

// Where the program header of a type stands in the file.
std::size_t segment(std::uint32_t type) {
  for (std::size_t i = 0; i < header().e_phnum; ++i) {
    const std::size_t at = header().e_phoff + i * sizeof(Elf64_Phdr);
    if (read_at<Elf64_Phdr>(at).p_type == type) return at;
  }
  ADD_FAILURE() << "no segment " << type;
  return 0;
}

TEST(Elf, ReadsTheEntryOfARealPlugin) {
  const auto peeked = Bytes(plugin()).peek();
  ASSERT_TRUE(peeked) << peeked.status().message();
  EXPECT_EQ(peeked->abi_major, GOV_ABI_MAJOR);
  EXPECT_EQ(peeked->abi_minor, GOV_ABI_MINOR);
  EXPECT_LE(peeked->needs_minor, GOV_ABI_MINOR);
}

TEST(Elf, ReadsTheVersionsFromTheFile) {
  const std::size_t entry = plugin().find(std::string_view(GOV_ENTRY_MAGIC, 8));
  ASSERT_NE(entry, std::string::npos);
  const Bytes file(plugin());
  const std::uint16_t versions[] = {7, 8, 9};
  file.write(entry + offsetof(gov_plugin_entry, abi_major), bytes_of(versions));
  const auto peeked = file.peek();
  ASSERT_TRUE(peeked);
  EXPECT_EQ(peeked->abi_major, 7);
  EXPECT_EQ(peeked->abi_minor, 8);
  EXPECT_EQ(peeked->needs_minor, 9);
  file.write(entry, "GOVPLUG!");
  EXPECT_EQ(file.outcome(), kNoMagic);
}

TEST(Elf, RefusesWhatIsNoElfFile) {
  for (const std::string content : {"", "\x7F",
                                    "\x7F"
                                    "ELF",
                                    "#!/bin/sh\n", "GOVPLUG"})
    EXPECT_EQ(outcome(content), kNoElf);
  EXPECT_EQ(outcome(std::string(4096, '\0')), kNoElf);
  EXPECT_EQ(outcome(std::string(4096, '\xFF')), kNoElf);
  EXPECT_EQ(outcome("\x7F"
                    "ELF" +
                    std::string(4096, '\xFF')),
            kNoElf);
  EXPECT_EQ(outcome("\x7F"
                    "ELF" +
                    std::string(4096, '\0')),
            kNoElf);
}

TEST(Elf, RefusesDescriptorsThatCannotBeRead) {
  EXPECT_FALSE(peek_entry(-1));
  EXPECT_FALSE(peek_entry(UniqueFd(::open("/", O_RDONLY | O_CLOEXEC)).get()));
  EXPECT_FALSE(peek_entry(UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)).get()));
}

TEST(Elf, RefusesElfFilesOfAnotherKind) {
  const struct {
    std::size_t at;
    std::string_view bytes;
  } cases[] = {
      {EI_CLASS, "\x01"},  // 32 bits
      {EI_CLASS, std::string_view("\x00", 1)},
      {offsetof(Elf64_Ehdr, e_type), "\x02"},       // an executable
      {offsetof(Elf64_Ehdr, e_type), "\x04"},       // a core dump
      {offsetof(Elf64_Ehdr, e_phentsize), "\x20"},  // as of 32 bits
      {offsetof(Elf64_Ehdr, e_phnum), "\xFF\xFF"},
      {offsetof(Elf64_Ehdr, e_phnum), std::string_view("\0\0", 2)},
      {offsetof(Elf64_Ehdr, e_phoff), "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"},
      {offsetof(Elf64_Ehdr, e_phoff), "\xC0\xFF\xFF\xFF\xFF\xFF\xFF\xFF"}};  // wraps round to 0
  for (const auto& c : cases) {
    const Bytes file(plugin());
    file.write(c.at, c.bytes);
    EXPECT_EQ(file.outcome(), kNoElf) << c.at << ' ' << testing::PrintToString(c.bytes);
  }
}

TEST(Elf, RefusesALibraryThatIsNoPlugin) {
  std::ifstream file(GOVHOST_NO_PLUGIN, std::ios::binary);
  EXPECT_EQ(outcome(std::string(std::istreambuf_iterator<char>(file), {})), kNoEntry);
}

TEST(Elf, NeedsNoSectionHeaders) {
  const Bytes file(plugin());
  file.cut(header().e_shoff);
  EXPECT_EQ(file.outcome(), "entry");
}

TEST(Elf, EveryTruncationIsHarmless) {
  const Bytes file(plugin());
  std::size_t refused = 0;
  for (std::size_t size = plugin().size(); size > 0;
       size -= std::min<std::size_t>(size, size > 8192 ? 997 : 13)) {
    file.cut(size - 1);
    refused += file.peek() ? 0u : 1u;
  }
  EXPECT_GT(refused, 8192u / 13);
  EXPECT_EQ(file.outcome(), kNoElf);
}

// Every byte of the headers and of the dynamic section, in turn, with values at the edges.
TEST(Elf, EveryFlippedByteOfItsTablesIsHarmless) {
  const Bytes file(plugin());
  const auto dynamic = read_at<Elf64_Phdr>(segment(PT_DYNAMIC));
  const std::size_t regions[][2] = {
      {0, header().e_phoff + std::size_t{header().e_phnum} * sizeof(Elf64_Phdr)},
      {dynamic.p_offset, dynamic.p_offset + dynamic.p_filesz}};
  std::size_t refused = 0;
  for (const auto& [begin, end] : regions)
    for (std::size_t at = begin; at < end; ++at) {
      for (const int value : {0x00, 0xFF, plugin()[at] ^ 0x80, plugin()[at] ^ 0x01}) {
        file.write(at, std::string(1, static_cast<char>(value)));
        refused += file.peek() ? 0u : 1u;
      }
      file.write(at, std::string_view(plugin()).substr(at, 1));
    }
  EXPECT_GT(refused, 0u);
  EXPECT_EQ(file.outcome(), "entry");
}

// Whole words of the tables: addresses and sizes far outside, and such as wrap round.
TEST(Elf, AbsurdAddressesAndSizesAreHarmless) {
  const Bytes file(plugin());
  const std::uint64_t words[] = {0,
                                 1,
                                 0x7FFFFFFFFFFFFFFF,
                                 0x8000000000000000,
                                 0xFFFFFFFFFFFFFFFF,
                                 0xFFFFFFFFFFFFFFF0,
                                 plugin().size() - 1,
                                 plugin().size()};
  const auto dynamic = read_at<Elf64_Phdr>(segment(PT_DYNAMIC));
  std::vector<std::size_t> places;
  for (std::size_t at = header().e_phoff;
       at < header().e_phoff + std::size_t{header().e_phnum} * sizeof(Elf64_Phdr); at += 8)
    places.push_back(at);
  for (std::size_t at = dynamic.p_offset; at < dynamic.p_offset + dynamic.p_filesz; at += 8)
    places.push_back(at);
  for (const std::size_t at : places) {
    for (const std::uint64_t word : words) {
      file.write(at, bytes_of(word));
      const std::string outcome = file.outcome();
      EXPECT_TRUE(outcome == "entry" || outcome == kNoElf || outcome == kNoEntry ||
                  outcome == kNoMagic)
          << outcome;
    }
    file.write(at, std::string_view(plugin()).substr(at, 8));
  }
  EXPECT_EQ(file.outcome(), "entry");
}

// The hash table is the only thing that says how many symbols there are.
TEST(Elf, AHashTableThatLiesIsHarmless) {
  const auto dynamic = read_at<Elf64_Phdr>(segment(PT_DYNAMIC));
  for (std::size_t at = dynamic.p_offset; at < dynamic.p_offset + dynamic.p_filesz;
       at += sizeof(Elf64_Dyn)) {
    const auto entry = read_at<Elf64_Dyn>(at);
    if (entry.d_tag != DT_GNU_HASH) continue;
    const std::size_t table = entry.d_un.d_ptr;  // in the first segment: the address is the offset
    for (std::size_t word = 0; word < 4; ++word)
      for (const std::uint32_t value : {0u, 1u, 0x10000u, 0x10001u, 0x7FFFFFFFu, 0xFFFFFFFFu}) {
        const Bytes file(plugin());
        file.write(table + word * 4, bytes_of(value));
        EXPECT_NE(file.outcome(), kNoElf);
      }
    return;
  }
  FAIL() << "the plugin has no DT_GNU_HASH";
}

}  // namespace
}  // namespace govhost::plugin
