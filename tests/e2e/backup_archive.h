// A backup taken apart and put together again, as somebody could who wants to change it.
#pragma once

#include <gtest/gtest.h>
#include <openssl/sha.h>
#include <zlib.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::test {

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void write_bytes(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

inline std::string sha256_hex(std::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  std::string out;
  char hex[3];
  for (const unsigned char each : digest) {
    std::snprintf(hex, sizeof hex, "%02x", each);
    out += hex;
  }
  return out;
}

// All members of a gzip file.
inline std::string gunzip(const std::filesystem::path& file) {
  const gzFile in = ::gzopen(file.c_str(), "rb");
  std::string out;
  char piece[65536];
  for (int got = 0; (got = ::gzread(in, piece, sizeof piece)) > 0;)
    out.append(piece, static_cast<std::size_t>(got));
  ::gzclose(in);
  return out;
}

inline std::string gzip(std::string_view text, int level) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(::deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

struct ArchiveMember {
  std::string header, bytes;  // of 512 bytes, without what fills up
  std::string name() const { return header.c_str(); }
};

class BackupArchive {
 public:
  explicit BackupArchive(const std::filesystem::path& file) { read(gunzip(file)); }
  static BackupArchive of_tar(const std::string& tar) {
    BackupArchive out;
    out.read(tar);
    return out;
  }

  ArchiveMember& at(const std::string& name) {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const ArchiveMember& m) { return m.name() == name; });
    if (found == members.end()) throw std::runtime_error("no " + name);
    return *found;
  }
  nlohmann::ordered_json manifest() {
    return nlohmann::ordered_json::parse(at("manifest.json").bytes);
  }
  void set_manifest(const nlohmann::ordered_json& manifest) {
    at("manifest.json").bytes = manifest.dump(1) + "\n";
  }
  // Without the signature, as who has no key must.
  void strip_signature() {
    auto text = manifest();
    text["signing_key"] = "";
    set_manifest(text);
    std::erase_if(members, [](const ArchiveMember& m) { return m.name() == "manifest.sig"; });
  }
  // The manifest says what the members are now.
  void make_consistent() {
    auto text = manifest();
    for (auto& file : text["files"]) {
      const std::string& bytes = at(file["path"]).bytes;
      file["size"] = bytes.size();
      file["sha256"] = sha256_hex(bytes);
    }
    set_manifest(text);
  }
  static void rename(ArchiveMember& member, const std::string& name, char type = '0') {
    std::fill_n(member.header.begin(), 100, '\0');
    std::copy(name.begin(), name.end(), member.header.begin());
    member.header[156] = type;
  }

  std::string tar() const {
    std::string out;
    for (const ArchiveMember& member : members) {
      std::string header = member.header;
      char field[16];
      std::snprintf(field, sizeof field, "%011zo", member.bytes.size());
      std::copy_n(field, 11, header.begin() + 124);
      std::fill_n(header.begin() + 148, 8, ' ');
      unsigned sum = 0;
      for (const char c : header) sum += static_cast<unsigned char>(c);
      std::snprintf(field, sizeof field, "%06o", sum);
      std::copy_n(field, 7, header.begin() + 148);
      out += header + member.bytes;
      out.append((512 - member.bytes.size() % 512) % 512, '\0');
    }
    return out + std::string(1024, '\0');
  }
  void write(const std::filesystem::path& file) const {
    const std::string packed = gzip(tar(), Z_DEFAULT_COMPRESSION);
    write_bytes(file, packed + gzip(sha256_hex(packed) + "\n", 0));
  }

  std::vector<ArchiveMember> members;

 private:
  BackupArchive() = default;
  void read(const std::string& tar) {
    for (std::size_t at = 0; at + 512 <= tar.size() && tar[at] != '\0';) {
      const std::string header = tar.substr(at, 512);
      const std::size_t size = std::stoull(header.substr(124, 11), nullptr, 8);
      members.push_back({header, tar.substr(at + 512, size)});
      at += 512 + (size + 511) / 512 * 512;
    }
  }
};

}  // namespace govhost::test
