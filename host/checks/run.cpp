#include "checks/check.h"

#include <algorithm>

#include "core/time.h"

namespace govhost::checks {
namespace {

constexpr std::chrono::hours kSoon{14 * 24};

// A word that has run out is no word; one that soon will is a warning.
Outcome attested(const Check& check, const Context& context) {
  const auto found = context.attestations.find(std::string(check.id));
  if (found == context.attestations.end()) return {Status::kFail, "nobody has attested it"};
  const Attestation& word = found->second;
  const std::string until = to_rfc3339(word.until).substr(0, 10);
  std::string observed = "attested by " + word.by + " until " + until;
  if (!word.reference.empty()) observed += ", " + word.reference;
  if (word.until < context.now) return {Status::kFail, "ran out on " + until + ": " + observed};
  if (word.until < context.now + kSoon) return {Status::kWarn, "runs out soon: " + observed};
  return {Status::kAttested, observed};
}

}  // namespace

std::string_view name_of(Status status) {
  switch (status) {
    case Status::kPass: return "pass";
    case Status::kAttested: return "attested";
    case Status::kWarn: return "warn";
    default: return "fail";
  }
}

std::vector<Result> run_checks(const Context& context) {
  std::vector<Result> out;
  for (const auto& group : {security_checks(), reliability_checks(), compliance_checks()})
    for (const Check& check : group)
      out.push_back({&check, check.run ? check.run(context) : attested(check, context)});
  return out;
}

}  // namespace govhost::checks
