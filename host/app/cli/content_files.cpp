// govhost content: the verbs that work on bundles and sources, be there a server or not.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

#include "app/cli/content.h"
#include "app/content_service.h"
#include "app/exit_codes.h"
#include "app/runtime.h"
#include "bundle/file.h"
#include "core/time.h"
#include "mcp/features.h"
#include "ops/control.h"

namespace govhost::app {
namespace {

using bundle::Bundle;
using bundle::Entry;
using nlohmann::json;
using Shared = std::shared_ptr<const Bundle>;

bundle::Store* store_of(ContentFiles& files, const Console& console) {
  if (files.keeper->store() == nullptr)
    console.problem("content.bundle_dir is not set, so that no content is kept");
  return files.keeper->store();
}

// The bundle that the options name.
gov::Result<Shared> choose(bundle::Store& store, const ContentOptions& options) {
  if (options.at.empty()) return store.find(options.snapshot.empty() ? "newest" : options.snapshot);
  const auto time = from_rfc3339(options.at);
  if (!time)
    return gov::invalid("--at: " + options.at +
                        " is no time such as 2026-01-31 or 2026-01-31T09:30:00Z");
  return store.at(*time);
}

// Found by the names that clients use, so the documents are read as a server reads them.
gov::Result<Entry> find_document(const ContentFiles& files, const Bundle& bundle,
                                 const std::string& name) {
  auto documents = files.keeper->documents_of(bundle);
  if (!documents) return documents.status();
  const auto snapshot = content::Snapshot::build(std::move(*documents), kind_rules(files.config));
  const content::Resolution found = snapshot->resolve({}, name);
  if (!found) {
    std::string message = found.ambiguous() ? "several documents are called " + name + ":"
                                            : "no document of the bundle is called " + name;
    for (const content::Document* each : found.candidates)
      message += " " + each->provenance.source + ":" + each->provenance.key;
    return gov::not_found(message);
  }
  const content::Provenance& from = found.document->provenance;
  for (const Entry& entry : bundle.manifest().entries)
    if (entry.source == from.source && entry.key == from.key) return entry;
  return gov::internal(from.key);
}

json describe(const Bundle& bundle) {
  const bundle::Manifest& manifest = bundle.manifest();
  return {{"sequence", manifest.sequence}, {"accepted_at", to_rfc3339(manifest.accepted_at)},
          {"snapshot", manifest.digest},   {"documents", manifest.entries.size()},
          {"signed", bundle.is_signed()},  {"key", bundle.key_id()}};
}

json verify_one(const std::string& path, const bundle::Trust& trust) {
  const auto bundle = Bundle::open(path, trust);
  const gov::Status good = bundle ? bundle->verify() : bundle.status();
  json out = bundle ? describe(*bundle) : json::object();
  out["file"] = path;
  out["good"] = good.ok();
  if (!good.ok()) out["problem"] = good.message();
  return out;
}

}  // namespace

std::unique_ptr<ContentFiles> open_files(const ContentOptions& options, const Console& console) {
  config::Loaded loaded = options.config.load();
  std::vector<std::string> problems;
  for (const config::Fault& fault : loaded.faults) problems.push_back(fault.text());
  std::unique_ptr<ContentFiles> files;
  if (loaded.config) {
    files = std::make_unique<ContentFiles>(std::move(*loaded.config));
    files->keeper = BundleKeeper::build(files->config, files->log.log, problems);
  }
  if (problems.empty()) return files;
  console.problems(problems);
  return nullptr;
}

int content_show(const ContentOptions& options, const Console& console) {
  const auto files = open_files(options, console);
  bundle::Store* const store = files ? store_of(*files, console) : nullptr;
  if (store == nullptr) return kBadConfig;
  const auto bundle = choose(*store, options);
  if (!bundle) return failed(console, bundle.status());
  const auto entry = find_document(*files, **bundle, options.names.front());
  if (!entry) return failed(console, entry.status());
  const auto text = (*bundle)->read(*entry);
  if (!text) return failed(console, text.status());
  if (!options.as_json) {
    console.out(*text);
    return kOk;
  }
  json out = describe(**bundle);
  out["source"] = entry->source;
  out["key"] = entry->key;
  out["sha256"] = entry->sha256;
  out["version"] = entry->version;
  out["link"] = entry->link;
  out["fetched_at"] = to_rfc3339(entry->fetched_at);
  out["text"] = *text;
  console.line(out.dump(-1, ' ', false, json::error_handler_t::replace));
  return kOk;
}

int content_verify(const ContentOptions& options, const Console& console) {
  const auto files = open_files(options, console);
  if (!files) return kBadConfig;
  std::vector<std::string> paths = options.names;
  if (paths.empty()) {
    bundle::Store* const store = store_of(*files, console);
    if (store == nullptr) return kBadConfig;
    gov::Status why;
    for (const bundle::Listed& each : store->list(&why)) paths.push_back(each.path);
    if (!why.ok()) return failed(console, why);
  }
  const bundle::Trust trust =
      files->keeper->store() ? files->keeper->store()->settings().trust : bundle::Trust{};
  json all = json::array();
  bool good = true;
  for (const std::string& path : paths) {
    all.push_back(verify_one(path, trust));
    const json& one = all.back();
    good = good && one["good"] == true;
    if (options.as_json) continue;
    if (one["good"] == true)
      console.line("good  " + path + "  " + one["accepted_at"].get<std::string>() + "  " +
                   one["documents"].dump() + " documents" +
                   (one["signed"] == true ? ", signed" : ""));
    else
      console.line("BAD   " + path + "  " + one["problem"].get<std::string>());
  }
  if (options.as_json) console.line(json{{"good", good}, {"bundles", all}}.dump());
  if (paths.empty() && !options.as_json) console.line("there is no bundle");
  return good ? kOk : kBroken;
}

int content_lint(const ContentOptions& options, const Console& console) {
  const config::Loaded loaded = options.config.load();
  std::vector<std::string> problems;
  for (const config::Fault& fault : loaded.faults) problems.push_back(fault.text());
  if (!loaded.config) return console.problems(problems);
  LogStream stream(Level::kError);
  const gov_stdio_v1 no_stdio{sizeof no_stdio, -1, -1, 0};
  const auto runtime = Runtime::build(std::move(loaded), stream.log, no_stdio, Extent::kNoTransports,
                                      mcp::offer(mcp::product_features), problems);
  if (!runtime || !runtime->load_content(problems)) return console.problems(problems);
  const auto snapshot = runtime->setup()->content().engine().current();
  bool skipped = false;
  json notes = json::array();
  for (const content::Note& note : snapshot->notes()) {
    skipped = skipped || note.skipped;
    if (!options.as_json)
      console.line((note.skipped ? "not served  " : "fault       ") + note.source + "  " +
                   note.message);
    notes.push_back({{"source", note.source},
                     {"key", note.key},
                     {"line", note.line},
                     {"skipped", note.skipped},
                     {"message", note.message}});
  }
  const std::size_t documents = snapshot->documents().size();
  if (options.as_json)
    console.line(json{{"documents", documents}, {"notes", notes}}.dump(
        -1, ' ', false, json::error_handler_t::replace));
  else
    console.line(std::to_string(documents) + " documents, " + std::to_string(notes.size()) +
                 " remarks");
  return skipped ? kBadConfig : notes.empty() ? kOk : kToolError;
}

int content_bundle(const ContentOptions& options, const Console& console) {
  const auto files = open_files(options, console);
  bundle::Store* const store = files ? store_of(*files, console) : nullptr;
  if (store == nullptr) return kBadConfig;
  const auto bundle = choose(*store, options);
  if (!bundle) return failed(console, bundle.status());
  const std::string path = std::filesystem::absolute(options.output).string();
  if (const gov::Status copied = (*bundle)->copy_to(path, store->settings().key); !copied.ok())
    return failed(console, copied);
  json out = describe(**bundle);
  out["file"] = path;
  console.line(options.as_json ? out.dump()
                               : path + ": " + out["documents"].dump() + " documents of " +
                                     out["accepted_at"].get<std::string>());
  return kOk;
}

int content_import(const ContentOptions& options, const Console& console) {
  const auto files = open_files(options, console);
  bundle::Store* const store = files ? store_of(*files, console) : nullptr;
  if (store == nullptr) return kBadConfig;
  const auto bundle = store->import(options.names.front());
  if (!bundle) {
    console.problem(bundle.status().message());
    return bundle.status().code() == GOV_UNAVAILABLE ? kBadConfig : kBroken;
  }
  json out = describe(**bundle);
  out["served"] = false;
  const auto served = ops::ask(files->config.ops.control,
                               {{"verb", "content.import"}, {"bundle", out["snapshot"]}});
  out["served"] = served.ok();
  // Without a server the next start finds it.
  if (!served && served.status().code() != GOV_UNAVAILABLE) return failed(console, served.status());
  console.line(options.as_json ? out.dump()
                               : "imported " + out["documents"].dump() + " documents of " +
                                     out["accepted_at"].get<std::string>() +
                                     (served ? ", they are served" : ", for the next start") +
                                     (store->settings().trust.empty()
                                          ? "; no signature was asked for (content.trusted_keys)"
                                          : ""));
  return kOk;
}

}  // namespace govhost::app
