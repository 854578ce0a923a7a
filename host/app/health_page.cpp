#include "app/health_page.h"

#include <nlohmann/json.hpp>

#include "core/scrub.h"
#include "core/time.h"

namespace govhost::app {
namespace {

using nlohmann::json;

json component(const sync::SourceView& view) {
  const bool well = !view.freshness.stale && view.breaker == sync::Breaker::kClosed;
  json out = {{"name", "source " + view.name},
              {"status", well ? "ok" : "degraded"},
              {"documents", view.documents},
              {"breaker", sync::name_of(view.breaker)},
              {"failures", view.failures}};
  if (!view.problem.empty()) out["problem"] = view.problem;
  if (view.freshness.confirmed) out["confirmed_at"] = to_rfc3339(*view.freshness.confirmed);
  if (view.rejected) out["rejected"] = true;
  return out;
}

}  // namespace

ops::Health HealthPage::health() const {
  ops::Health out;
  json components = json::array();
  for (const sync::SourceView& view : engine.views()) {
    components.push_back(component(view));
    out.degraded = out.degraded || components.back()["status"] != "ok";
  }
  const std::string failure = search.failure();
  components.push_back({{"name", "search"},
                        {"status", !failure.empty() ? "failed"
                                   : search.ready() ? "ok"
                                                    : "indexing"}});
  if (!failure.empty()) components.back()["problem"] = failure;
  out.degraded = out.degraded || !failure.empty();
  if (trail != nullptr) {
    out.able = trail->accepts();
    components.push_back({{"name", "audit"}, {"status", out.able ? "ok" : "failed"}});
    if (!out.able) out.why = "audit";
  }
  for (const AuditSinks::State& sink : sinks ? sinks->states() : std::vector<AuditSinks::State>()) {
    components.push_back({{"name", "audit sink " + sink.name},
                          {"status", sink.failing ? "failed" : "ok"},
                          {"behind", sink.behind}});
    out.degraded = out.degraded || sink.failing;
  }
  out.components = components.dump(-1, ' ', false, json::error_handler_t::replace);
  scrub(out.components);
  return out;
}

}  // namespace govhost::app
