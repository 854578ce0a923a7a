// What the official conformance suite expects of the server under test: names, texts and behaviour
// are its documentation's.
#pragma once

#include <chrono>
#include <string>

#include "mcp/features.h"

namespace govhost::conformance {

using mcp::Json;
using mcp::ToolContext;
using mcp::ToolResult;

inline constexpr const char* kPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg"
    "==";
inline constexpr const char* kNoArguments = R"({"type":"object"})";

inline Json text_block(const std::string& text) { return {{"type", "text"}, {"text", text}}; }
inline ToolResult text_result(const std::string& text, bool is_error = false) {
  return ToolResult::blocks(Json::array({text_block(text)}), is_error);
}

// An elicitation/create request with a form of these properties.
Json form(const std::string& message, Json properties, Json required = Json::array());
// What was answered: the response's content, or an empty object.
Json content_of(const ToolContext& context, const char* key);
// Waits as a tool that works would; false when the call was cancelled meanwhile.
bool work_for(ToolContext& context, std::chrono::milliseconds time);

mcp::Tool tool(const char* name, const char* description, const char* input_schema,
               mcp::Tool::Handler handler);

// One family each.
std::vector<mcp::Tool> content_tools();
std::vector<mcp::Tool> asking_tools();
std::vector<mcp::Tool> round_trip_tools();
std::vector<mcp::Tool> task_tools();

mcp::Features features();

}  // namespace govhost::conformance
