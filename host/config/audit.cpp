#include "config/audit.h"

#include "config/names.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>

namespace govhost::config {
namespace {

using Json = nlohmann::json;

class AuditReader {
 public:
  AuditReader(const Tree& tree, std::vector<Fault>& faults) : tree_(tree), faults_(faults) {}

  void read(const Json& table, const std::string& state, Audit& out) {
    out.dir = text_of(table, "dir");
    // Where there is a client of its own the record is for that client to keep.
    const bool enabled = flag(table, "enabled", true);
    if (!enabled) out.dir.clear();
    if (enabled && out.dir.empty()) {
      out.any_folder = true;
      if (!state.empty()) out.dir = state + "/audit";
    }
    if (const std::string fsync = text_of(table, "fsync"); !fsync.empty()) out.fsync = fsync;
    out.fail_closed = text_of(table, "on_failure") != "fail_open";
    out.record_arguments = flag(table, "record_arguments", false);
    out.signing_key = text_of(table, "signing_key");
    out.segment_size = number(table, "segment_size", out.segment_size);
    out.checkpoint_records = number(table, "checkpoint_records", out.checkpoint_records);
    out.checkpoint_interval = time(table, "checkpoint_interval", out.checkpoint_interval);
    out.retention = time(table, "retention", out.retention);
    out.max_size = number(table, "max_size", out.max_size);
    const Json* const sinks = member(table, "sink");
    if (sinks == nullptr || !sinks->is_array()) return;
    for (std::size_t i = 0; i < sinks->size(); ++i)
      if ((*sinks)[i].is_object())
        out.sinks.push_back(sink((*sinks)[i], child_pointer("/audit/sink", i)));
    if (!out.sinks.empty() && out.any_folder)
      fault("/audit", "dir",
            "is required with sinks: how far they have come is remembered beside the trail");
  }

 private:
  static bool flag(const Json& table, const char* key, bool otherwise) {
    const Json* const value = member(table, key);
    return value != nullptr && value->is_boolean() ? value->get<bool>() : otherwise;
  }
  static std::uint64_t number(const Json& table, const char* key, std::uint64_t otherwise) {
    const Json* const value = member(table, key);
    return value != nullptr && value->is_number_integer() ? value->get<std::uint64_t>() : otherwise;
  }
  static std::chrono::milliseconds time(const Json& table, const char* key,
                                        std::chrono::milliseconds otherwise) {
    const Json* const value = member(table, key);
    return value != nullptr && value->is_number_integer()
               ? std::chrono::milliseconds(value->get<std::int64_t>())
               : otherwise;
  }

  void fault(const std::string& pointer, std::string_view key, std::string message) {
    const std::string at = child_pointer(pointer, key);
    faults_.push_back({tree_.origin(at), tree_.key(at), std::move(message)});
  }

  AuditSink sink(const Json& table, const std::string& pointer) {
    AuditSink out;
    out.name = text_of(table, "name");
    out.syslog = text_of(table, "kind") == "syslog";
    out.url = text_of(table, "url");
    out.address = text_of(table, "address");
    out.format = text_of(table, "format");
    out.token = text_of(table, "token");
    out.scheme = text_of(table, "scheme");
    if (out.scheme.empty()) out.scheme = out.format == "ndjson" ? "Bearer" : "Splunk";
    out.ca_file = text_of(table, "ca_file");
    out.cert = text_of(table, "cert");
    out.key = text_of(table, "key");
    if (!out.name.empty() && !names_.insert(out.name).second)
      fault(pointer, "name", in_quotes(out.name) + " is taken by another sink");
    const char* const wanted = out.syslog ? "address" : "url";
    if (text_of(table, wanted).empty())
      fault(pointer, wanted,
            std::string("is required of kind ") + (out.syslog ? "syslog" : "http"));
    for (const char* const other : {"url", "token", "scheme"})
      if (out.syslog && table.contains(other))
        fault(pointer, other, "does not apply to kind syslog");
    for (const char* const other : {"address", "ca_file", "cert", "key"})
      if (!out.syslog && table.contains(other))
        fault(pointer, other,
              std::string("does not apply to kind http") +
                  (std::string_view(other) == "ca_file" ? "; set egress.ca_file" : ""));
    return out;
  }

  const Tree& tree_;
  std::vector<Fault>& faults_;
  std::set<std::string> names_;
};

}  // namespace

void read_audit(const Tree& tree, const std::string& state, Audit& out,
                std::vector<Fault>& faults) {
  const Json* const table = member(tree.root, "audit");
  static const Json kNone = Json::object();
  AuditReader(tree, faults)
      .read(table != nullptr && table->is_object() ? *table : kNone, state, out);
}

std::string state_folder() {
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  // Several are separated by colons; the first is the unit's own.
  const std::string systemd = variable("STATE_DIRECTORY");
  if (!systemd.empty()) return systemd.substr(0, systemd.find(':'));
  const std::string xdg = variable("XDG_STATE_HOME");
  if (xdg.starts_with('/')) return xdg + "/govhost";
  const std::string home = variable("HOME");
  return home.starts_with('/') ? home + "/.local/state/govhost" : "";
}

}  // namespace govhost::config
