// What an answer says of a document, section or framework entry so that a client can quote and
// check it: the same members everywhere.
#pragma once

#include <string>
#include <string_view>

#include "content/graph.h"
#include "mcp/json.h"
#include "mcp/json_writer.h"

namespace govhost::mcp {

// Members id, short_id, public_id, kind, type, title, uri, link, source.
void cite(JsonWriter& w, const content::Document& document);

// The same as one element, without what only a whole citation needs: id, short_id, public_id,
// title, uri.
void cite_briefly(JsonWriter& w, const content::Document& document);

// Members framework, framework_title, entry, title, issuer, uri, link, source.
void cite_entry(JsonWriter& w, const content::Document& framework,
                const content::FrameworkEntry& entry);
void cite_entry(JsonWriter& w, const content::Graph& graph, content::NodeId entry);
// And its description.
void write_entry(JsonWriter& w, const content::Graph& graph, content::NodeId entry);

// Members section (its heading), section_uri, section_link.
void cite_section(JsonWriter& w, const content::Document& document,
                  const content::Section& section);

// "finos://risks/10_prompt-injection/sections/summary"
std::string uri_of_section(const content::Document& document, const content::Section& section);
// "finos://frameworks/eu-ai-act/entries/c3-s2-a14"
std::string uri_of_entry(const content::Document& framework, const content::FrameworkEntry& entry);
// Where a reader finds the original, with the heading's anchor; empty when that is not known.
std::string link_of_section(const content::Document& document, const content::Section& section);
// The entry's own link, else its framework's; may be empty.
std::string_view link_of_entry(const content::Document& framework,
                               const content::FrameworkEntry& entry);

// A document among the candidates of an error.
Json candidate(const content::Document& document);
Json candidate(const content::Document& framework, const content::FrameworkEntry& entry);

// The members above, for schemas.
inline constexpr std::string_view kCitationSchema =
    R"("id":{"type":"string"},"short_id":{"type":["string","null"]},
    "public_id":{"type":["string","null"]},"kind":{"type":"string"},
    "type":{"type":["string","null"]},"title":{"type":"string"},
    "uri":{"type":"string","description":"of the resource"},
    "link":{"type":["string","null"],"description":"to the original"},"source":{"type":"string"})";
inline constexpr std::string_view kBriefSchema =
    R"("id":{"type":"string"},"short_id":{"type":["string","null"]},
    "public_id":{"type":["string","null"]},"title":{"type":"string"},"uri":{"type":"string"})";
inline constexpr std::string_view kEntryCitationSchema =
    R"("framework":{"type":"string"},"framework_title":{"type":"string"},
    "entry":{"type":"string","description":"key in the framework"},"title":{"type":"string"},
    "issuer":{"type":["string","null"]},"uri":{"type":"string","description":"of the resource"},
    "link":{"type":["string","null"],"description":"to the original"},"source":{"type":"string"})";
inline constexpr std::string_view kDescriptionSchema =
    R"("description":{"type":["string","null"]})";
inline constexpr std::string_view kSectionCitationSchema =
    R"("section":{"type":["string","null"],"description":"heading"},
    "section_uri":{"type":["string","null"]},"section_link":{"type":["string","null"]})";

// {"type":"array","items":{"type":"object","properties":{...}}}
std::string list_schema(std::string_view properties);

}  // namespace govhost::mcp
