#include "checks/attestations.h"

#include <toml++/toml.h>

#include <cstdio>
#include <utility>

#include "core/read_file.h"
#include "core/time.h"

namespace govhost::checks {
namespace {

const Check* find_check(std::string_view id) {
  for (const auto& group : {security_checks(), reliability_checks(), compliance_checks()})
    for (const Check& check : group)
      if (check.id == id) return &check;
  return nullptr;
}

// A date, or a text with one.
std::string date_of(const toml::table& table) {
  if (const auto date = table["until"].value<toml::date>()) {
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", date->year, date->month, date->day);
    return text;
  }
  return table["until"].value_or(std::string());
}

gov::Status read_one(const toml::table& table, std::map<std::string, Attestation>& out) {
  const std::string id = table["check"].value_or(std::string());
  const Check* const check = find_check(id);
  if (!check) return gov::invalid("check = \"" + id + "\" is no check; see govhost check --json");
  if (check->run) return gov::invalid(id + " needs no attestation: the configuration shows it");
  for (const auto& [key, value] : table)
    if (key != "check" && key != "by" && key != "until" && key != "reference")
      return gov::invalid("unknown key " + std::string(key.str()) +
                          "; there are check, by, until and reference");
  Attestation word{
      table["by"].value_or(std::string()), table["reference"].value_or(std::string()), {}};
  if (word.by.empty()) return gov::invalid(id + ": by is missing: who says so?");
  const auto until = from_rfc3339(date_of(table));
  if (!until) return gov::invalid(id + ": until must be a date, such as 2027-01-31");
  word.until = *until;
  if (!out.emplace(id, std::move(word)).second) return gov::invalid(id + " is attested twice");
  return {};
}

}  // namespace

gov::Result<std::map<std::string, Attestation>> read_attestations(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return gov::Status(text.status().code(), file + " " + text.status().message());
  std::map<std::string, Attestation> out;
  try {
    const toml::table root = toml::parse(*text);
    for (const auto& [key, value] : root)
      if (key != "attestation")
        return gov::invalid(file + ": unknown key " + std::string(key.str()) +
                            "; there is only [[attestation]]");
    const toml::array* const all = root["attestation"].as_array();
    for (std::size_t i = 0; all != nullptr && i < all->size(); ++i) {
      const toml::table* const table = all->get(i)->as_table();
      const gov::Status read =
          table ? read_one(*table, out) : gov::invalid("write [[attestation]]");
      if (!read.ok())
        return gov::invalid(file + ":" + std::to_string(all->get(i)->source().begin.line) + ": " +
                            read.message());
    }
  } catch (const toml::parse_error& e) {
    return gov::invalid(file + ":" + std::to_string(e.source().begin.line) + ": " +
                        std::string(e.description()));
  }
  return out;
}

}  // namespace govhost::checks
