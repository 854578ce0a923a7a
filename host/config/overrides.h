// What the command line changes in the configuration. Internal to this folder.
#pragma once

#include "config/fault.h"
#include "config/load.h"
#include "config/tree.h"

#include <string_view>
#include <vector>

namespace govhost::config {

// --stdio, --http, --content and --ops.
void apply_shortcuts(const Request& request, Tree& tree, std::vector<Fault>& faults);

// --set KEY=VALUE: "host.threads=4", "source.0.options.path=/x", "source.aigf.required=false".
// VALUE is a TOML value, or else text. Missing tables are created; an index one past the end
// appends. Whether the key exists is found out by the check of the whole.
void apply_set(std::string_view assignment, Tree& tree, std::vector<Fault>& faults);

// Whether the text is ADDR:PORT: an IPv4 address, an IPv6 address in brackets or a host name.
bool is_address(std::string_view text);

}  // namespace govhost::config
