// Whether it can be shown afterwards.
#include <sys/stat.h>

#include <array>

#include "checks/facts.h"

namespace govhost::checks {
namespace {

constexpr std::chrono::hours kLeastRetention{7 * 365 * 24};

Outcome recorded(const Context& context) {
  const config::Audit& audit = context.config.audit;
  if (audit.dir.empty()) return {Status::kFail, "nothing is recorded"};
  if (audit.any_folder) return {Status::kFail, "in the default folder: " + audit.dir};
  return {Status::kPass, audit.dir};
}

Outcome fails_closed(const Context& context) {
  return context.config.audit.fail_closed
             ? Outcome{Status::kPass, "nothing is answered that cannot be recorded"}
             : Outcome{Status::kFail, "audit.on_failure = \"fail_open\""};
}

Outcome signed_apart(const Context& context) {
  const config::Audit& audit = context.config.audit;
  if (audit.signing_key.empty())
    return {Status::kFail, "checkpoints are not signed: whoever can write the trail can remake it"};
  struct stat key {
  }, trail{};
  if (audit.signing_key.starts_with("file:") &&
      audit.signing_key.compare(5, audit.dir.size() + 1, audit.dir + "/") == 0)
    return {Status::kFail, audit.signing_key + " is inside the trail's folder"};
  if (audit.signing_key.starts_with("file:") && ::stat(audit.signing_key.c_str() + 5, &key) == 0 &&
      ::stat(audit.dir.c_str(), &trail) == 0 && key.st_dev == trail.st_dev)
    return {Status::kWarn, audit.signing_key + " is on the volume of the trail"};
  return {Status::kPass, audit.signing_key};
}

Outcome on_disk(const Context& context) {
  return context.config.audit.fsync == "none"
             ? Outcome{Status::kFail, "audit.fsync = \"none\": a crash may lose records"}
             : Outcome{Status::kPass, context.config.audit.fsync};
}

Outcome kept(const Context& context) {
  const config::Audit& audit = context.config.audit;
  if (audit.max_size > 0)
    return {Status::kFail, "audit.max_size removes records whatever their age"};
  if (audit.retention.count() == 0) return {Status::kPass, "for ever"};
  const auto days = std::chrono::duration_cast<std::chrono::hours>(audit.retention).count() / 24;
  return audit.retention >= kLeastRetention
             ? Outcome{Status::kPass, std::to_string(days) + " days"}
             : Outcome{Status::kFail, std::to_string(days) + " days"};
}

Outcome bundles_signed(const Context& context) {
  const config::Content& content = context.config.content;
  if (content.bundle_dir.empty()) return {Status::kPass, "there are no bundles"};
  return content.signing_key.empty()
             ? Outcome{Status::kWarn, "whoever can write the folder can change the content"}
             : Outcome{Status::kPass, content.signing_key};
}

constexpr const char* kAudit = "Audit logging configured and tested";
constexpr const char* kRetention = "Data retention policies";

constexpr std::array kComplianceChecks = {
    Check{"COMP-001", "Everything is recorded, in a known place", kAudit, "MI-21, MI-4",
          "audit.dir", "set audit.dir", "audit.md", recorded},
    Check{"COMP-002", "The record can be trusted", kAudit, "MI-21",
          "audit.signing_key, apart from the trail", "set audit.signing_key = \"cred:audit-key\"",
          "audit.md", signed_apart},
    Check{"COMP-003", "Nothing happens that is not recorded", kAudit, "MI-21",
          "audit.on_failure = \"fail_closed\"", "remove audit.on_failure", "audit.md",
          fails_closed},
    Check{"COMP-004", "Records are kept for seven years", kRetention, "MI-21",
          "audit.retention of 2555d or none", "set audit.retention = \"2555d\"", "audit.md", kept},
    Check{"COMP-005", "A crash loses no record", kAudit, "MI-21",
          "audit.fsync \"batch\" or \"each\"", "remove audit.fsync", "audit.md", on_disk},
    Check{"COMP-006", "These checks are run again and again", "Compliance monitoring enabled",
          "MI-4", "a timer that runs `govhost check`", "attest it with a reference to the job",
          "checks.md"},
    Check{"COMP-007", "Security is assessed regularly", "Regular security assessments", "MI-20",
          "an assessment within its validity", "attest it with a reference to the report",
          "checks.md"},
    Check{"COMP-008", "The documentation is that of this version", "Documentation up to date",
          "MI-21", "your copies of runbooks and procedures are reviewed", "attest it", "checks.md"},
    Check{"COMP-009", "Content on disk cannot be changed unnoticed", kAudit, "MI-13",
          "content.signing_key", "set content.signing_key", "content.md", bundles_signed},
};

}  // namespace

std::span<const Check> compliance_checks() { return kComplianceChecks; }

}  // namespace govhost::checks
