#include "app/content_report.h"

#include <nlohmann/json.hpp>

#include <utility>

#include "content/compare.h"

namespace govhost::app {
namespace {

using nlohmann::json;

json names(const content::NameChanges& changes) {
  return {{"added", changes.added}, {"removed", changes.removed}, {"changed", changes.changed}};
}

json links(const std::vector<content::LinkName>& all) {
  json out = json::array();
  for (const content::LinkName& link : all) out.push_back(link.type + " " + link.target);
  return out;
}

json describe(const content::DocumentChange& change) {
  const content::Document& document = change.after ? *change.after : *change.before;
  json out = {{"change", !change.before  ? "added"
                         : !change.after ? "removed"
                                         : "changed"},
              {"source", document.provenance.source},
              {"key", document.provenance.key},
              {"title", document.title}};
  if (!change.before || !change.after) return out;
  out["title_changed"] = change.title;
  out["attributes_changed"] = change.attributes;
  out["sections"] = names(change.sections);
  out["entries"] = names(change.entries);
  out["links_added"] = links(change.links_added);
  out["links_removed"] = links(change.links_removed);
  return out;
}

void append_names(std::string& out, const json& part, const char* what) {
  for (const auto& [how, list] : part.items())
    for (const json& name : list)
      out += "    " + std::string(what) + " " + how + ": " + name.get<std::string>() + "\n";
}

}  // namespace

json compare_report(const content::Snapshot& before, const content::Snapshot& after) {
  json documents = json::array();
  std::size_t added = 0, removed = 0, changed = 0;
  for (const content::DocumentChange& change : content::compare(before, after, {})) {
    ++(!change.before ? added : !change.after ? removed : changed);
    documents.push_back(describe(change));
  }
  return {{"from", before.digest()},
          {"to", after.digest()},
          {"counts", {{"added", added}, {"removed", removed}, {"changed", changed}}},
          {"documents", std::move(documents)}};
}

std::string as_text(const json& report) {
  std::string out;
  for (const json& document : report["documents"]) {
    out += document["change"].get<std::string>() + "  " + document["source"].get<std::string>() +
           ":" + document["key"].get<std::string>() + "  " + document["title"].get<std::string>() +
           "\n";
    if (document["change"] != "changed") continue;
    append_names(out, document["sections"], "section");
    append_names(out, document["entries"], "entry");
    append_names(out, {{"added", document["links_added"]}, {"removed", document["links_removed"]}},
                 "link");
    if (document["attributes_changed"] == true) out += "    front matter changed\n";
  }
  const json& counts = report["counts"];
  return out + counts["added"].dump() + " added, " + counts["removed"].dump() + " removed, " +
         counts["changed"].dump() + " changed\n";
}

}  // namespace govhost::app
