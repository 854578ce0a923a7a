#include "app/audit_trail.h"

#include <nlohmann/json.hpp>

#include <utility>

#include "plugin/secrets.h"

namespace govhost::app {
namespace {

using nlohmann::json;

constexpr int kMostFolders = 32;

audit::Settings settings_of(const config::Audit& from) {
  audit::Settings out;
  out.folder = from.dir;
  out.sync = from.fsync == "each"   ? audit::Sync::kEach
             : from.fsync == "none" ? audit::Sync::kNone
                                    : audit::Sync::kBatch;
  out.fail_closed = from.fail_closed;
  out.whole_arguments = from.record_arguments;
  out.segment_bytes = from.segment_size;
  out.checkpoint_records = from.checkpoint_records;
  out.checkpoint_interval = from.checkpoint_interval;
  out.retention = {from.retention, from.max_size};
  return out;
}

// The default folder is for one host; a second one on the machine takes the next.
gov::Result<std::unique_ptr<audit::Trail>> open_free(const audit::Settings& wanted, bool any_folder,
                                                     Log& log) {
  auto opened = audit::Trail::open(wanted, log);
  for (int n = 2; any_folder && n <= kMostFolders; ++n) {
    if (opened || opened.status().code() != GOV_RESOURCE_EXHAUSTED) break;
    audit::Settings next = wanted;
    next.folder += "-" + std::to_string(n);
    opened = audit::Trail::open(std::move(next), log);
  }
  return opened;
}

std::string member_text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

bool open_trail(const config::Audit& config, Log& log, std::unique_ptr<audit::Trail>& trail,
                std::vector<std::string>& problems) {
  if (config.dir.empty() && !config.any_folder) return true;
  if (config.dir.empty()) {
    problems.emplace_back(
        "audit: no place for the trail is known, because neither HOME nor STATE_DIRECTORY is set; "
        "write dir, or enabled = false, in [audit]");
    return false;
  }
  audit::Settings settings = settings_of(config);
  if (!config.signing_key.empty()) {
    const auto pem = plugin::resolve_secret(config.signing_key);
    auto key = pem ? SigningKey::from_pem(pem->reveal()) : gov::Result<SigningKey>(pem.status());
    if (!key) {
      problems.push_back("audit.signing_key: " + (pem ? config.signing_key + " " : "") +
                         key.status().message());
      return false;
    }
    settings.key = std::move(*key);
  }
  if (!config.sinks.empty()) settings.needed_from = 0;
  auto opened = open_free(settings, config.any_folder, log);
  if (!opened) {
    problems.push_back(
        opened.status().message() +
        (config.any_folder ? "; name one, or write enabled = false in [audit]" : ""));
    return false;
  }
  trail = std::move(*opened);
  log.info("audit.recording", {},
           {{"folder", std::string_view(trail->folder().native())},
            {"signed", !config.signing_key.empty()}});
  return true;
}

void record_control(audit::Trail* trail, const json& request, const gov::Result<json>& answer,
                    std::string_view snapshot) {
  const std::string verb = member_text(request, "verb");
  if (trail == nullptr || verb == "content.status" || verb == "content.diff") return;
  std::string target = member_text(request, "source");
  if (target.empty()) target = member_text(request, "bundle");
  if (target.empty()) target = member_text(request, "level");
  const std::string arguments = request.dump(-1, ' ', false, json::error_handler_t::replace);
  trail->append({.action = verb,
                 .target = target,
                 .outcome = answer ? "ok" : "error",
                 .reason = answer ? "" : gov::name_of(answer.status().code()),
                 .transport = "control",
                 .arguments = arguments,
                 .snapshot = snapshot});
}

}  // namespace govhost::app
