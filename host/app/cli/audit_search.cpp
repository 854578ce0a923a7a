// govhost audit search|tail|top|explain: what a trail says. What it says is worth what `audit
// verify` says of it: these read lines as they stand.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/audit_search.h"
#include "app/exit_codes.h"
#include "audit/segments.h"
#include "core/json_text.h"
#include "core/time.h"

namespace govhost::app {
namespace {

using nlohmann::json;

constexpr std::size_t kMostGroups = 100'000;

struct SearchOptions {
  std::string folder, since, until, by = "principal";
  std::map<std::string, std::string> wanted;  // member to its whole value
  std::size_t limit = 100;
  bool as_json = false;
};

// A member's text; empty when it is absent or none: a line that somebody has changed is no crash.
std::string text_in(const json& record, const std::string& name) {
  const auto found = record.find(name);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Callers choose what they name: nothing of it may steer the terminal of who reads it.
std::string shown(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  for (std::size_t at = 0; (at = text.find('\xC2', at)) != std::string::npos; ++at)
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0)
      text.replace(at, 2, "??");  // U+0080 to U+009F steer too
  return text;
}

// Records in order, as text and parsed; false from `take` ends it. Lines that are no records are
// passed over and counted.
gov::Status each_record(const SearchOptions& options,
                        const std::function<bool(const std::string&, const json&)>& take,
                        std::size_t& broken) {
  const auto files = audit::segments_of(options.folder);
  if (!files) return files.status();
  if (files->empty()) return gov::not_found(options.folder + " holds no audit trail");
  std::vector<std::string> needles;  // of lines worth parsing
  for (const auto& [name, value] : options.wanted)
    if (is_plain(value)) needles.push_back("\"" + name + "\":\"" + value + '"');
  for (const std::filesystem::path& file : *files) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return gov::unavailable(file.native() + " cannot be read");
    for (std::string line; std::getline(stream, line);) {
      if (std::any_of(needles.begin(), needles.end(), [&](const std::string& needle) {
            return line.find(needle) == std::string::npos;
          }))
        continue;
      const json record = json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (!record.is_object()) {
        ++broken;
        continue;
      }
      const bool meant =
          std::all_of(options.wanted.begin(), options.wanted.end(),
                      [&](const auto& each) { return text_in(record, each.first) == each.second; });
      // Times are written in one form, so that their texts stand in their order.
      const std::string time = text_in(record, "ts");
      if (!meant || (!options.since.empty() && time < options.since) ||
          (!options.until.empty() && time > options.until))
        continue;
      if (!take(line, record)) return {};
    }
  }
  return {};
}

std::string sentence(const json& record) {
  const auto text = [&](const char* name) { return shown(text_in(record, name)); };
  std::string out = text("ts") + "  " + text("outcome");
  if (const std::string why = text("reason"); !why.empty()) out += " (" + why + ")";
  out += "  " + text("action");
  if (const std::string target = text("target"); !target.empty()) out += " " + target;
  const std::string who = text("principal"), from = text("src");
  out += "  by " + (who.empty() ? std::string("anonymous") : who);
  if (!from.empty()) out += " from " + from;
  if (const std::string id = text("correlation_id"); !id.empty()) out += "  " + id;
  return out;
}

int finish(const gov::Status& read, std::size_t found, std::size_t broken, const Console& console) {
  if (!read.ok()) return console.problems({read.message()});
  if (broken > 0)
    console.problem(std::to_string(broken) +
                    " lines are no records and were passed over; see `govhost audit verify`");
  return found > 0 ? kOk : kToolError;
}

// The times as the trail writes them; false after saying what is wrong.
bool read_times(SearchOptions& options, const Console& console) {
  for (auto* const text : {&options.since, &options.until}) {
    if (text->empty()) continue;
    const auto time = read_time(*text, text == &options.since, console);
    if (!time) return false;
    *text = to_rfc3339(*time, true);
  }
  return true;
}

void print(const SearchOptions& options, const std::string& line, const json& record,
           const Console& console) {
  console.line(options.as_json ? line : sentence(record));
}

int search_trail(const SearchOptions& options, const Console& console) {
  std::size_t found = 0, broken = 0;
  const gov::Status read = each_record(
      options,
      [&](const std::string& line, const json& record) {
        print(options, line, record, console);
        return ++found < options.limit;
      },
      broken);
  if (found == options.limit)
    console.problem("the first " + std::to_string(found) + " are shown; --limit shows more");
  return finish(read, found, broken, console);
}

int tail_trail(const SearchOptions& options, const Console& console) {
  std::deque<std::pair<std::string, json>> last;
  std::size_t broken = 0;
  const gov::Status read = each_record(
      options,
      [&](const std::string& line, const json& record) {
        last.emplace_back(line, record);
        if (last.size() > options.limit) last.pop_front();
        return true;
      },
      broken);
  for (const auto& [line, record] : last) print(options, line, record, console);
  return finish(read, last.size(), broken, console);
}

int top_of_trail(const SearchOptions& options, const Console& console) {
  std::map<std::string, std::size_t> counts;
  std::size_t broken = 0;
  const gov::Status read = each_record(
      options,
      [&](const std::string&, const json& record) {
        const std::string name = text_in(record, options.by);
        if (counts.contains(name) || counts.size() < kMostGroups) ++counts[name];
        return true;
      },
      broken);
  std::vector<std::pair<std::string, std::size_t>> order(counts.begin(), counts.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (order.size() > options.limit) order.resize(options.limit);
  for (const auto& [name, count] : order)
    console.line(options.as_json
                     ? json{{options.by, name}, {"records", count}}.dump()
                     : std::to_string(count) + "  " + (name.empty() ? "-" : shown(name)));
  return finish(read, order.size(), broken, console);
}

// What was the AI told: who asked for what, what it was answered from, and how to see that.
int explain_record(const SearchOptions& options, const Console& console) {
  std::size_t found = 0, broken = 0;
  const gov::Status read = each_record(
      options,
      [&](const std::string& line, const json& record) {
        ++found;
        print(options, line, record, console);
        if (options.as_json) return true;
        if (const std::string digest = text_in(record, "args_sha256"); !digest.empty())
          console.line("  arguments: SHA-256 " + shown(digest) +
                       (record.contains("args") ? ", " + record["args"].dump() : ""));
        if (record.contains("duration_us"))
          console.line("  answered in " + record["duration_us"].dump() + " us with " +
                       (record.contains("bytes") ? record["bytes"].dump() : "0") + " bytes");
        if (const std::string content = shown(text_in(record, "snapshot")); !content.empty())
          console.line("  from content " + content + ": govhost content show DOCUMENT --snapshot " +
                       content.substr(0, 12));
        return true;
      },
      broken);
  return finish(read, found, broken, console);
}

using SearchVerb = int (*)(const SearchOptions&, const Console&);

CLI::App& add_search_verb(CLI::App& group, const char* name, const char* help, SearchVerb run,
                          const std::shared_ptr<SearchOptions>& options, Console& console,
                          int& exit_code) {
  CLI::App* const verb = group.add_subcommand(name, help);
  verb->add_option("folder", options->folder, "What audit.dir names, or a copy of it")->required();
  verb->add_flag("--json", options->as_json, "The records as they stand, a line each");
  verb->callback([options, run, &console, &exit_code] {
    exit_code = read_times(*options, console) ? run(*options, console) : int{kUsage};
  });
  return *verb;
}

void add_filters(CLI::App& verb, const std::shared_ptr<SearchOptions>& options) {
  const auto filter = [&](const char* flag, const char* member, const char* help) {
    verb.add_option_function<std::string>(
        flag, [options, member](const std::string& value) { options->wanted[member] = value; },
        help);
  };
  filter("--principal", "principal", "Whom the credential stood for");
  filter("--action", "action", "tools/call, start, content.accept, ...");
  filter("--target", "target", "Tool, prompt, resource or source");
  filter("--outcome", "outcome", "ok, denied or error");
  filter("--reason", "reason", "rate_limited, insufficient_scope, ...");
  verb.add_option("--since", options->since, "RFC 3339, or a day");
  verb.add_option("--until", options->until, "RFC 3339, or a day");
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> read_time(const std::string& text,
                                                               bool is_beginning,
                                                               const Console& console) {
  constexpr std::size_t kDay = 10;  // "2026-01-31"
  auto time = from_rfc3339(text);
  if (!time)
    console.problem(text + " is no time: write 2026-01-31T09:30:00Z, or a day");
  else if (is_beginning && text.size() == kDay)
    *time += std::chrono::nanoseconds(1) - std::chrono::hours(24);
  return time;
}

void add_audit_search(CLI::App& group, Console& console, int& exit_code) {
  const auto add = [&](const char* name, const char* help, SearchVerb run, std::size_t limit) {
    auto options = std::make_shared<SearchOptions>();
    options->limit = limit;
    CLI::App& verb = add_search_verb(group, name, help, run, options, console, exit_code);
    add_filters(verb, options);
    verb.add_option("--limit", options->limit, "Of lines shown")->check(CLI::Range(1, 1'000'000));
    return std::pair<CLI::App*, std::shared_ptr<SearchOptions>>(&verb, options);
  };
  add("search", "Print the records that fit; exit code 1: there are none", search_trail, 100);
  add("tail", "Print the last records that fit", tail_trail, 20);
  const auto [top, options] = add("top", "Count records by who, what or outcome", top_of_trail, 20);
  top->add_option("--by", options->by, "The member that is counted")
      ->check(CLI::IsMember({"principal", "target", "action", "outcome", "reason", "src"}));
  auto explained = std::make_shared<SearchOptions>();
  CLI::App& explain =
      add_search_verb(group, "explain", "What was answered to a call, and from what content",
                      explain_record, explained, console, exit_code);
  explain
      .add_option_function<std::string>(
          "--id", [explained](const std::string& id) { explained->wanted["correlation_id"] = id; },
          "The correlation id, as in the log, the answer and the header")
      ->required();
}

}  // namespace govhost::app
