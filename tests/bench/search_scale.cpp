// Measures one search plugin over one content and reports as JSON: how long it takes to index, what
// the index needs, and how long a query of ten hits with snippets takes inside the host.
//   bench_search PLUGIN.so OPTIONS_JSON QUERIES DOCUMENTS|FOLDER
// A number makes that many policies; a folder is read as the host reads it.
#include <gov/abi.h>

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "content/snapshot.h"
#include "corpus.h"
#include "observe/line_writer.h"
#include "observe/log.h"
#include "plugin/adapters.h"
#include "plugin/instance.h"
#include "plugin/library.h"
#include "search/feed.h"
#include "search/service.h"

namespace {

using namespace govhost;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kHits = 10;
constexpr std::uint64_t kSeed = 20'260'701;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bench_search: %s\n", what.c_str());
  std::exit(1);
}

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Seconds on a CPU of all threads of this process.
double cpu_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Bytes of a line of /proc/self/status, "VmRSS" or "VmHWM".
double memory(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name)) return std::stod(line.substr(name.size() + 1)) * 1024;
  fail("/proc/self/status has no " + name);
}

double resident() {
  malloc_trim(0);  // what is free does not count
  return memory("VmRSS");
}

content::RawDocument raw(std::string key, std::string bytes) {
  content::RawDocument document;
  document.source = "bench";
  document.key = std::move(key);
  document.bytes = std::move(bytes);
  return document;
}

std::vector<content::RawDocument> read_folder(const std::filesystem::path& root) {
  std::vector<content::RawDocument> documents;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const auto extension = entry.path().extension();
    if (!entry.is_regular_file() || (extension != ".md" && extension != ".yml")) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    documents.push_back(raw(entry.path().lexically_relative(root).generic_string(),
                            {std::istreambuf_iterator<char>(file), {}}));
  }
  return documents;
}

// What is searched and what is asked.
struct Content {
  std::shared_ptr<const content::Snapshot> snapshot;
  std::vector<std::string> queries;
};

// The queries of a folder are headings of its documents: the words of the field, two to six.
std::vector<std::string> headings_of(const content::Snapshot& snapshot, std::size_t count) {
  std::vector<std::string> headings;
  for (const content::Document& document : snapshot.documents()) {
    headings.push_back(document.plain_title);
    for (const content::Section& section : document.sections) headings.push_back(section.heading);
  }
  if (headings.empty()) fail("the folder has no documents");
  std::vector<std::string> queries;
  bench::Random random(kSeed);
  while (queries.size() < count) queries.push_back(headings[random.below(headings.size())]);
  return queries;
}

Content make_content(const std::string& what, std::size_t queries) {
  Content out;
  const std::size_t documents = std::strtoull(what.c_str(), nullptr, 10);
  if (documents == 0) {
    if (!std::filesystem::is_directory(what)) fail(what + " is neither a number nor a folder");
    out.snapshot = content::Snapshot::build(read_folder(what), content::aigf_profile());
    out.queries = headings_of(*out.snapshot, queries);
    return out;
  }
  const bench::Corpus corpus(kSeed);
  std::vector<content::RawDocument> files;
  files.reserve(documents);
  for (std::size_t i = 0; i < documents; ++i) {
    bench::File file = corpus.document(i);
    files.push_back(raw(std::move(file.key), std::move(file.bytes)));
  }
  out.snapshot = content::Snapshot::build(std::move(files), content::aigf_profile());
  for (std::size_t i = 0; i < queries; ++i) out.queries.push_back(corpus.query(i, documents));
  return out;
}

struct Loaded {
  plugin::Libraries libraries;
  LineWriter writer{2};
  Log log{writer, Level::kWarn};
  std::unique_ptr<plugin::Instance> instance;
  std::unique_ptr<plugin::SearchBackend> backend;

  Loaded(const std::string& path, const std::string& options) {
    config::PluginRef ref;
    ref.plugin = path;
    ref.path = std::filesystem::absolute(path).string();
    const auto component = libraries.find(ref, GOV_KIND_SEARCH);
    if (!component) fail(component.status().message());
    auto made = plugin::Instance::create(**component, "search",
                                         nlohmann::json::parse(options, nullptr, false), log, {});
    if (!made) fail(made.status().message());
    instance = std::move(*made);
    plugin::CallContext call(Clock::now() + std::chrono::minutes(1));
    if (gov::Status s = instance->start(call); !s.ok()) fail(s.message());
    backend = plugin::local_search(*instance);
  }
  ~Loaded() { instance->stop(); }
};

plugin::Deadline far() { return Clock::now() + std::chrono::hours(2); }

// Feeds the passages as the host does and returns what that took.
nlohmann::json feed(Loaded& loaded, const Content& content) {
  const search::Index index{content.snapshot, search::Passages(*content.snapshot)};
  double text = 0;
  for (std::size_t i = 0; i < content.snapshot->documents().size(); ++i)
    for (const search::PassageText& passage : index.passages.of(i))
      text += static_cast<double>(passage.text.size() + passage.heading.size());
  plugin::CallContext call(far());
  const double before = resident(), cpu = cpu_time();
  const Clock::time_point start = Clock::now();
  const auto fed = search::feed(*loaded.backend, call, index);
  if (!fed) fail(fed.status().message());
  nlohmann::json out{{"index_seconds", since(start)}, {"index_cpu_seconds", cpu_time() - cpu}};
  out["peak_bytes"] = memory("VmHWM") - before;
  out["index_bytes"] = resident() - before;
  out["passages"] = index.passages.size();
  out["text_bytes"] = text;
  return out;
}

double quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void ask(Loaded& loaded, const Content& content, nlohmann::json& out) {
  std::vector<search::Thesaurus::Text> texts{{search::Thesaurus::builtin(), "thesaurus.toml"}};
  auto thesaurus = search::Thesaurus::parse(texts);
  if (!thesaurus) fail(thesaurus.status().message());
  const search::Vocabulary vocabulary =
      std::async(std::launch::deferred, [&] { return *thesaurus; }).share();
  search::Service service(*loaded.backend, vocabulary);
  plugin::CallContext call(far());
  if (gov::Status s = service.index(call, content.snapshot); !s.ok()) fail(s.message());

  std::vector<double> micros;
  std::size_t hits = 0, snippets = 0;
  const auto round = [&] {
    for (const std::string& text : content.queries) {
      search::Request request;
      request.text = text;
      request.limit = kHits;
      const Clock::time_point start = Clock::now();
      const auto results = service.query(call, request);
      micros.push_back(since(start) * 1e6);
      if (!results) fail("\"" + text + "\": " + results.status().message());
      hits += results->hits.size();
      for (const search::Found& found : results->hits) snippets += found.snippet.empty() ? 0 : 1;
    }
  };
  round();  // caches are warm in a server that is asked
  micros.clear();
  hits = snippets = 0;
  const double cpu = cpu_time();
  round();
  out["query_cpu_micros"] = (cpu_time() - cpu) * 1e6 / static_cast<double>(micros.size());
  std::sort(micros.begin(), micros.end());
  out["p50_micros"] = quantile(micros, 0.5);
  out["p99_micros"] = quantile(micros, 0.99);
  out["worst_micros"] = micros.back();
  out["hits_per_query"] = static_cast<double>(hits) / static_cast<double>(micros.size());
  out["snippets_per_query"] = static_cast<double>(snippets) / static_cast<double>(micros.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) fail("usage: bench_search PLUGIN.so OPTIONS_JSON QUERIES DOCUMENTS|FOLDER");
  const std::size_t queries = std::strtoull(argv[3], nullptr, 10);
  if (queries == 0) fail("the number of queries must be above 0");
  const Content content = make_content(argv[4], queries);
  Loaded loaded(argv[1], argv[2]);
  nlohmann::json out = feed(loaded, content);
  ask(loaded, content, out);
  out["documents"] = content.snapshot->documents().size();
  std::printf("%s\n", out.dump().c_str());
  return 0;
}
