#include "checks/report.h"

#include <nlohmann/json.hpp>

#include "core/time.h"

namespace govhost::checks {
namespace {

using nlohmann::json;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

std::string in_xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

// A cell of a table.
std::string in_markdown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string counted(const Summary& all) {
  return std::to_string(all.pass) + " pass, " + std::to_string(all.attested) + " attested, " +
         std::to_string(all.warn) + " warn, " + std::to_string(all.fail) + " fail";
}

std::string head_of(const Subject& subject) {
  return "govhost " + subject.version + ", " + subject.config_file +
         (subject.config_sha256.empty() ? "" : " (" + subject.config_sha256.substr(0, 12) + ")");
}

}  // namespace

Summary summary_of(std::span<const Result> results) {
  Summary out;
  for (const Result& each : results) switch (each.outcome.status) {
      case Status::kPass: ++out.pass; break;
      case Status::kAttested: ++out.attested; break;
      case Status::kWarn: ++out.warn; break;
      case Status::kFail: ++out.fail; break;
    }
  return out;
}

std::string as_text(std::span<const Result> results, const Subject& subject) {
  std::string out = head_of(subject) + "\n";
  for (const Result& each : results) {
    const Check& check = *each.check;
    std::string word = upper(name_of(each.outcome.status));
    word.resize(9, ' ');
    out.append(word).append(check.id).append("  ").append(check.title);
    out.append(": ").append(each.outcome.observed).append("\n");
    if (each.outcome.status == Status::kPass || each.outcome.status == Status::kAttested) continue;
    out.append("         expected  ").append(check.expected).append("\n");
    out.append("         fix       ").append(check.fix).append("\n");
    out.append("         see       docs/operations/").append(check.page);
    out.append("   controls ").append(check.controls).append("\n");
  }
  return out + counted(summary_of(results)) + "\n";
}

json as_json(std::span<const Result> results, const Subject& subject) {
  const Summary all = summary_of(results);
  json checks = json::array();
  for (const Result& each : results) {
    json controls = json::array();
    std::string_view rest = each.check->controls;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(", "), rest.size());
      controls.push_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    checks.push_back({{"id", each.check->id},
                      {"title", each.check->title},
                      {"status", name_of(each.outcome.status)},
                      {"observed", each.outcome.observed},
                      {"expected", each.check->expected},
                      {"fix", each.check->fix},
                      {"page", "docs/operations/" + std::string(each.check->page)},
                      {"item", each.check->item},
                      {"controls", controls}});
  }
  return {
      {"version", subject.version},
      {"config", {{"file", subject.config_file}, {"sha256", subject.config_sha256}}},
      {"time", to_rfc3339(subject.time)},
      {"summary",
       {{"pass", all.pass}, {"attested", all.attested}, {"warn", all.warn}, {"fail", all.fail}}},
      {"checks", checks}};
}

std::string as_junit(std::span<const Result> results, const Subject& subject) {
  const Summary all = summary_of(results);
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"govhost check\" tests=\"" +
      std::to_string(results.size()) + "\" failures=\"" + std::to_string(all.fail) +
      "\" timestamp=\"" + to_rfc3339(subject.time) + "\">\n";
  for (const Result& each : results) {
    const Check& check = *each.check;
    out += "  <testcase classname=\"" + in_xml(check.item) + "\" name=\"" + in_xml(check.id) + " " +
           in_xml(check.title) + "\">";
    const std::string text = in_xml(each.outcome.observed) +
                             "; expected: " + in_xml(check.expected) +
                             "; fix: " + in_xml(check.fix);
    if (each.outcome.status == Status::kFail)
      out += "<failure message=\"" + text + "\"/>";
    else
      out += "<system-out>" + std::string(name_of(each.outcome.status)) + ": " +
             in_xml(each.outcome.observed) + "</system-out>";
    out += "</testcase>\n";
  }
  return out + "</testsuite>\n";
}

std::string as_markdown(std::span<const Result> results, const Subject& subject) {
  std::string out = "# Readiness of govhost\n\n" + head_of(subject) + ", SHA-256 of the file `" +
                    subject.config_sha256 + "`, checked at " + to_rfc3339(subject.time) + ": " +
                    counted(summary_of(results)) + ".\n";
  std::string_view item;
  for (const Result& each : results) {
    const Check& check = *each.check;
    if (check.item != item) {
      item = check.item;
      out.append("\n## ").append(item);
      out.append(
          "\n\n| check | status | observed | expected | controls |\n|---|---|---|---|---|\n");
    }
    out += "| " + std::string(check.id) + " " + in_markdown(check.title) + " | " +
           std::string(name_of(each.outcome.status)) + " | " + in_markdown(each.outcome.observed) +
           " | " + in_markdown(check.expected) + " | " + std::string(check.controls) + " |\n";
  }
  return out;
}

}  // namespace govhost::checks
