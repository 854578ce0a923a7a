// For a plugin's own tests: a host, a configuration, calls and sinks that record, and a loader for
// the built .so. Needs nothing but the SDK and libdl; works with any test framework.
//
//   gov::testing::Host host;
//   gov::testing::Config config;
//   config.set("path", "/srv/policies");
//   auto plugin = gov::testing::Loaded::open(PLUGIN_FILE, "directory", host, config);
//   gov::testing::Documents got;
//   plugin.source().list(plugin.instance(), gov::testing::Call().raw(), got.sink(),
//   plugin.error());
#pragma once

#include <gov/abi.h>
#include <gov/own_call.hpp>
#include <gov/status.hpp>

#include <dlfcn.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gov::testing {

// The options an instance is created with. Dotted names make nested objects.
class Config {
 public:
  Config& set(const std::string& name, std::string_view value) {
    return put(name, std::string(value), quoted(value));
  }
  Config& set(const std::string& name, const char* value) {
    return set(name, std::string_view(value));
  }
  Config& set(const std::string& name, std::int64_t value) {
    return put(name, std::to_string(value), std::to_string(value));
  }
  Config& set(const std::string& name, int value) { return set(name, std::int64_t{value}); }
  Config& set(const std::string& name, bool value) {
    return put(name, value ? "true" : "false", value ? "true" : "false");
  }
  // An array or object, as JSON text; reachable through `json` only.
  Config& set_json(const std::string& name, std::string json) {
    options_[name] = {"", std::move(json), false};
    return *this;
  }

  const gov_config* raw() {
    json_ = object("");
    raw_ = {sizeof raw_, 0, this, to_c(json_), [](const gov_config* config, gov_str name) {
              const auto& options = static_cast<Config*>(config->ctx)->options_;
              const auto found = options.find(std::string(to_cpp(name)));
              if (found == options.end() || !found->second.scalar) return gov_str{nullptr, 0};
              return to_c(found->second.text);
            }};
    return &raw_;
  }

 private:
  struct Option {
    std::string text, json;
    bool scalar = true;
  };

  Config& put(const std::string& name, std::string text, std::string json) {
    options_[name] = {std::move(text), std::move(json), true};
    return *this;
  }
  static std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  }
  std::string object(const std::string& prefix) const {
    std::string out = "{";
    std::string last_group;
    for (const auto& [name, option] : options_) {
      if (name.compare(0, prefix.size(), prefix) != 0) continue;
      const std::string rest = name.substr(prefix.size());
      const std::size_t dot = rest.find('.');
      const std::string key = rest.substr(0, dot);
      if (dot != std::string::npos && key == last_group) continue;
      if (out.size() > 1) out += ',';
      out +=
          quoted(key) + ":" + (dot == std::string::npos ? option.json : object(prefix + key + "."));
      last_group = dot == std::string::npos ? "" : key;
    }
    return out + "}";
  }

  std::map<std::string, Option> options_;
  std::string json_;
  gov_config raw_{};
};

// A host that records what the plugin logs and measures. Safe to use from several threads.
class Host {
 public:
  struct Record {
    std::int32_t level;
    std::string text;
    std::map<std::string, std::string> fields;
  };

  Host() {
    raw_ = {sizeof raw_,
            GOV_ABI_MAJOR,
            GOV_ABI_MINOR,
            this,
            [](const gov_host*, std::int32_t) { return true; },
            [](const gov_host* h, std::int32_t level, gov_str text, const gov_pair* fields,
               std::uint64_t n) { self(h).log(level, to_cpp(text), fields, n); },
            [](const gov_host* h, std::int32_t kind, gov_str name, double value, const gov_pair*,
               std::uint64_t) { self(h).metric(kind, to_cpp(name), value); },
            [](const gov_host* h, gov_str name, void* ctx, void (*use)(void*, gov_bytes),
               gov_error*) { return self(h).secret(to_cpp(name), ctx, use); },
            [](const gov_host* h, const char* id) -> const void* {
              const auto& granted = self(h).services;
              const auto found = granted.find(id);
              return found == granted.end() ? nullptr : found->second;
            }};
  }
  Host(const Host&) = delete;

  std::map<std::string, std::string> secrets;   // by option name
  std::map<std::string, const void*> services;  // by id

  const gov_host* raw() const { return &raw_; }
  std::vector<Record> records() const {
    const std::lock_guard lock(mutex_);
    return records_;
  }
  double metric_value(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = metrics_.find(name);
    return found == metrics_.end() ? 0 : found->second;
  }
  // Whether the text stands in any log record: for canary tests of secrets.
  bool logged(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    for (const Record& r : records_) {
      if (r.text.find(text) != std::string::npos) return true;
      for (const auto& [name, value] : r.fields)
        if (value.find(text) != std::string::npos) return true;
    }
    return false;
  }

 private:
  static Host& self(const gov_host* host) { return *static_cast<Host*>(host->ctx); }
  void log(std::int32_t level, std::string_view text, const gov_pair* fields, std::uint64_t n) {
    Record record{level, std::string(text), {}};
    for (std::uint64_t i = 0; i < n; ++i)
      record.fields.emplace(to_cpp(fields[i].name), to_cpp(fields[i].value));
    const std::lock_guard lock(mutex_);
    records_.push_back(std::move(record));
  }
  void metric(std::int32_t kind, std::string_view name, double value) {
    const std::lock_guard lock(mutex_);
    double& held = metrics_[std::string(name)];
    held = kind == GOV_COUNTER ? held + value : value;
  }
  gov_status secret(std::string_view name, void* ctx, void (*use)(void*, gov_bytes)) {
    const auto found = secrets.find(std::string(name));
    if (found == secrets.end()) return GOV_NOT_FOUND;
    use(ctx, to_bytes(found->second));
    return GOV_OK;
  }

  gov_host raw_{};
  mutable std::mutex mutex_;
  std::vector<Record> records_;
  std::map<std::string, double> metrics_;
};

// A call that can be cancelled from any thread.
class Call : public OwnCall {
 public:
  explicit Call(std::chrono::nanoseconds timeout = std::chrono::seconds(30))
      : OwnCall(timeout, "test-request") {}
};

// Collects documents; can refuse after a number of sink calls.
class Documents {
 public:
  struct Document {
    std::string key, version, title, media_type, link, body;
    std::int64_t modified_ms = 0;
    std::map<std::string, std::string> attributes;
  };
  std::vector<Document> all;
  std::size_t refuse_after = SIZE_MAX;  // sink calls
  gov_status refusal = GOV_CANCELLED;

  const gov_document_sink* sink() {
    raw_ = {sizeof raw_, 0, this,
            [](void* ctx, const gov_document* d) { return static_cast<Documents*>(ctx)->head(*d); },
            [](void* ctx, const void* data, std::uint64_t n) {
              return static_cast<Documents*>(ctx)->body(static_cast<const char*>(data), n);
            }};
    return &raw_;
  }

 private:
  gov_status head(const gov_document& d) {
    if (calls_++ >= refuse_after) return refusal;
    Document doc{std::string(to_cpp(d.key)),
                 std::string(to_cpp(d.version)),
                 std::string(to_cpp(d.title)),
                 std::string(to_cpp(d.media_type)),
                 std::string(to_cpp(d.link)),
                 {},
                 d.modified_ms,
                 {}};
    for (std::uint64_t i = 0; i < d.attribute_count; ++i)
      doc.attributes.emplace(to_cpp(d.attributes[i].name), to_cpp(d.attributes[i].value));
    all.push_back(std::move(doc));
    return GOV_OK;
  }
  gov_status body(const char* data, std::uint64_t n) {
    if (calls_++ >= refuse_after) return refusal;
    all.back().body.append(data, static_cast<std::size_t>(n));
    return GOV_OK;
  }

  gov_document_sink raw_{};
  std::size_t calls_ = 0;
};

// Collects hits.
class Hits {
 public:
  struct Hit {
    std::string id;
    float score;
    std::vector<std::pair<std::size_t, std::size_t>> matches;
    std::vector<std::pair<std::string, double>> parts;
  };
  std::vector<Hit> all;
  std::uint64_t total = 0;

  const gov_hit_sink* sink() {
    raw_ = {sizeof raw_, 0, this,
            [](void* ctx, const gov_hit* h) {
              Hit hit{std::string(to_cpp(h->id)), h->score, {}, {}};
              for (std::uint64_t i = 0; i < h->match_count; ++i)
                hit.matches.emplace_back(h->matches[i].begin, h->matches[i].end);
              for (std::uint64_t i = 0; GOV_HAS(h, part_count) && i < h->part_count; ++i)
                hit.parts.emplace_back(to_cpp(h->parts[i].what), h->parts[i].value);
              static_cast<Hits*>(ctx)->all.push_back(std::move(hit));
              return gov_status{GOV_OK};
            },
            [](void* ctx, std::uint64_t n) {
              static_cast<Hits*>(ctx)->total = n;
              return gov_status{GOV_OK};
            }};
    return &raw_;
  }

 private:
  gov_hit_sink raw_{};
};

// A plugin file opened as a host opens it, with one instance. Throws std::runtime_error with the
// plugin's own words when something fails. Never unloads the file.
class Loaded {
 public:
  static const gov_component& component(const std::string& file, std::string_view name) {
    void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) throw std::runtime_error(dlerror());
    const auto* const entry = static_cast<const gov_plugin_entry*>(dlsym(handle, GOV_ENTRY_SYMBOL));
    if (!entry) throw std::runtime_error(file + " does not export " GOV_ENTRY_SYMBOL);
    for (std::uint32_t i = 0; i < entry->component_count; ++i)
      if (entry->components[i]->name == name) return *entry->components[i];
    throw std::runtime_error(file + " has no component named " + std::string(name));
  }
  static Loaded open(const std::string& file, std::string_view name, const Host& host,
                     Config& config) {
    Loaded loaded(component(file, name));
    const gov_status made =
        loaded.component_->create(host.raw(), config.raw(), &loaded.error_, &loaded.instance_);
    if (made != GOV_OK) throw std::runtime_error(loaded.error_.message);
    return loaded;
  }
  Loaded(Loaded&& other) noexcept
      : component_(other.component_), instance_(std::exchange(other.instance_, nullptr)) {}
  ~Loaded() {
    if (!instance_) return;
    if (instance_->stop) instance_->stop(instance_);
    instance_->destroy(instance_);
  }

  gov_status start(const Call& call) {
    return instance_->start ? instance_->start(instance_, call.raw(), &error_) : gov_status{GOV_OK};
  }
  gov_instance* instance() const { return instance_; }
  gov_error* error() { return &error_; }
  const gov_source_v1& source() const {
    return *static_cast<const gov_source_v1*>(instance_->vtable);
  }
  const gov_search_v1& search() const {
    return *static_cast<const gov_search_v1*>(instance_->vtable);
  }
  const gov_auth_v1& auth() const { return *static_cast<const gov_auth_v1*>(instance_->vtable); }
  const gov_secrets_v1& secrets() const {
    return *static_cast<const gov_secrets_v1*>(instance_->vtable);
  }
  const gov_transport_v1& transport() const {
    return *static_cast<const gov_transport_v1*>(instance_->vtable);
  }

 private:
  explicit Loaded(const gov_component& component) : component_(&component) {}

  const gov_component* component_;
  gov_instance* instance_ = nullptr;
  gov_error error_{sizeof(gov_error), 0, {}};
};

}  // namespace gov::testing
