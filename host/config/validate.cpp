// Plain validation, as for arguments of tools.
#include "config/names.h"
#include "config/schema_node.h"
#include "core/text.h"

namespace govhost::config {
namespace {

class Walk {
 public:
  Walk(const Style& style, std::vector<Finding>& findings) : style_(style), findings_(findings) {}

  void visit(const SchemaNode& node, const nlohmann::json& value, const std::string& pointer) {
    if (findings_.size() >= style_.limit) return;
    if (style_.skip != nullptr && style_.skip->contains(pointer)) return;
    check_value(node, value, pointer, style_, findings_);
    if (value.is_object() && (!node.properties.empty() || node.additional_schema)) {
      for (const auto& [name, member] : value.items())
        if (const SchemaNode* known = node.member(name))
          visit(*known, member, child_pointer(pointer, name));
    }
    if (value.is_array() && node.items) {
      for (std::size_t i = 0; i < value.size(); ++i)
        visit(*node.items, value[i], child_pointer(pointer, i));
    }
  }

 private:
  const Style& style_;
  std::vector<Finding>& findings_;
};

// "/filters/0/kind" as a programmer writes it: "filters[0].kind".
std::string path_of(const std::string& pointer) {
  std::string out;
  if (pointer.empty()) return out;
  for (const std::string_view part : split(std::string_view(pointer).substr(1), '/')) {
    const bool index = !part.empty() && part.find_first_not_of("0123456789") == part.npos;
    if (index) {
      out += "[" + std::string(part) + "]";
    } else {
      if (!out.empty()) out += '.';
      out += dotted("/" + std::string(part));
    }
  }
  return out;
}

}  // namespace

void find_violations(const SchemaNode& node, const nlohmann::json& value, const Style& style,
                     std::vector<Finding>& findings) {
  Walk(style, findings).visit(node, value, "");
}

std::vector<Violation> validate(const Schema& schema, const nlohmann::json& value) {
  std::vector<Finding> findings;
  find_violations(schema.root(), value, Style{}, findings);
  std::vector<Violation> violations;
  for (Finding& finding : findings) {
    const std::string path = printable(path_of(finding.pointer));
    violations.push_back({std::move(finding.pointer),
                          path.empty() ? finding.message : path + ": " + finding.message});
  }
  return violations;
}

}  // namespace govhost::config
