// What happens to the files of a trail afterwards: holds are noticed, old ones removed. On the
// thread that writes.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "audit/holds.h"
#include "audit/retention.h"
#include "audit/trail.h"

namespace govhost::audit {
namespace {

constexpr std::chrono::minutes kEvery{1};

}  // namespace

bool Trail::write_own(const Record& record) {
  std::string members;
  append_members(members, record, true);
  seal(last_, members, sealed_);
  ++unsigned_;
  // Synced before another file may be begun.
  return write_sealed() && ::fdatasync(file_.get()) == 0 && write_out();
}

void Trail::keep_house() {
  keep_house_at_ = std::chrono::steady_clock::now() + kEvery;
  if (!notice_holds()) return;
  const auto outdated =
      outdated_of(settings_.folder, settings_.retention, std::chrono::system_clock::now());
  if (!outdated) {
    log_.error("audit.removal_failed", outdated.status().message(), {});
    return;
  }
  for (const Outdated& each : *outdated)
    if (each.last.seq >= needed_from_ || !remove(each)) return;
}

// Whether anything may be removed.
bool Trail::notice_holds() {
  const auto holds = holds_of(settings_.folder);
  if (!holds) {
    log_.error("audit.removal_failed", holds.status().message(), {});
    return false;
  }
  std::set<std::string> now;
  for (const Hold& hold : *holds) {
    now.insert(hold.name);
    if (held_.contains(hold.name)) continue;
    log_.info("audit.hold", hold.reason, {{"hold", std::string_view(hold.name)}});
    write_own(
        {.action = "audit.hold", .target = hold.name, .outcome = "ok", .reason = hold.reason});
  }
  for (const std::string& name : held_)
    if (!now.contains(name)) {
      log_.info("audit.hold_released", {}, {{"hold", std::string_view(name)}});
      write_own({.action = "audit.hold_released", .target = name, .outcome = "ok"});
    }
  held_ = std::move(now);
  return held_.empty();
}

// Recorded, and the record signed, before it happens: what is missing afterwards is vouched for.
bool Trail::remove(const Outdated& outdated) {
  const std::string name = outdated.file.filename().native();
  const std::string what = removal_text(outdated);
  if (!write_own({.action = kRemoved,
                  .target = name,
                  .outcome = "ok",
                  .reason = outdated.reason,
                  .arguments = what}) ||
      !checkpoint(true))
    return false;
  if (::unlink(outdated.file.c_str()) != 0) {
    log_.error("audit.removal_failed", std::strerror(errno), {{"file", std::string_view(name)}});
    return false;
  }
  log_.info("audit.removed", {},
            {{"file", std::string_view(name)},
             {"reason", outdated.reason},
             {"records", static_cast<std::int64_t>(outdated.last.seq - outdated.first + 1)}});
  return true;
}

}  // namespace govhost::audit
