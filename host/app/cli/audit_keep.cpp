// govhost audit hold|release|export.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <string>

#include "app/cli/audit_keep.h"
#include "app/cli/audit_search.h"
#include "app/exit_codes.h"
#include "audit/export.h"
#include "audit/holds.h"
#include "core/time.h"

namespace govhost::app {
namespace {

using nlohmann::json;

struct HoldOptions {
  std::string folder, name, reason;
  bool as_json = false;
};

int list_holds(const HoldOptions& options, const Console& console) {
  const auto holds = audit::holds_of(options.folder);
  if (!holds) return console.problems({holds.status().message()});
  json all = json::array();
  for (const audit::Hold& hold : *holds) {
    all.push_back({{"name", hold.name}, {"since", hold.since}, {"reason", hold.reason}});
    if (!options.as_json) console.line(hold.name + "  since " + hold.since + "  " + hold.reason);
  }
  if (options.as_json) console.line(all.dump(-1, ' ', false, json::error_handler_t::replace));
  if (holds->empty() && !options.as_json) console.line("no holds: old files may be removed");
  return kOk;
}

int hold(const HoldOptions& options, const Console& console) {
  if (options.name.empty()) return list_holds(options, console);
  if (options.reason.empty()) {
    console.problem("--reason says why; whoever releases the hold must know");
    return kUsage;
  }
  const gov::Status placed = audit::place_hold(
      options.folder, {options.name, options.reason, to_rfc3339(std::chrono::system_clock::now())});
  if (!placed.ok()) return console.problems({placed.message()});
  console.line("held: nothing of " + options.folder + " is removed until `govhost audit release`");
  return kOk;
}

int release(const HoldOptions& options, const Console& console) {
  const gov::Status released = audit::release_hold(options.folder, options.name);
  if (!released.ok()) return console.problems({released.message()});
  console.line("released: " + options.name);
  return kOk;
}

struct ExportOptions {
  std::string folder, to, since, until;
};

int export_period(const ExportOptions& options, const Console& console) {
  audit::Period period;
  if (!options.since.empty() && !(period.since = read_time(options.since, true, console)))
    return kUsage;
  if (!options.until.empty() && !(period.until = read_time(options.until, false, console)))
    return kUsage;
  const auto done = audit::export_trail(options.folder, period, options.to);
  if (!done) return console.problems({done.status().message()});
  console.line(
      "records " + std::to_string(done->first) + " to " + std::to_string(done->last) + " in " +
      std::to_string(done->files) + " files, with " + std::to_string(done->checkpoints) +
      " checkpoints; check with: govhost audit verify --part " + options.to + " --pub KEY");
  return kOk;
}

}  // namespace

void add_audit_keep(CLI::App& group, Console& console, int& exit_code) {
  auto held = std::make_shared<HoldOptions>();
  CLI::App* const hold_verb =
      group.add_subcommand("hold", "Keep every file for now, or list the holds");
  hold_verb->add_option("folder", held->folder, "What audit.dir names")->required();
  hold_verb->add_option("--name", held->name, "Of the hold, such as a case number");
  hold_verb->add_option("--reason", held->reason, "Why, for whoever releases it");
  hold_verb->add_flag("--json", held->as_json, "As JSON");
  hold_verb->callback([held, &console, &exit_code] { exit_code = hold(*held, console); });

  auto freed = std::make_shared<HoldOptions>();
  CLI::App* const release_verb = group.add_subcommand("release", "End a hold");
  release_verb->add_option("folder", freed->folder, "What audit.dir names")->required();
  release_verb->add_option("--name", freed->name, "Of the hold")->required();
  release_verb->callback([freed, &console, &exit_code] { exit_code = release(*freed, console); });

  auto part = std::make_shared<ExportOptions>();
  CLI::App* const export_verb = group.add_subcommand(
      "export", "Copy the files of a time, and what is needed to check them, to a new folder");
  export_verb->add_option("folder", part->folder, "What audit.dir names, or a copy of it")
      ->required();
  export_verb->add_option("to", part->to, "The new folder")->required();
  export_verb->add_option("--since", part->since, "RFC 3339, or a day");
  export_verb->add_option("--until", part->until, "RFC 3339, or a day");
  export_verb->callback(
      [part, &console, &exit_code] { exit_code = export_period(*part, console); });
}

}  // namespace govhost::app
