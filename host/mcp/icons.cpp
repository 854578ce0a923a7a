#include "mcp/icons.h"

#include <string>

#include "core/base64.h"

namespace govhost::mcp {
namespace {

const char* path_of(Picture picture) {
  switch (picture) {
    case Picture::kDocument: return "M6 3h8l4 4v14H6zM9 12h6M9 16h6";
    case Picture::kSearch: return "M10 4a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM15 15l5 5";
    case Picture::kShield: return "M12 3l7 3v6c0 5-3 8-7 9-4-1-7-4-7-9V6z";
    case Picture::kPulse: return "M3 12h4l3-7 4 14 3-7h4";
    case Picture::kGraph: return "M6 6L18 8M6 6l4 12M18 8l-8 10M6 4v4M18 6v4M10 16v4";
  }
  return "";
}

}  // namespace

Json icon(Picture picture) {
  const std::string svg =
      std::string(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" )") +
      R"(stroke="#47a" stroke-width="2"><path d=")" + path_of(picture) + R"("/></svg>)";
  return {{"src", "data:image/svg+xml;base64," + to_base64(svg)},
          {"mimeType", "image/svg+xml"},
          {"sizes", {"any"}}};
}

}  // namespace govhost::mcp
