// Documents as MCP resources.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "content/snapshot.h"
#include "mcp/completion.h"
#include "mcp/json.h"

namespace govhost::mcp {

// One document as resources/list shows it.
Json describe_resource(const content::Document& document);

// The three templates of the reference contract: finos://frameworks|risks|mitigations/{id}.
Json resource_templates();

// What completes a variable of one of the templates.
Completes completes_variable(std::string_view uri_template, std::string_view variable);

// The document that a URI names: the scheme finos:, one of the kinds, an id that may be
// percent-encoded. A query part is ignored.
content::Resolution resolve_uri(const content::Snapshot& snapshot, std::string_view uri);

// {"contents":[...] without the closing brace.
std::string resource_contents(const content::Document& document, std::string_view uri);

}  // namespace govhost::mcp
