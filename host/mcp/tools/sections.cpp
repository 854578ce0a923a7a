// get_section
#include <string>
#include <utility>

#include "core/utf8.h"
#include "mcp/citation.h"
#include "mcp/lookup.h"
#include "mcp/slice.h"
#include "mcp/tools/families.h"

namespace govhost::mcp {
namespace {

using content::Document;
using content::Section;

constexpr std::size_t kDefaultCharacters = 20'000;
constexpr std::size_t kMostOfOutline = 300;  // of the outline

// The bytes that the first `characters` code points of valid UTF-8 take.
std::size_t bytes_of(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0u) != 0x80u && characters-- == 0) break;
  return at;
}

// Headings that the section stands below, outermost first.
std::vector<const Section*> path_to(const Document& document, const Section& section) {
  std::vector<const Section*> path;
  for (const Section* each = document.sections.data(); each < &section; ++each)
    if (each->subtree_end > section.begin) path.push_back(each);
  return path;
}

void write_text(JsonWriter& w, std::string_view whole, const Json& arguments) {
  const std::size_t offset = number_argument(arguments, "offset", 0);
  const std::string_view rest = whole.substr(bytes_of(whole, offset));
  const std::string_view part = rest.substr(
      0, bytes_of(rest, number_argument(arguments, "max_characters", kDefaultCharacters)));
  w.text("content", part);
  w.number("total_characters", count_code_points(whole));
  w.number("offset", offset);
  part.size() < rest.size() ? w.number("next_offset", offset + count_code_points(part))
                            : w.null("next_offset");
}

void write_outline(JsonWriter& w, const Document& document) {
  w.array("outline", [&] {
    std::size_t left = kMostOfOutline;
    for (const Section& section : document.sections) {
      if (left-- == 0) break;
      w.object([&] {
        w.text("section", section.heading);
        w.text("anchor", section.anchor);
        w.number("level", static_cast<std::size_t>(section.level));
      });
    }
  });
}

ToolResult get_section(const Json& arguments, ToolContext& context) {
  const Lookup found = find_document(context, {}, *text_member(arguments, "id"));
  if (!found) return found.error();
  const Document& document = *found.document;
  const Section* section = document.sections.empty() ? nullptr : document.sections.data();
  if (const std::string* const name = text_member(arguments, "section")) {
    const SectionLookup named = find_section(document, *name);
    if (!named) return named.error(document, *name);
    section = named.section;
  }
  const std::string_view body = *document.body;
  const bool nested = flag_argument(arguments, "include_subsections", true);
  JsonWriter w;
  w.object([&] {
    cite(w, document);
    if (section) {
      cite_section(w, document, *section);
      w.text("anchor", section->anchor);
      w.number("level", static_cast<std::size_t>(section->level));
      w.array("path", [&] {
        for (const Section* each : path_to(document, *section)) w.element(each->heading);
      });
      const std::size_t end = nested ? section->subtree_end : section->end;
      write_text(w, body.substr(section->begin, end - section->begin), arguments);
      const std::size_t index = static_cast<std::size_t>(section - document.sections.data());
      index > 0 ? w.text("previous", document.sections[index - 1].anchor) : w.null("previous");
      index + 1 < document.sections.size() ? w.text("next", document.sections[index + 1].anchor)
                                           : w.null("next");
    } else {
      for (const char* name : {"section", "section_uri", "section_link", "anchor", "level"})
        w.null(name);
      w.array("path", [] {});
      write_text(w, body, arguments);
      w.null("previous");
      w.null("next");
    }
    write_outline(w, document);
    w.text("sha256", document.provenance.sha256);
    w.text_or_null("licence", document.provenance.licence);
  });
  return ToolResult::json(std::string_view(std::move(w).take()));
}

}  // namespace

std::vector<Tool> section_tools() {
  std::vector<Tool> tools;
  tools.push_back(make_tool(
      "get_section", "Get Section",
      "Returns one section of any document with what is needed to quote it: anchor, resource uri "
      "and link. Without a section it gives the first one and the outline to choose from. Use it "
      "to read or check a passage that a search found without the whole document; use get_risk or "
      "get_mitigation for everything.",
      R"({"type":"object","properties":{
        "id":{"type":"string","minLength":1,"maxLength":256,
          "description":"the document by id (ri-10, mi-3, uc-1), public id, resource uri or title"},
        "section":{"type":"string","minLength":1,"maxLength":256,
          "description":"heading or anchor, for example Summary; default: the first"},
        "include_subsections":{"type":"boolean","default":true,
          "description":"also the sections below it"},
        "max_characters":{"type":"integer","minimum":200,"maximum":100000,"default":20000,
          "description":"longer texts are cut; next_offset continues"},
        "offset":{"type":"integer","minimum":0,"maximum":10000000,"default":0,
          "description":"characters to skip: next_offset of the answer before"}},
        "required":["id"],"additionalProperties":false})",
      R"({"type":"object","properties":{)" + std::string(kCitationSchema) + "," +
          std::string(kSectionCitationSchema) +
          R"(,"anchor":{"type":["string","null"]},"level":{"type":["integer","null"]},
          "path":{"type":"array","items":{"type":"string"},"description":"headings above it"},
          "content":{"type":"string","description":"Markdown"},
          "total_characters":{"type":"integer"},"offset":{"type":"integer"},
          "next_offset":{"type":["integer","null"]},"previous":{"type":["string","null"]},
          "next":{"type":["string","null"]},"outline":)" +
          list_schema(R"("section":{"type":"string"},"anchor":{"type":"string"},
            "level":{"type":"integer"})") +
          R"(,"sha256":{"type":"string"},"licence":{"type":["string","null"]}},
          "required":["id","title","uri","section","content","outline"]})",
      get_section));
  return tools;
}

}  // namespace govhost::mcp
