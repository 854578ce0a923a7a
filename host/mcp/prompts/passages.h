// How prompts put documents before a model: short, and with what it needs to cite them.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "mcp/assessment.h"

namespace govhost::mcp {

// At most so many bytes of UTF-8, and "..." when that is not all.
std::string excerpt(std::string_view text, std::size_t bytes);

// "### Prompt Injection (RI-10) (10_prompt-injection)", then where to read it.
std::string heading_of(const content::Document& document);

// "Prompt Injection (RI-10) [finos://risks/10_prompt-injection]"
std::string mention(const content::Document& document);
// "- c3-s2-a14: Human oversight [finos://frameworks/eu-ai-act/entries/c3-s2-a14]\n"
std::string line_of_entry(const content::Document& framework, const content::FrameworkEntry& entry);

// The first of the named sections that the document has, else its beginning; some 800 bytes.
std::string section_text(const content::Document& document,
                         std::initializer_list<std::string_view> names);

// What the caller sees of the links of a risk or mitigation: who mitigates it or what it mitigates,
// and what it cites. Lines; empty when there is nothing.
std::string links_text(const ToolContext& context, const content::Document& document);

// `Evidence ("Summary", finos://...): text`, or nothing.
std::string evidence_text(const content::Document& document, const Assessment::Evidence& evidence);

}  // namespace govhost::mcp
