// Documents for tests: made from text or read from a folder.
#pragma once

#include "content/snapshot.h"
#include "support/secret_source.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace govhost::content::fixtures {

inline RawDocument raw(std::string key, std::string bytes, std::string source = "test") {
  RawDocument document;
  document.source = std::move(source);
  document.key = std::move(key);
  document.bytes = std::move(bytes);
  return document;
}

// Not everybody sees what is of the source "secret".
inline std::shared_ptr<const Snapshot> build(std::vector<RawDocument> documents) {
  return Snapshot::build(std::move(documents), aigf_profile(), {}, {}, test::restricting_secret());
}

// Every .md and .yml file below the folder, with '/' in its key.
inline std::vector<RawDocument> read_folder(const std::filesystem::path& root) {
  std::vector<RawDocument> documents;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const auto extension = entry.path().extension();
    if (!entry.is_regular_file() || (extension != ".md" && extension != ".yml")) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    documents.push_back(raw(entry.path().lexically_relative(root).generic_string(),
                            {std::istreambuf_iterator<char>(file), {}}));
  }
  return documents;
}

// The real framework where it is present, and the starter catalogue: what parsers are compared on.
inline std::vector<RawDocument> all_real_documents() {
  std::vector<RawDocument> documents;
  for (const std::filesystem::path root : {GOVHOST_AIGF_DIR, GOVHOST_STARTER_DIR}) {
    if (!std::filesystem::is_directory(root)) continue;
    for (RawDocument& document : read_folder(root)) documents.push_back(std::move(document));
  }
  return documents;
}

inline std::string repeat(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace govhost::content::fixtures
