// govhost audit: what an auditor does with a trail, away from the host that wrote it.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "app/cli/audit_keep.h"
#include "app/cli/audit_search.h"
#include "app/cli/verbs.h"
#include "app/exit_codes.h"
#include "audit/verify.h"
#include "core/read_file.h"

namespace govhost::app {
namespace {

struct VerifyOptions {
  std::string folder, key, checkpoints;
  bool part = false;
  bool json = false;
};

std::string summary(const audit::Verdict& verdict, bool with_key) {
  if (!verdict.good) return verdict.problem;
  std::string text = verdict.from == 1 ? "OK " + std::to_string(verdict.records) + " records"
                                       : "OK records " + std::to_string(verdict.from) + " to " +
                                             std::to_string(verdict.records);
  text += ", head " + verdict.head;
  if (verdict.checkpoints == 0)
    return text + "; nothing is signed: whoever could write here could have made all of it";
  text += ", " + std::to_string(verdict.checkpoints) + " checkpoints until record " +
          std::to_string(verdict.signed_until);
  return with_key ? text : text + "; no --pub was given, so that no signature was checked";
}

int verify(const VerifyOptions& options, const Console& console) {
  std::optional<VerifyKey> key;
  if (!options.key.empty()) {
    const auto pem = govhost::read_file(options.key);
    auto read = pem ? VerifyKey::from_pem(*pem) : gov::Result<VerifyKey>(pem.status());
    if (!read) return console.problems({"--pub: " + options.key + " " + read.status().message()});
    key = std::move(*read);
  }
  const auto verdict = audit::verify(options.folder, key, options.checkpoints, options.part);
  if (!verdict) return console.problems({verdict.status().message()});
  if (options.json)
    console.line(nlohmann::json{{"good", verdict->good},
                                {"problem", verdict->problem},
                                {"records", verdict->records},
                                {"from", verdict->from},
                                {"checkpoints", verdict->checkpoints},
                                {"signed_until", verdict->signed_until},
                                {"signatures_checked", key.has_value()},
                                {"head", verdict->head}}
                     .dump());
  else
    console.line(summary(*verdict, key.has_value()));
  return verdict->good ? kOk : kBroken;
}

}  // namespace

void add_audit(CLI::App& app, Console& console, int& exit_code) {
  CLI::App* const group = app.add_subcommand("audit", "Check an audit trail, and look into it");
  group->require_subcommand(1);
  CLI::App* const verb = group->add_subcommand(
      "verify", "Check every record of a trail; needs its files and the public key only");
  auto options = std::make_shared<VerifyOptions>();
  verb->add_option("folder", options->folder, "What audit.dir names, or a copy of it")->required();
  verb->add_option("--pub", options->key, "Public key of audit.signing_key, in PEM")
      ->type_name("FILE");
  verb->add_option("--checkpoints", options->checkpoints,
                   "A copy of checkpoints.jsonl that was kept elsewhere")
      ->type_name("FILE");
  verb->add_flag("--part", options->part, "An export: records before its first are not missed");
  verb->add_flag("--json", options->json, "As JSON");
  verb->callback([options, &console, &exit_code] { exit_code = verify(*options, console); });
  add_audit_search(*group, console, exit_code);
  add_audit_keep(*group, console, exit_code);
}

}  // namespace govhost::app
