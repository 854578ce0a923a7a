// The bodies of the reference contract's list and get tools, and how a tool's structured content
// becomes a call result.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "content/document.h"
#include "content/snapshot.h"
#include "mcp/json.h"

namespace govhost::mcp {

// {"content":[{"type":"text","text":<json as text>}],"structuredContent":<json>,"isError":false
// without the closing brace. `json` is the text of one JSON object.
std::string call_result(std::string_view json);

// {"content":[{"type":"text","text":{"error":{code,message,...}}}],"isError":true without the
// brace.
std::string call_error(std::string_view code, std::string_view message,
                       Json extra = Json::object());

// Structured contents, as JSON text. Lists hold what `visible` shows.
std::string list_of_documents(const content::Snapshot& snapshot, std::string_view kind,
                              const content::Visibility& visible);
std::string list_of_frameworks(const content::Snapshot& snapshot,
                               const content::Visibility& visible);
std::string document_content(const content::Document& document);
std::string framework_content(const content::Document& framework);

// {document_id, title, content, sections} for a name that is not known or while there is no
// content, as the reference contract has it; and the documents that may have been meant.
std::string missing_document(std::string_view kind, std::string_view name, bool unavailable,
                             std::span<const content::Document* const> nearest);
std::string missing_framework(std::string_view name, bool unavailable,
                              std::span<const content::Document* const> nearest);

}  // namespace govhost::mcp
