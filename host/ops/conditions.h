// What an operator is to be told of: one table makes the rules for Prometheus, `govhost diagnose`
// and the index of the runbooks.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace govhost::ops {

enum class Severity {
  kTicket,  // in working hours
  kPage,    // now
};
std::string_view name_of(Severity severity);  // "ticket", "page"

// What one reading of the page of metrics shows of a condition.
struct Sign {
  enum class Of {
    kNothing,   // it takes two readings, or none can be had: for Prometheus alone
    kAbsence,   // there is no such series
    kValue,     // of a series
    kAge,       // of the Unix time that is its value, in seconds
    kFraction,  // of the value of another metric without labels
  };
  Of of = Of::kNothing;
  std::string_view metric = {};
  std::string_view label = {};  // name="value" that a series must have; empty: any
  char is = '>';                // '>', '<' or '='
  double limit = 0;
  std::string_view whole = {};  // kFraction
};

struct Condition {
  std::string_view name;  // of the alert
  Severity severity;
  std::string_view expression;  // PromQL
  std::string_view lasts;       // before somebody is told: "5m"
  std::string_view summary;     // a sentence; {{ $labels.x }} stands for a label
  std::string_view runbook;     // docs/operations/runbooks/NAME.md
  Sign sign = {};
};

std::span<const Condition> conditions();

// The rules file of Prometheus, with the address before the names of the runbooks.
std::string prometheus_rules(std::string_view runbooks);

struct Series {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};
// A page in the text format 0.0.4. Lines that are none are passed over.
std::vector<Series> read_metrics(std::string_view page);

struct Finding {
  const Condition* condition;
  const Series* series;  // nullptr: that it is absent is the sign
};
// What holds now, the most urgent first. `now`: Unix time in seconds.
std::vector<Finding> diagnose(const std::vector<Series>& series, double now);
std::vector<Finding> diagnose(std::vector<Series>&& series,
                              double now) = delete;  // they point into it

// The summary with the labels of a series in their places.
std::string summary_of(const Finding& finding);

}  // namespace govhost::ops
