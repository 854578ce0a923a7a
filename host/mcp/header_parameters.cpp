#include "mcp/header_parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/text.h"

namespace govhost::mcp {
namespace {

constexpr const char* kAnnotation = "x-mcp-header";

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

const Json* value_at(const Json& arguments, const std::vector<std::string>& path) {
  const Json* value = &arguments;
  for (const std::string& name : path)
    if (!(value = member(*value, name))) return nullptr;
  return value->is_null() ? nullptr : value;
}

// Integers by value: 42.0 and 42 are one number.
bool same(const Json& value, const std::string& header) {
  if (value.is_string()) return value.get_ref<const std::string&>() == header;
  if (value.is_boolean()) return header == (value.get<bool>() ? "true" : "false");
  if (!value.is_number()) return false;
  double number = 0;
  const char* const end = header.data() + header.size();
  const auto [stop, fault] = std::from_chars(header.data(), end, number);
  return fault == std::errc{} && stop == end && number == value.get<double>();
}

Fault mismatch(const HeaderParameter& parameter, const char* what) {
  return {kHeaderMismatch, 400, "the header " + parameter.shown + " " + what, nullptr};
}

}  // namespace

std::string take_header_parameters(Json& schema, const std::vector<std::string>& path,
                                   std::vector<HeaderParameter>& out) {
  const auto properties = schema.find("properties");
  if (properties == schema.end()) return {};
  for (auto& [name, property] : properties->items()) {
    std::vector<std::string> here = path;
    here.push_back(name);
    if (const auto annotation = property.find(kAnnotation); annotation != property.end()) {
      const std::string* const header = text_member(property, kAnnotation);
      const std::string type = property.value("type", "");
      if (!header || !is_token(*header)) return name + ": x-mcp-header must be a header name";
      if (type != "string" && type != "integer" && type != "boolean")
        return name + ": x-mcp-header needs the type string, integer or boolean";
      HeaderParameter parameter{here, "mcp-param-" + lower(*header), "Mcp-Param-" + *header};
      const bool taken = std::any_of(out.begin(), out.end(), [&](const HeaderParameter& other) {
        return other.header == parameter.header;
      });
      if (taken) return name + ": the header " + parameter.shown + " is used twice";
      out.push_back(std::move(parameter));
      property.erase(annotation);
    }
    if (std::string fault = take_header_parameters(property, here, out); !fault.empty())
      return fault;
  }
  return {};
}

std::optional<Fault> check_header_parameters(const std::vector<HeaderParameter>& parameters,
                                             const Json& arguments, const Headers& headers) {
  for (const HeaderParameter& parameter : parameters) {
    const Json* const value = value_at(arguments, parameter.path);
    const auto header = headers.find(parameter.header);
    if (!header) {
      if (value) return mismatch(parameter, "is missing");
      continue;
    }
    if (headers.repeated(parameter.header)) return mismatch(parameter, "was sent twice");
    const auto decoded = decode_header_value(*header);
    if (!decoded) return mismatch(parameter, "is malformed");
    if (!value || !same(*value, *decoded))
      return mismatch(parameter, "does not match the argument in the body");
  }
  return std::nullopt;
}

}  // namespace govhost::mcp
