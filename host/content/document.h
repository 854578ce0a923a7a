// What the host knows of one document. Plain data, built once and then immutable.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "content/frozen.h"
#include "core/digest.h"

namespace govhost::content {

// The kinds that the tools know by name. A source's rules may name others ("policy").
inline constexpr const char* kRisk = "risk";
inline constexpr const char* kMitigation = "mitigation";
inline constexpr const char* kFramework = "framework";
inline constexpr const char* kUseCase = "usecase";
inline constexpr const char* kDocument = "document";

// One heading of the body with the text below it. Offsets are bytes of Document::body.
struct Section {
  std::string heading;    // plain text, without Markdown marks
  std::string anchor;     // unique in the document, in GitHub's style: "financial-services-impact"
  int level = 1;          // 1 to 6
  std::size_t begin = 0;  // of the heading's line
  std::size_t text = 0;   // behind the heading
  std::size_t end = 0;    // up to the next heading of any level
  std::size_t subtree_end = 0;  // up to the next heading of this level or a higher one
};

// Where a framework's entry stands in a snapshot.
struct EntryPlace {
  std::size_t document = 0;  // index into Snapshot::documents()
  std::size_t entry = 0;     // index into its entries
};

// A citation of a framework's entry, as the front matter names it.
struct Reference {
  std::string framework;            // "eu-ai-act"
  std::string entry;                // "c3-s2-a14"
  std::optional<EntryPlace> place;  // nullopt: the snapshot holds no such entry
  std::size_t line = 0;             // of the file; 0: unknown
};

// A link to another document, as the front matter names it.
struct Link {
  std::string type;                     // "mitigates", "related_risks", "related_mitigations"
  std::string target;                   // as written: "ri-10"
  std::optional<std::size_t> document;  // index into Snapshot::documents(); nullopt: dangling
  std::size_t line = 0;                 // of the file; 0: unknown
};

// One citable item of a framework: an article, a control, a section.
struct FrameworkEntry {
  std::string key, title, url, description, issuer;
};

// Where the text came from.
struct Provenance {
  std::string source;    // instance name
  std::string key;       // inside the source, usually a relative path
  std::string link;      // where a reader finds the original, or empty
  std::string version;   // the source's
  std::string sha256;    // of the bytes as fetched, in hex
  std::size_t size = 0;  // of the bytes as fetched
  Digest leaf{};         // what stands for key and sha256 in the digest of a snapshot
  std::string licence;   // SPDX id or name from the front matter or the source, or empty
  std::chrono::system_clock::time_point fetched_at{};
  std::optional<std::chrono::system_clock::time_point> modified;
};

// Something that could not be read as it was meant, or a whole document that had to be left out.
// The message is a whole sentence that names the file and the line itself.
struct Note {
  std::string source, key;
  std::size_t line = 0;            // 1-based; 0: the whole document
  std::string message;             // what is wrong and the fix
  bool skipped = false;            // the document is not served
  std::string other_source = {};   // that the message is about too; empty: none
  bool of_links = false;           // about other documents too: made anew for every snapshot
  std::uint64_t restrictions = 0;  // of the documents that it is about
};

struct Document {
  std::string kind;
  // "10_prompt-injection"; of a file that no rule names, the path without the extension.
  std::string id;
  std::optional<int> number;  // 10
  std::string short_id;       // "ri-10", or empty
  std::string public_id;      // "AIR-SEC-010", or empty
  std::string title;          // "Prompt Injection (RI-10)"
  std::string plain_title;    // "Prompt Injection"
  std::string filename;       // "ri-10_prompt-injection.md"
  std::string uri;            // "finos://risks/10_prompt-injection"
  std::string type;           // "SEC" from the front matter, or empty
  std::string status;         // "Approved-Specification" (doc-status), or empty
  std::string description;

  // Markdown without front matter, LF line ends, no blank lines at either end. Of a framework the
  // text generated from its entries.
  Frozen<std::string> body;
  Frozen<std::vector<Section>> sections;
  std::vector<Link> links;
  std::vector<Reference> references;
  Frozen<std::vector<FrameworkEntry>> entries;  // frameworks only

  // The front matter as JSON; never null, an empty object when there is none.
  std::shared_ptr<const nlohmann::json> attributes;
  Provenance provenance;
  std::uint64_t restrictions = 0;  // see Restricting
};

// What a source handed over, before anything is read from it.
struct RawDocument {
  std::string source, key, version, title, link, licence;
  std::string bytes;
  std::chrono::system_clock::time_point fetched_at{};
  std::optional<std::chrono::system_clock::time_point> modified;
};

}  // namespace govhost::content
