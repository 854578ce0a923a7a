// What a client calls a document or an entry, found among those it may see; and what to tell it
// when the name leads nowhere.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "content/snapshot.h"
#include "mcp/json_writer.h"
#include "mcp/tool.h"

namespace govhost::mcp {

// One name and what became of it.
struct Lookup {
  std::string name;
  const content::Document* document = nullptr;
  std::string code;     // when there is none: "not_found", "ambiguous_id", "wrong_kind"
  std::string message;  // a sentence for the client
  std::vector<const content::Document*> candidates;  // nearest first

  explicit operator bool() const { return document != nullptr; }
  ToolResult error() const;
};

// The error for names of which none leads anywhere; at least one.
ToolResult error_of(std::span<const Lookup> unresolved);

// `kind` empty: of any kind.
Lookup find_document(const ToolContext& context, std::string_view kind, std::string_view name);

// Also by words of id and title when only one framework has them all: "NIST 800-53".
Lookup find_framework(const ToolContext& context, std::string_view name);

// The framework that the argument `framework` names, or the error for the client.
struct FrameworkArgument {
  const content::Document* framework = nullptr;  // null without the argument
  std::optional<ToolResult> error;
};
FrameworkArgument framework_argument(const Json& arguments, const ToolContext& context);
inline constexpr std::string_view kFrameworkArgument =
    R"("framework":{"type":"string","minLength":1,"maxLength":128,
      "description":"only this framework: id or name, for example eu-ai-act or NIST 800-53"})";

// The type of documents that an argument names, as the documents spell it, or the error for the
// client. `kind` empty: types of any kind.
struct TypeArgument {
  std::string type;  // empty without the argument
  std::optional<ToolResult> error;
};
TypeArgument type_argument(const Json& arguments, std::string_view name, std::string_view kind,
                           const ToolContext& context);

// Whether the caller may see any document of the kind.
bool sees_any(const ToolContext& context, std::string_view kind);

// Those that the caller may see.
std::vector<content::NodeId> visible_of(const ToolContext& context,
                                        std::span<const content::NodeId> ids);

// The array member `unresolved` for the names that led nowhere.
void write_unresolved(JsonWriter& w, std::span<const Lookup> unresolved);
inline constexpr std::string_view kUnresolvedSchema =
    R"("unresolved":{"type":"array","description":"names that led nowhere","items":{
      "type":"object","properties":{"name":{"type":"string"},"code":{"type":"string"},
      "message":{"type":"string"},"candidates":{"type":"array","items":{"type":"object"}}}}})";

// Splits an array argument of names into those found, each once and in the order given, and the
// rest.
struct Lookups {
  std::vector<const content::Document*> found;
  std::vector<Lookup> unresolved;
};
Lookups find_documents(const ToolContext& context, std::string_view kind, const Json* names);

// A section of a document, by anchor or heading.
struct SectionLookup {
  const content::Section* section = nullptr;
  std::string code, message;

  explicit operator bool() const { return section != nullptr; }
  // Lists the sections to choose from, nearest first.
  ToolResult error(const content::Document& document, std::string_view name) const;
};
SectionLookup find_section(const content::Document& document, std::string_view name);

// One entry of a framework.
struct EntryLookup {
  const content::FrameworkEntry* entry = nullptr;
  std::string code, message;
  std::vector<content::NodeId> candidates;

  explicit operator bool() const { return entry != nullptr; }
  ToolResult error(const content::Graph& graph) const;
};
EntryLookup find_entry(const ToolContext& context, const content::Document& framework,
                       std::string_view name);

}  // namespace govhost::mcp
