// The names a document goes by: ids, titles, URIs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace govhost::content {

// What a key may be: a relative path of printable UTF-8, at most 1024 bytes, without . and ..
// parts. Keys become words in logs and names in caches, so they may not leave a directory, by
// whatever route, nor break a line.
bool is_document_key(std::string_view key);

std::string_view file_name_of(std::string_view key);        // behind the last '/'
std::string_view without_extension(std::string_view name);  // .md, .markdown, .yml, .yaml, .txt
bool has_yaml_extension(std::string_view name);
bool has_markdown_extension(std::string_view name);  // also .txt, or none at all

// The file name without its extension and the rule's prefix: "10_prompt-injection".
std::string id_of(std::string_view key, std::string_view prefix);

// The digits an id begins with, where '_' or '-' or the end follows: 10.
std::optional<int> number_of(std::string_view id);

std::string short_id_of(std::string_view prefix, int number);  // "ri-10"

// "AIR-SEC-010", of risks and mitigations whose type and sequence are known.
std::string public_id_of(std::string_view kind, std::string_view type, std::optional<int> sequence);

// "finos://risks/10_prompt-injection"
std::string uri_of(std::string_view kind, std::string_view id);

// "Quality of Service QOS and DDOS Prevention", made from a file's name as the AI Governance
// Framework's reference server makes it.
std::string title_from_id(std::string_view id);

// Three frameworks have names that clients know and that differ from the titles in the files.
std::string framework_title(std::string_view id, std::string_view title);

// For a title: one line, no control characters, at most `bytes` long.
std::string one_line(std::string_view text, std::size_t bytes = 500);

}  // namespace govhost::content
