// What can be read as an MCP resource: documents, their sections, entries of frameworks, and the
// whole knowledge base at a glance.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "content/snapshot.h"
#include "mcp/completion.h"
#include "mcp/generation.h"
#include "mcp/json.h"

namespace govhost::mcp {

inline constexpr std::string_view kIndexUri = "finos://index";
inline constexpr std::string_view kGraphUri = "finos://graph.json";

// The resources of resources/list as one reader sees them: the two overviews, then the documents.
class ResourceList {
 public:
  ResourceList(const Generation& generation, const content::Visibility& visible);

  std::size_t size() const { return kOverviews + count_; }
  Json describe(std::size_t index) const;
  std::string_view uri(std::size_t index) const;

 private:
  static constexpr std::size_t kOverviews = 2;

  const Generation& generation_;
  const content::Visibility& visible_;
  std::size_t count_;
  std::vector<const content::Document*> seen_;  // empty: all
};

// One document as resources/list shows it.
Json describe_resource(const content::Document& document);

// The three templates of the reference contract, finos://frameworks|risks|mitigations/{id}, and
// those for use cases, sections and entries.
Json resource_templates();

// What completes a variable of one of the templates.
Completes completes_variable(std::string_view uri_template, std::string_view variable);

// What a URI names.
struct ResourceTarget {
  enum class What { kNothing, kDocument, kSection, kEntry, kIndex, kGraph };
  What what = What::kNothing;
  const content::Document* document = nullptr;
  const content::Section* section = nullptr;
  const content::FrameworkEntry* entry = nullptr;
  std::vector<const content::Document*> candidates;  // two or more: the name is ambiguous

  explicit operator bool() const { return what != What::kNothing; }
  bool ambiguous() const { return candidates.size() > 1; }
};

// The scheme finos:, then "index", "graph.json" or one of the kinds and an id, perhaps followed by
// sections/{anchor} or entries/{key}. Each part may be percent-encoded. A query part is ignored.
ResourceTarget resolve_uri(const content::Snapshot& snapshot, std::string_view uri,
                           const content::Visibility& visible = {});

// {"contents":[...] without the closing brace. `target` is not nothing.
std::string resource_contents(const Generation& generation, const ResourceTarget& target,
                              std::string_view uri, const content::Visibility& visible);

}  // namespace govhost::mcp
