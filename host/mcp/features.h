// What a server offers. The product and the conformance server differ in nothing else.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mcp/json.h"
#include "mcp/prompts.h"
#include "mcp/tool.h"

namespace govhost::mcp {

// A resource that is no document.
struct FixedResource {
  Json shown;     // as resources/list has it
  Json contents;  // the array of resources/read
};

struct FixedTemplate {
  Json shown;  // as resources/templates/list has it
  // The contents of a URI, or nullopt when it is not of this template.
  std::function<std::optional<Json>(std::string_view uri)> read;
};

struct Features {
  std::vector<Tool> tools;
  std::vector<Prompt> prompts;
  std::vector<FixedResource> resources;
  std::vector<FixedTemplate> templates;
};

// What govhost serves.
Features product_features();

}  // namespace govhost::mcp
