// Whether a configuration is fit for production: the items of an operations handbook as checks,
// each with what was seen, what is expected and what to write.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/model.h"

namespace govhost::checks {

enum class Status { kPass, kAttested, kWarn, kFail };
std::string_view name_of(Status status);  // "pass", "attested", "warn", "fail"

// Somebody says that something is so which no program can see.
struct Attestation {
  std::string by, reference;
  std::chrono::system_clock::time_point until;
};

struct Context {
  const config::Config& config;
  const std::map<std::string, Attestation>& attestations;  // by the id of the check
  std::chrono::system_clock::time_point now;
  // nullopt: never, as far as this machine knows.
  std::optional<std::chrono::system_clock::time_point> last_backup = {}, last_drill = {};
};

struct Outcome {
  Status status = Status::kPass;
  std::string observed;  // never a secret
};

struct Check {
  std::string_view id;        // "SEC-001"; never used for something else later
  std::string_view title;     // what holds when it passes
  std::string_view item;      // of the handbook's checklist
  std::string_view controls;  // mitigations of the AI Governance Framework: "MI-20, MI-4"
  std::string_view expected, fix;
  std::string_view page;  // of docs/operations that explains it
  // Null: only an attestation can say it.
  Outcome (*run)(const Context&) = nullptr;
};

std::span<const Check> security_checks();
std::span<const Check> reliability_checks();  // and performance
std::span<const Check> compliance_checks();

struct Result {
  const Check* check = nullptr;
  Outcome outcome;
};
// All of them, in the order of their ids.
std::vector<Result> run_checks(const Context& context);

}  // namespace govhost::checks
