#include "mcp/answers.h"

#include <vector>

#include "core/json_text.h"
#include "core/scrub.h"
#include "core/text.h"
#include "core/time.h"
#include "mcp/citation.h"
#include "mcp/json_writer.h"

namespace govhost::mcp {
namespace {

using content::Document;

std::string modified_text(const Document& d) {
  return d.provenance.modified ? to_rfc3339(*d.provenance.modified) : std::string();
}

// What every kind of document carries beyond the reference contract.
void add_identity(JsonWriter& w, const Document& d) {
  w.text_or_null("short_id", d.short_id);
  w.text_or_null("public_id", d.public_id);
  w.text("uri", d.uri);
  w.text_or_null("link", d.provenance.link);
}

void add_provenance(JsonWriter& w, const Document& d) {
  w.text("source", d.provenance.source);
  w.text("sha256", d.provenance.sha256);
  w.text_or_null("licence", d.provenance.licence);
}

std::vector<const Document*> seen_of(const content::Snapshot& snapshot, std::string_view kind,
                                     const content::Visibility& visible) {
  std::vector<const Document*> out;
  for (const Document& d : snapshot.of_kind(kind))
    if (visible.sees(d)) out.push_back(&d);
  return out;
}

// Of several sources the first document's.
void add_source(JsonWriter& w, const std::vector<const Document*>& documents,
                std::string_view outage) {
  w.number("total_count", documents.size());
  w.text("source", documents.empty() ? "unavailable" : documents.front()->provenance.source);
  w.text_or_null("message", documents.empty() ? outage : std::string_view());
}

// " The nearest are 10_prompt-injection (Prompt Injection (RI-10)), ...": for who reads the text.
std::string named(std::span<const Document* const> nearest) {
  std::string out;
  for (const Document* d : nearest)
    out += (out.empty() ? " The nearest are " : ", ") + d->id + " (" + d->title + ")";
  return out.empty() ? out : out + ".";
}

void add_candidates(JsonWriter& w, std::span<const Document* const> nearest) {
  w.array("candidates", [&] {
    for (const Document* d : nearest) w.object([&] { cite(w, *d); });
  });
}

const char* word_of(std::string_view kind) {
  return kind == content::kRisk         ? "Risk"
         : kind == content::kMitigation ? "Mitigation"
                                        : "Framework";
}

}  // namespace

std::string call_result(std::string_view json) {
  std::string out;
  out.reserve(json.size() * 2 + json.size() / 8 + 96);
  out += R"({"content":[{"type":"text","text":)";
  append_json_string(out, json);
  out += R"(}],"structuredContent":)";
  out += json;
  out += R"(,"isError":false)";
  return out;
}

std::string call_error(std::string_view code, std::string_view message, Json extra) {
  Json error = Json::object({{"code", code}, {"message", message}});
  error.update(extra);
  std::string out = R"({"content":[{"type":"text","text":)";
  append_json_string(out, Json::object({{"error", std::move(error)}}).dump());
  out += R"(}],"isError":true)";
  scrub(out);
  return out;
}

std::string list_of_documents(const content::Snapshot& snapshot, std::string_view kind,
                              const content::Visibility& visible) {
  const auto documents = seen_of(snapshot, kind, visible);
  JsonWriter w;
  w.object([&] {
    w.array("documents", [&] {
      for (const Document* d : documents)
        w.object([&] {
          w.text("id", d->id);
          w.text("name", d->title);
          w.text("filename", d->filename);
          w.text("description", "AI governance " + d->kind + ": " + d->title);
          w.text_or_null("last_modified", modified_text(*d));
          w.text("title", d->title);
          w.text_or_null("type", d->type);
          w.text_or_null("status", d->status);
          add_identity(w, *d);
        });
    });
    w.text("document_type", kind);
    add_source(w, documents,
               std::string(word_of(kind)) +
                   " catalog unavailable. No content source could be read; please retry later.");
  });
  return std::move(w).take();
}

std::string list_of_frameworks(const content::Snapshot& snapshot,
                               const content::Visibility& visible) {
  const auto frameworks = seen_of(snapshot, content::kFramework, visible);
  JsonWriter w;
  w.object([&] {
    w.array("frameworks", [&] {
      for (const Document* d : frameworks)
        w.object([&] {
          w.text("id", d->id);
          w.text("name", d->title);
          w.text("description",
                 d->description.empty() ? "Framework definition: " + d->title : d->description);
          w.text("title", d->title);
          w.number("entries", d->entries.size());
          w.text("uri", d->uri);
          w.text_or_null("link", d->provenance.link);
        });
    });
    add_source(w, frameworks, "Framework catalog unavailable. Please retry later.");
  });
  return std::move(w).take();
}

std::string document_content(const Document& d) {
  JsonWriter w(d.body.size() + d.body.size() / 16 + 1024);
  w.object([&] {
    w.text("document_id", d.id);
    w.text("title", d.title);
    w.text("content", *d.body);
    w.array("sections", [&] {
      for (const content::Section& s : d.sections) w.element(s.heading);
    });
    add_identity(w, d);
    w.text_or_null("type", d.type);
    w.text_or_null("status", d.status);
    w.text_or_null("last_modified", modified_text(d));
    add_provenance(w, d);
  });
  return std::move(w).take();
}

std::string framework_content(const Document& d) {
  JsonWriter w(d.body.size() + d.body.size() / 16 + 512);
  w.object([&] {
    w.text("framework_id", d.id);
    w.text("content", *d.body);
    w.number("sections", d.entries.size());
    w.text_or_null("last_updated", modified_text(d));
    w.text("title", d.title);
    w.text("uri", d.uri);
    w.text_or_null("link", d.provenance.link);
    add_provenance(w, d);
  });
  return std::move(w).take();
}

std::string missing_document(std::string_view kind, std::string_view name, bool unavailable,
                             std::span<const Document* const> nearest) {
  const std::string word = word_of(kind);
  JsonWriter w;
  w.object([&] {
    w.text("document_id", name);
    w.text("title", word + (unavailable ? " repository unavailable" : " ID not found"));
    w.text("content", unavailable
                          ? word + " repository is currently unavailable. Please retry later."
                          : word + " document with ID '" + std::string(name) +
                                "' was not found in the repository." + named(nearest));
    w.array("sections", [] {});
    add_candidates(w, nearest);
  });
  return std::move(w).take();
}

std::string missing_framework(std::string_view name, bool unavailable,
                              std::span<const Document* const> nearest) {
  JsonWriter w;
  w.object([&] {
    w.text("framework_id", name);
    w.text("content",
           unavailable
               ? std::string("Framework repository is currently unavailable. Please retry later.")
               : "Framework '" + std::string(name) + "' was not found in the repository." +
                     named(nearest));
    w.number("sections", 0);
    w.null("last_updated");
    add_candidates(w, nearest);
  });
  return std::move(w).take();
}

}  // namespace govhost::mcp
