// compare_snapshots
#include <algorithm>
#include <string>
#include <utility>

#include "content/compare.h"
#include "core/text.h"
#include "core/time.h"
#include "mcp/citation.h"
#include "mcp/slice.h"
#include "mcp/tools/families.h"

namespace govhost::mcp {
namespace {

using content::DocumentChange;
using content::NameChanges;
using content::Snapshot;
using Shared = std::shared_ptr<const Snapshot>;

constexpr std::size_t kMinPrefix = 6;

struct Known {
  Shared snapshot;
  std::string digest;  // of what the caller sees
};

// The snapshots that can be named, the current one first. One that differs only in what the caller
// may not see is not another one.
std::vector<Known> known_snapshots(const ToolContext& context) {
  const Generation& generation = *context.generation;
  std::vector<Known> all;
  const auto add = [&](const Shared& snapshot) {
    std::string digest = snapshot->digest_for(context.visible);
    if (all.empty() || all.back().digest != digest) all.push_back({snapshot, std::move(digest)});
  };
  add(generation.share_snapshot());
  for (const Shared& snapshot : generation.earlier()) add(snapshot);
  return all;
}

ToolResult unknown(std::string_view argument, const std::string& name,
                   const std::vector<Known>& all) {
  Json candidates = Json::array();
  for (const Known& each : all)
    candidates.push_back({{"snapshot", each.digest},
                          {"loaded_at", to_rfc3339(each.snapshot->built_at())},
                          {"current", &each == all.data()}});
  const bool nothing_before = name == "previous";
  return ToolResult::error(
      "unknown_snapshot",
      std::string(argument) +
          (nothing_before
               ? ": the content has not changed since this server started, so there is no "
                 "previous snapshot"
               : ": no snapshot that is kept is called '" + name +
                     "'; use current, previous, or the first digits of a digest listed"),
      {{"candidates", std::move(candidates)}});
}

// "current", "previous", or at least six digits that one digest begins with.
const Known* find_snapshot(const std::vector<Known>& all, const std::string& name) {
  const std::string wanted = lower(trim(name));
  if (wanted == "current") return all.data();
  if (wanted == "previous") return all.size() > 1 ? &all[1] : nullptr;
  if (wanted.size() < kMinPrefix) return nullptr;
  const Known* found = nullptr;
  for (const Known& each : all) {
    if (!each.digest.starts_with(wanted) || (found && found->digest == each.digest)) continue;
    if (found) return nullptr;
    found = &each;
  }
  return found;
}

void write_snapshot(JsonWriter& w, std::string_view name, const Known& known,
                    const content::Visibility& visible) {
  const auto documents = known.snapshot->documents();
  w.object(name, [&] {
    w.text("snapshot", known.digest);
    w.text("loaded_at", to_rfc3339(known.snapshot->built_at()));
    w.number("documents", static_cast<std::size_t>(std::count_if(
                              documents.begin(), documents.end(),
                              [&](const auto& document) { return visible.sees(document); })));
  });
}

void write_names(JsonWriter& w, std::string_view name, const NameChanges& changes) {
  const auto list = [&](std::string_view which, const std::vector<std::string>& names) {
    w.array(which, [&] {
      for (const std::string& each : names) w.element(each);
    });
  };
  w.object(name, [&] {
    list("added", changes.added);
    list("removed", changes.removed);
    list("changed", changes.changed);
  });
}

void write_links(JsonWriter& w, std::string_view name,
                 const std::vector<content::LinkName>& links) {
  w.array(name, [&] {
    for (const content::LinkName& link : links)
      w.object([&] {
        w.text("type", link.type);
        w.text("target", link.target);
        w.boolean("dangling", link.dangling);
      });
  });
}

void write_change(JsonWriter& w, const DocumentChange& change) {
  w.object([&] {
    w.text("change", !change.before ? "added" : !change.after ? "removed" : "changed");
    cite(w, change.after ? *change.after : *change.before);
    if (!change.before || !change.after) return;
    w.text_or_null("title_before", change.title ? change.before->title : std::string());
    w.boolean("attributes_changed", change.attributes);
    write_names(w, "sections", change.sections);
    write_names(w, "entries", change.entries);
    write_links(w, "links_added", change.links_added);
    write_links(w, "links_removed", change.links_removed);
  });
}

void write_counts(JsonWriter& w, const std::vector<DocumentChange>& changes) {
  std::size_t added = 0, removed = 0, links_added = 0, links_removed = 0;
  for (const DocumentChange& change : changes) {
    added += change.before ? 0 : 1;
    removed += change.after ? 0 : 1;
    links_added += change.links_added.size();
    links_removed += change.links_removed.size();
  }
  w.object("counts", [&] {
    w.number("added", added);
    w.number("removed", removed);
    w.number("changed", changes.size() - added - removed);
    w.number("links_added", links_added);
    w.number("links_removed", links_removed);
  });
}

ToolResult compare_snapshots(const Json& arguments, ToolContext& context) {
  static const std::string kFrom = "previous", kTo = "current";
  const std::vector<Known> all = known_snapshots(context);
  const std::string* from = text_member(arguments, "from");
  const std::string* to = text_member(arguments, "to");
  const Known* const before = find_snapshot(all, from ? *from : kFrom);
  if (!before) return unknown("from", from ? *from : kFrom, all);
  const Known* const after = find_snapshot(all, to ? *to : kTo);
  if (!after) return unknown("to", to ? *to : kTo, all);

  const std::vector<DocumentChange> changes =
      content::compare(*before->snapshot, *after->snapshot, context.visible);
  const Slice slice = slice_of(arguments, changes.size(), 50);
  JsonWriter w;
  w.object([&] {
    write_snapshot(w, "from", *before, context.visible);
    write_snapshot(w, "to", *after, context.visible);
    w.boolean("identical", changes.empty());
    write_counts(w, changes);
    w.array("changes", [&] {
      for (std::size_t i = slice.begin(); i < slice.end(); ++i) write_change(w, changes[i]);
    });
    slice.write(w);
  });
  return ToolResult::json(std::string_view(std::move(w).take()));
}

}  // namespace

std::vector<Tool> comparison_tools() {
  const std::string snapshot = R"({"type":"object","properties":{"snapshot":{"type":"string"},
      "loaded_at":{"type":"string"},"documents":{"type":"integer"}}})";
  const std::string names = R"({"type":"object","properties":{
      "added":{"type":"array","items":{"type":"string"}},
      "removed":{"type":"array","items":{"type":"string"}},
      "changed":{"type":"array","items":{"type":"string"}}}})";
  const std::string links = list_schema(
      R"("type":{"type":"string"},"target":{"type":"string"},"dangling":{"type":"boolean"})");
  std::vector<Tool> tools;
  tools.push_back(make_tool(
      "compare_snapshots", "Compare Snapshots",
      "Tells what changed between two versions of the content: documents added and removed, "
      "sections and framework entries changed, links gained and lost. Use it to say whether an "
      "earlier answer still holds. The digest of the content stands in server_info and in the "
      "metadata of every answer; this server keeps the last few versions since it started.",
      R"({"type":"object","properties":{
        "from":{"type":"string","minLength":1,"maxLength":64,"default":"previous",
          "description":"the earlier one: previous, current, or the first 6 or more digits of a digest"},
        "to":{"type":"string","minLength":1,"maxLength":64,"default":"current",
          "description":"the later one, named alike"},
        "limit":{"type":"integer","minimum":1,"maximum":200,"default":50,
          "description":"most documents in one answer"},)" +
          std::string(kOffsetSchema) + R"(},"additionalProperties":false})",
      R"({"type":"object","properties":{"from":)" + snapshot + R"(,"to":)" + snapshot +
          R"(,"identical":{"type":"boolean"},"counts":{"type":"object","properties":{
          "added":{"type":"integer"},"removed":{"type":"integer"},"changed":{"type":"integer"},
          "links_added":{"type":"integer"},"links_removed":{"type":"integer"}}},"changes":)" +
          list_schema(R"("change":{"type":"string","enum":["added","removed","changed"]},)" +
                      std::string(kCitationSchema) + R"(,"title_before":{"type":["string","null"]},
                      "attributes_changed":{"type":"boolean"},"sections":)" +
                      names + R"(,"entries":)" + names + R"(,"links_added":)" + links +
                      R"(,"links_removed":)" + links) +
          "," + std::string(kSliceSchema) +
          R"(},"required":["from","to","identical","counts","changes","total"]})",
      compare_snapshots));
  return tools;
}

}  // namespace govhost::mcp
