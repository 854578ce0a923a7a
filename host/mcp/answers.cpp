#include "mcp/answers.h"

#include "core/json_text.h"
#include "core/text.h"
#include "core/time.h"

namespace govhost::mcp {
namespace {

using content::Document;

// Writes a JSON object member by member.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  ObjectWriter& text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
    return *this;
  }
  ObjectWriter& text_or_null(std::string_view name, std::string_view value) {
    if (!value.empty()) return text(name, value);
    return raw(name, "null");
  }
  ObjectWriter& number(std::string_view name, std::int64_t value) {
    key(name);
    append_number(out_, value);
    return *this;
  }
  ObjectWriter& raw(std::string_view name, std::string_view json) {
    key(name);
    out_ += json;
    return *this;
  }
  void close() { out_ += '}'; }
  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_key(out_, name);
  }

 private:
  std::string& out_;
  bool first_ = true;
};

std::string modified_text(const Document& d) {
  return d.provenance.modified ? to_rfc3339(*d.provenance.modified) : std::string();
}

// What every kind of document carries beyond the reference contract.
void add_identity(ObjectWriter& object, const Document& d) {
  object.text_or_null("short_id", d.short_id)
      .text_or_null("public_id", d.public_id)
      .text("uri", d.uri);
  object.text_or_null("link", d.provenance.link);
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
  return out;
}

std::string list_of_documents(std::string_view kind, std::span<const Document> documents) {
  std::string out;
  ObjectWriter list(out);
  list.key("documents");
  out += '[';
  for (const Document& d : documents) {
    if (&d != documents.data()) out += ',';
    ObjectWriter item(out);
    item.text("id", d.id).text("name", d.title).text("filename", d.filename);
    item.text("description", "AI governance " + d.kind + ": " + d.title);
    item.text_or_null("last_modified", modified_text(d)).text("title", d.title);
    item.text_or_null("type", d.type).text_or_null("status", d.status);
    add_identity(item, d);
    item.close();
  }
  out += ']';
  list.number("total_count", static_cast<std::int64_t>(documents.size()));
  list.text("document_type", kind);
  list.text("source", documents.empty() ? "unavailable" : documents.front().provenance.source);
  list.text_or_null("message", documents.empty()
                                   ? std::string(word_of(kind)) +
                                         " catalog unavailable. No content source could be "
                                         "read; please retry later."
                                   : std::string());
  list.close();
  return out;
}

std::string list_of_frameworks(std::span<const Document> frameworks) {
  std::string out;
  ObjectWriter list(out);
  list.key("frameworks");
  out += '[';
  for (const Document& d : frameworks) {
    if (&d != frameworks.data()) out += ',';
    ObjectWriter item(out);
    item.text("id", d.id).text("name", d.title);
    item.text("description",
              d.description.empty() ? "Framework definition: " + d.title : d.description);
    item.text("title", d.title);
    item.number("entries", static_cast<std::int64_t>(d.entries.size()));
    item.text("uri", d.uri).text_or_null("link", d.provenance.link);
    item.close();
  }
  out += ']';
  list.number("total_count", static_cast<std::int64_t>(frameworks.size()));
  list.text("source", frameworks.empty() ? "unavailable" : frameworks.front().provenance.source);
  list.text_or_null("message",
                    frameworks.empty() ? "Framework catalog unavailable. Please retry later." : "");
  list.close();
  return out;
}

std::string document_content(const Document& d) {
  std::string out;
  out.reserve(d.body.size() + d.body.size() / 16 + 1024);
  ObjectWriter object(out);
  object.text("document_id", d.id).text("title", d.title).text("content", d.body);
  object.key("sections");
  out += '[';
  for (const content::Section& s : d.sections) {
    if (&s != d.sections.data()) out += ',';
    append_json_string(out, s.heading);
  }
  out += ']';
  add_identity(object, d);
  object.text_or_null("type", d.type).text_or_null("status", d.status);
  object.text_or_null("last_modified", modified_text(d));
  object.text("source", d.provenance.source).text("sha256", d.provenance.sha256);
  object.text_or_null("licence", d.provenance.licence);
  object.close();
  return out;
}

std::string framework_content(const Document& d) {
  std::string out;
  out.reserve(d.body.size() + d.body.size() / 16 + 512);
  ObjectWriter object(out);
  object.text("framework_id", d.id).text("content", d.body);
  object.number("sections", static_cast<std::int64_t>(d.entries.size()));
  object.text_or_null("last_updated", modified_text(d));
  object.text("title", d.title).text("uri", d.uri).text_or_null("link", d.provenance.link);
  object.text("source", d.provenance.source).text("sha256", d.provenance.sha256);
  object.text_or_null("licence", d.provenance.licence);
  object.close();
  return out;
}

std::string missing_document(std::string_view kind, std::string_view name, bool unavailable) {
  const std::string word = word_of(kind);
  std::string out;
  ObjectWriter object(out);
  object.text("document_id", name);
  if (unavailable) {
    object.text("title", word + " repository unavailable");
    object.text("content", word + " repository is currently unavailable. Please retry later.");
  } else {
    object.text("title", word + " ID not found");
    object.text("content", word + " document with ID '" + std::string(name) +
                               "' was not found in the repository.");
  }
  object.raw("sections", "[]");
  object.close();
  return out;
}

std::string missing_framework(std::string_view name, bool unavailable) {
  std::string out;
  ObjectWriter object(out);
  object.text("framework_id", name);
  object.text(
      "content",
      unavailable
          ? std::string("Framework repository is currently unavailable. Please retry later.")
          : "Framework '" + std::string(name) + "' was not found in the repository.");
  object.number("sections", 0).raw("last_updated", "null");
  object.close();
  return out;
}

}  // namespace govhost::mcp
