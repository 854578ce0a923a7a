#include "app/content_control.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "app/content_report.h"
#include "core/time.h"

namespace govhost::app {
namespace {

using nlohmann::json;

constexpr std::chrono::minutes kPatience{10};  // with a source that an operator waits for

std::string text_of(const json& request, const char* name) {
  const auto found = request.find(name);
  return found != request.end() && found->is_string() ? found->get<std::string>() : "";
}

bool flag_of(const json& request, const char* name) {
  const auto found = request.find(name);
  return found != request.end() && found->is_boolean() && found->get<bool>();
}

json describe(const sync::SourceView& view) {
  json out = {{"source", view.name},           {"documents", view.documents},
              {"stale", view.freshness.stale}, {"breaker", sync::name_of(view.breaker)},
              {"failures", view.failures},     {"reading", view.reading},
              {"problem", view.problem}};
  out["confirmed_at"] =
      view.freshness.confirmed ? json(to_rfc3339(*view.freshness.confirmed)) : json();
  out["next_in_s"] = view.next_in ? json(view.next_in->count()) : json();
  out["rejected"] =
      view.rejected ? json(view.rejected->digest_of_source(view.name).substr(0, 12)) : json();
  return out;
}

}  // namespace

gov::Result<json> ContentControl::answer(const json& request) {
  const std::string verb = text_of(request, "verb");
  if (verb == "content.status") return status();
  if (verb == "content.sync") return sync(request);
  if (verb == "content.diff") return diff(request);
  if (verb == "content.accept") return accept(request);
  if (verb == "content.rollback") return rollback(request);
  if (verb == "content.release") return release();
  if (verb == "content.import") return take_import(request);
  return gov::unimplemented("this server does not know the verb " + verb);
}

gov::Result<json> ContentControl::status() const {
  json sources = json::array();
  for (const sync::SourceView& view : engine_.views()) sources.push_back(describe(view));
  json out = outcome();
  out["held"] = engine_.held();
  out["bundle_dir"] = config_.content.bundle_dir;
  out["sources"] = std::move(sources);
  return out;
}

json ContentControl::outcome() const {
  const auto current = engine_.current();
  return {{"snapshot", current->digest()}, {"documents", current->documents().size()}};
}

gov::Result<json> ContentControl::sync(const json& request) {
  const std::string only = text_of(request, "source");
  const std::string before = engine_.current()->digest();
  json sources = json::array();
  for (const sync::SourceView& view : engine_.views()) {
    if (!only.empty() && view.name != only) continue;
    const gov::Status read = engine_.sync(view.name, flag_of(request, "probe"), kPatience);
    sources.push_back({{"source", view.name}, {"ok", read.ok()}, {"message", read.message()}});
  }
  if (sources.empty()) return gov::not_found("no source of the configuration is called " + only);
  json out = outcome();
  out["changed"] = out["snapshot"] != before;
  out["sources"] = std::move(sources);
  return out;
}

gov::Result<json> ContentControl::diff(const json& request) const {
  const std::string only = text_of(request, "source");
  for (const sync::SourceView& view : engine_.views()) {
    if (!view.rejected || (!only.empty() && view.name != only)) continue;
    json out = compare_report(*engine_.current(), *view.rejected);
    out["source"] = view.name;
    out["rejected"] = view.rejected->digest_of_source(view.name).substr(0, 12);
    out["reason"] = view.problem;
    return out;
  }
  return gov::not_found(only.empty() ? "nothing was rejected: the content in service is what the "
                                       "sources have"
                                     : "nothing of source " + only + " was rejected");
}

gov::Result<json> ContentControl::accept(const json& request) {
  const std::string source = text_of(request, "source");
  const gov::Status taken = engine_.accept(source, text_of(request, "digest"), kPatience);
  if (!taken.ok()) return taken;
  log_.warn("content.accepted", "an operator accepted what the gate had rejected",
            {{"source", std::string_view(source)},
             {"snapshot", std::string_view(engine_.current()->digest())}});
  return outcome();
}

gov::Result<json> ContentControl::rollback(const json& request) {
  const auto bundle = bundles_.find(text_of(request, "bundle"));
  if (!bundle) return bundle.status();
  auto documents = bundles_.documents_of(**bundle);
  if (!documents) return documents.status();
  if (documents->empty())
    return gov::invalid("the bundle holds nothing of the sources that are configured");
  // First what a restart needs, then what is served: never the one without the other.
  if (gov::Status s = bundles_.hold(bundle->get()); !s.ok()) return s;
  if (gov::Status s = engine_.hold(std::move(*documents)); !s.ok()) return s;
  log_.warn("content.held", "an operator went back to earlier content; no source is read",
            {{"snapshot", std::string_view((*bundle)->manifest().digest)}});
  return outcome();
}

gov::Result<json> ContentControl::release() {
  if (!engine_.held()) return gov::invalid("the content is not held");
  if (gov::Status s = bundles_.hold(nullptr); !s.ok()) return s;
  engine_.release();
  log_.info("content.released", {});
  return outcome();
}

// The file is in the folder already, verified; here it goes into service.
gov::Result<json> ContentControl::take_import(const json& request) {
  const auto bundle = bundles_.find(text_of(request, "bundle"));
  if (!bundle) return bundle.status();
  json taken = json::array();
  for (const bundle::SourceState& state : (*bundle)->manifest().sources) {
    auto documents = bundles_.documents_of(**bundle, state.name);
    if (!documents) return documents.status();
    if (documents->empty()) continue;
    const gov::Status put = engine_.put(state.name, std::move(*documents), state.confirmed_at);
    if (!put.ok()) return put;
    taken.push_back(state.name);
  }
  if (taken.empty())
    return gov::invalid("the bundle holds nothing of the sources that are configured");
  json out = outcome();
  out["sources"] = std::move(taken);
  return out;
}

}  // namespace govhost::app
