#include "mcp/citation.h"

#include "core/text.h"

namespace govhost::mcp {

using content::Document;
using content::FrameworkEntry;
using content::Section;

void cite(JsonWriter& w, const Document& document) {
  w.text("id", document.id);
  w.text_or_null("short_id", document.short_id);
  w.text_or_null("public_id", document.public_id);
  w.text("kind", document.kind);
  w.text_or_null("type", document.type);
  w.text("title", document.title);
  w.text("uri", document.uri);
  w.text_or_null("link", document.provenance.link);
  w.text("source", document.provenance.source);
}

void cite_briefly(JsonWriter& w, const Document& document) {
  w.object([&] {
    w.text("id", document.id);
    w.text_or_null("short_id", document.short_id);
    w.text_or_null("public_id", document.public_id);
    w.text("title", document.title);
    w.text("uri", document.uri);
  });
}

void cite_entry(JsonWriter& w, const Document& framework, const FrameworkEntry& entry) {
  w.text("framework", framework.id);
  w.text("framework_title", framework.title);
  w.text("entry", entry.key);
  w.text("title", entry.title);
  w.text_or_null("issuer", entry.issuer);
  w.text("uri", uri_of_entry(framework, entry));
  w.text_or_null("link", link_of_entry(framework, entry));
  w.text("source", framework.provenance.source);
}

void cite_entry(JsonWriter& w, const content::Graph& graph, content::NodeId entry) {
  const content::Node node = graph.node(entry);
  cite_entry(w, *node.document, *node.entry);
}

void write_entry(JsonWriter& w, const content::Graph& graph, content::NodeId entry) {
  cite_entry(w, graph, entry);
  w.text_or_null("description", graph.node(entry).entry->description);
}

void cite_section(JsonWriter& w, const Document& document, const Section& section) {
  w.text("section", section.heading);
  w.text("section_uri", uri_of_section(document, section));
  w.text_or_null("section_link", link_of_section(document, section));
}

std::string uri_of_section(const Document& document, const Section& section) {
  return document.uri + "/sections/" + percent_encode(section.anchor);
}

std::string uri_of_entry(const Document& framework, const FrameworkEntry& entry) {
  return framework.uri + "/entries/" + percent_encode(entry.key);
}

std::string link_of_section(const Document& document, const Section& section) {
  const std::string& link = document.provenance.link;
  if (link.empty() || section.anchor.empty() || link.find('#') != std::string::npos) return link;
  return link + '#' + percent_encode(section.anchor);
}

std::string_view link_of_entry(const Document& framework, const FrameworkEntry& entry) {
  return entry.url.empty() ? framework.provenance.link : entry.url;
}

Json candidate(const Document& document) {
  return {{"id", document.id},
          {"kind", document.kind},
          {"title", document.title},
          {"uri", document.uri},
          {"source", document.provenance.source}};
}

Json candidate(const Document& framework, const FrameworkEntry& entry) {
  return {{"framework", framework.id},
          {"entry", entry.key},
          {"title", entry.title},
          {"uri", uri_of_entry(framework, entry)}};
}

std::string list_schema(std::string_view properties) {
  return R"({"type":"array","items":{"type":"object","properties":{)" + std::string(properties) +
         "}}}";
}

}  // namespace govhost::mcp
