// get_service_health, get_cache_stats and server_info.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>

#include "core/time.h"
#include "mcp/protocol.h"
#include "mcp/tool.h"

namespace govhost::mcp {
namespace {

constexpr std::string_view kHealth = R"({
  "type":"object",
  "properties":{
    "status":{"type":"string","enum":["healthy","degraded","unhealthy"]},
    "uptime_seconds":{"type":"number"},"version":{"type":"string"},
    "healthy_services":{"type":"integer"},"total_services":{"type":"integer"},
    "services":{"type":"object"},"observability":{"type":["object","null"]}},
  "required":["status","uptime_seconds","version","healthy_services","total_services"]})";

constexpr std::string_view kCache = R"({
  "type":"object",
  "properties":{
    "total_requests":{"type":"integer"},"cache_hits":{"type":"integer"},"cache_misses":{"type":"integer"},
    "hit_rate":{"type":"number","minimum":0,"maximum":1},
    "sets":{"type":["integer","null"]},"deletes":{"type":["integer","null"]},
    "expires":{"type":["integer","null"]},"evictions":{"type":["integer","null"]},
    "clears":{"type":["integer","null"]},"current_size":{"type":["integer","null"]},
    "max_size":{"type":["integer","null"]},"memory_usage_bytes":{"type":["integer","null"]},
    "layers":{"type":"object",
      "description":"answers, content in memory, bundle on disk and sources, each with its counts"},
    "observability":{"type":["object","null"]}},
  "required":["total_requests","cache_hits","cache_misses","hit_rate"]})";

constexpr std::string_view kInfo = R"({
  "type":"object",
  "properties":{
    "name":{"type":"string"},"version":{"type":"string"},
    "protocol_versions":{"type":"array","items":{"type":"string"}},
    "uptime_seconds":{"type":"number"},"config":{"type":"string"},
    "content":{"type":"object"},"search":{"type":"object"},
    "plugins":{"type":"array","items":{"type":"object"}}},
  "required":["name","version","protocol_versions","uptime_seconds","content","search","plugins"]})";

struct Service {
  const char* name;
  bool healthy;
};

bool sees(const ToolContext& context, const content::Note& note) {
  return context.visible.sees(note.restrictions) && context.visible.sees_source(note.source) &&
         (note.other_source.empty() || context.visible.sees_source(note.other_source));
}

std::size_t count_documents(const ToolContext& context) {
  const auto documents = context.generation->snapshot().documents();
  if (context.visible.everything()) return documents.size();
  return static_cast<std::size_t>(
      std::count_if(documents.begin(), documents.end(),
                    [&](const content::Document& d) { return context.visible.sees(d); }));
}

std::array<Service, 4> services(const ToolContext& context) {
  const auto& missing = context.generation->missing_sources();
  const auto notes = context.generation->snapshot().notes();
  const bool all_read =
      std::none_of(missing.begin(), missing.end(),
                   [&](const std::string& s) { return context.visible.sees_source(s); }) &&
      std::none_of(notes.begin(), notes.end(),
                   [&](const content::Note& n) { return n.skipped && sees(context, n); });
  return {{{"content", count_documents(context) > 0},
           {"content_complete", all_read},
           {"search", context.search.ready() || context.search.failure().empty()},
           {"configuration", true}}};
}

// Field names that clients of the reference server read. The score is the share of services that
// are not healthy; tiers as there: 0.4, 0.6, 0.8.
Json observability(const ToolContext& context, std::string_view phase, double score,
                   bool approved) {
  const char* const tier = score >= 0.8   ? "critical"
                           : score >= 0.6 ? "high"
                           : score >= 0.4 ? "medium"
                                          : "low";
  return {{"openemcp",
           {{"phase", phase},
            {"correlation_id", context.correlation_id},
            {"validation_status", approved ? "approved" : "modified"},
            {"compatibility_enabled", true},
            {"compat_events_buffered", 0}}},
          {"risk_context",
           {{"phase_assessed", phase},
            {"composite_risk_score", score},
            {"risk_tier", tier},
            {"dimension_scores", {{"operational_risk", score}}},
            {"dimension_weights", {{"operational_risk", 1.0}}},
            {"risk_flags", score > 0 ? Json::array({"service_unhealthy"}) : Json::array()},
            {"risk_events", Json::array()},
            {"circuit_breaker_trips", 0},
            {"assessment_timestamp", to_rfc3339(std::chrono::system_clock::now())},
            {"assessed_by", "govhost"}}}};
}

double unhealthy_share(const ToolContext& context) {
  const auto all = services(context);
  const auto bad =
      std::count_if(all.begin(), all.end(), [](const Service& s) { return !s.healthy; });
  return static_cast<double>(bad) / static_cast<double>(all.size());
}

ToolResult get_service_health(const Json&, ToolContext& context) {
  const auto all = services(context);
  const auto healthy =
      std::count_if(all.begin(), all.end(), [](const Service& s) { return s.healthy; });
  Json by_name = Json::object();
  for (const Service& s : all) by_name[s.name] = s.healthy;
  const bool content = all[0].healthy;
  const bool fine = healthy == static_cast<std::ptrdiff_t>(all.size());
  return ToolResult::json(Json{{"status", fine      ? "healthy"
                                          : content ? "degraded"
                                                    : "unhealthy"},
                               {"uptime_seconds", context.status.uptime_seconds()},
                               {"version", context.status.version},
                               {"healthy_services", healthy},
                               {"total_services", all.size()},
                               {"services", std::move(by_name)},
                               {"observability", observability(context, "context_state_management",
                                                               unhealthy_share(context), fine)}});
}

// From the client to the sources; each layer answers what the one before it did not have. Of
// answers the counts are over all callers, of sources over those that this one sees.
Json layers(const ToolContext& context, const AnswerCache::Size& answers) {
  using Event = content::Freshness::Event;
  const auto counted = [&](Event what) {
    return context.generation->counted(what, context.visible);
  };
  return {
      {"answers",
       {{"cache_hits", context.counters.answer_hits.load()},
        {"cache_misses", context.counters.answer_misses.load()},
        {"evictions", answers.evictions},
        {"cached_answers", answers.entries},
        {"memory_usage_bytes", answers.bytes},
        {"max_bytes", AnswerCache::kBytes}}},
      {"memory",
       {{"documents", count_documents(context)}, {"stale_answers", counted(Event::kStaleAnswer)}}},
      {"bundle", {{"documents_loaded", counted(Event::kFromBundle)}}},
      {"sources",
       {{"documents_fetched", counted(Event::kFetched)},
        {"changed", counted(Event::kChanged)},
        {"revalidated", counted(Event::kRevalidated)},
        {"failed", counted(Event::kFailed)}}}};
}

ToolResult get_cache_stats(const Json&, ToolContext& context) {
  const std::uint64_t hits = context.counters.answer_hits.load(std::memory_order_relaxed);
  const std::uint64_t misses = context.counters.answer_misses.load(std::memory_order_relaxed);
  const AnswerCache::Size answers = context.generation->answers().size();
  const double rate =
      hits + misses == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(hits + misses);
  const std::size_t documents = count_documents(context);
  return ToolResult::json(Json{
      {"total_requests", hits + misses},
      {"cache_hits", hits},
      {"cache_misses", misses},
      {"hit_rate", rate},
      {"sets", documents},
      {"deletes", 0},
      {"expires", 0},
      {"evictions", answers.evictions},
      {"clears", 0},
      {"current_size", documents},
      {"max_size", nullptr},
      {"memory_usage_bytes", context.generation->answer_bytes(context.visible)},
      {"layers", layers(context, answers)},
      {"observability",
       observability(context, "execution_resilience", unhealthy_share(context), rate >= 0.5)}});
}

Json source_info(const ToolContext& context, std::string_view name, std::size_t documents) {
  const auto state = context.generation->freshness_of(name);
  Json out = {{"name", name}, {"documents", documents}, {"stale", state.stale}};
  if (state.confirmed) {
    const auto age = std::chrono::system_clock::now() - *state.confirmed;
    out["confirmed_at"] = to_rfc3339(*state.confirmed);
    out["age_s"] =
        std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(age).count(), 0);
  }
  return out;
}

Json content_info(const ToolContext& context) {
  const Generation& generation = *context.generation;
  const content::Snapshot& snapshot = generation.snapshot();
  std::map<std::string_view, std::size_t> kinds, by_source;
  for (const content::Document& d : snapshot.documents()) {
    if (!context.visible.sees(d)) continue;
    ++kinds[d.kind];
    ++by_source[d.provenance.source];
  }
  std::size_t notes = 0, skipped = 0;
  for (const content::Note& n : snapshot.notes()) {
    if (!sees(context, n)) continue;
    ++notes;
    skipped += n.skipped ? 1 : 0;
  }
  const auto freshness = generation.freshness(context.visible);
  Json missing = Json::array();
  for (const std::string& source : generation.missing_sources())
    if (context.visible.sees_source(source)) missing.push_back(source);
  Json sources = Json::array();
  for (const auto& [name, count] : by_source) sources.push_back(source_info(context, name, count));
  return {{"snapshot", snapshot.digest_for(context.visible)},
          {"loaded_at", to_rfc3339(snapshot.built_at())},
          {"age_s", freshness.age.count()},
          {"stale", freshness.stale},
          {"documents", count_documents(context)},
          {"by_kind", kinds},
          {"by_source", by_source},
          {"sources", std::move(sources)},
          {"missing_sources", std::move(missing)},
          {"skipped", skipped},
          {"notes", notes}};
}

ToolResult server_info(const Json&, ToolContext& context) {
  Json versions = kLegacyVersions;
  versions.push_back(kModernVersion);
  Json plugins = Json::array();
  for (const ServerStatus::PluginInfo& p : context.status.plugins) {
    if (!context.visible.sees_source(p.source)) continue;
    plugins.push_back({{"kind", p.kind},
                       {"instance", p.instance},
                       {"name", p.component},
                       {"version", p.version}});
  }
  const std::string failure = context.search.failure();
  return ToolResult::json(
      Json{{"name", "govhost"},
           {"version", context.status.version},
           {"protocol_versions", std::move(versions)},
           {"uptime_seconds", context.status.uptime_seconds()},
           {"config", context.status.config_file},
           {"content", content_info(context)},
           {"search", {{"ready", context.search.ready()}, {"failed", !failure.empty()}}},
           {"plugins", std::move(plugins)}});
}

}  // namespace

std::vector<Tool> monitoring_tools() {
  std::vector<Tool> tools;
  tools.push_back(
      make_tool("get_service_health", "Service Health",
                "Tells whether the knowledge base is complete and searchable, and for how long the "
                "server has run. Use it when answers are empty or look incomplete.",
                kNoArguments, kHealth, get_service_health));
  tools.push_back(make_tool(
      "get_cache_stats", "Cache Statistics",
      "Counts how many answers were served ready-made and how many had to be composed. For "
      "operators; it does not help to answer governance questions.",
      kNoArguments, kCache, get_cache_stats));
  tools.push_back(make_tool(
      "server_info", "Server Information",
      "Describes this server: version, protocol versions, plugins, and which content it "
      "serves (sources, counts, digest, age). Use it to say which content an answer is based on.",
      kNoArguments, kInfo, server_info));
  for (Tool& tool : tools) tool.open_world = false;
  return tools;
}

}  // namespace govhost::mcp
