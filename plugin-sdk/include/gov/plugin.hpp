// C++20 face of gov/abi/base.h. Header-only and compiled into the plugin, so that no C++ type ever
// crosses the binary boundary. Include the header of your kind: source, search, auth, transport.
#pragma once

#include <gov/abi/base.h>
#include <gov/status.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gov {

// A named value for logs, metrics and attributes; views live for the call that takes them.
struct Field {
  std::string_view name, value;
};

namespace detail {

class Pairs {
 public:
  explicit Pairs(std::initializer_list<Field> fields) {
    pairs_.reserve(fields.size());
    for (const Field& f : fields) pairs_.push_back({to_c(f.name), to_c(f.value)});
  }
  const gov_pair* data() const { return pairs_.data(); }
  std::uint64_t size() const { return pairs_.size(); }

 private:
  std::vector<gov_pair> pairs_;
};

// What a gov_error says, as a Status.
inline Status from_error(gov_status code, const gov_error& error) {
  if (code == GOV_OK) return {};
  const std::size_t n = strnlen(error.message, sizeof error.message);
  return Status(code, std::string(error.message, n))
      .with_retry_after(std::chrono::milliseconds(error.retry_after_ms));
}

}  // namespace detail

// The options of this instance, already checked against the component's JSON Schema. Views are
// valid during create() only.
class Config {
 public:
  explicit Config(const gov_config& raw) : raw_(raw) {}

  // A scalar by dotted name; nullopt when the option is absent and has no default.
  std::optional<std::string_view> text(std::string_view name) const {
    const gov_str value = raw_.text(&raw_, to_c(name));
    return value.ptr ? std::optional(to_cpp(value)) : std::nullopt;
  }
  std::string text_or(std::string_view name, std::string_view otherwise) const {
    return std::string(text(name).value_or(otherwise));
  }
  // The option as an integer, or `otherwise` when it is absent or not entirely a number.
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const {
    const auto value = text(name);
    std::int64_t number = 0;
    if (!value) return otherwise;
    const char* const end = value->data() + value->size();
    const auto [stop, fault] = std::from_chars(value->data(), end, number);
    return fault == std::errc{} && stop == end ? number : otherwise;
  }
  bool flag(std::string_view name, bool otherwise) const {
    const auto value = text(name);
    return value ? *value == "true" : otherwise;
  }
  // All options as one JSON object, for nested ones.
  std::string_view json() const { return to_cpp(raw_.json); }

 private:
  const gov_config& raw_;
};

// One request. Ask cancelled() in loops; hand cancel_fd() to poll(2) when waiting.
class Call {
 public:
  explicit Call(const gov_call& raw) : raw_(raw) {}

  bool cancelled() const { return raw_.cancelled(&raw_); }
  int cancel_fd() const { return raw_.cancel_fd(&raw_); }
  std::chrono::nanoseconds remaining() const {
    return std::chrono::nanoseconds(raw_.deadline_ns) -
           std::chrono::steady_clock::now().time_since_epoch();
  }
  std::string_view request_id() const { return to_cpp(raw_.request_id); }
  std::string_view traceparent() const { return to_cpp(raw_.traceparent); }
  std::string_view subject() const { return to_cpp(raw_.subject); }
  // Answer from memory or return gov::would_block(); see GOV_ANSWERS_AT_ONCE.
  bool at_once() const { return (raw_.flags & GOV_CALL_AT_ONCE) != 0; }
  const gov_call* raw() const { return &raw_; }

 private:
  const gov_call& raw_;
};

// What the host offers this instance. Copyable; valid until the instance is destroyed.
class Host {
 public:
  explicit Host(const gov_host* raw) : raw_(raw) {}

  bool log_on(std::int32_t level) const { return raw_->log_on(raw_, level); }
  void log(std::int32_t level, std::string_view text,
           std::initializer_list<Field> fields = {}) const {
    if (!log_on(level)) return;
    const detail::Pairs pairs(fields);
    raw_->log(raw_, level, to_c(text), pairs.data(), pairs.size());
  }
  void debug(std::string_view t, std::initializer_list<Field> f = {}) const {
    log(GOV_LOG_DEBUG, t, f);
  }
  void info(std::string_view t, std::initializer_list<Field> f = {}) const {
    log(GOV_LOG_INFO, t, f);
  }
  void warn(std::string_view t, std::initializer_list<Field> f = {}) const {
    log(GOV_LOG_WARN, t, f);
  }
  void error(std::string_view t, std::initializer_list<Field> f = {}) const {
    log(GOV_LOG_ERROR, t, f);
  }

  void count(std::string_view name, double delta = 1,
             std::initializer_list<Field> labels = {}) const {
    metric(GOV_COUNTER, name, delta, labels);
  }
  void gauge(std::string_view name, double value, std::initializer_list<Field> labels = {}) const {
    metric(GOV_GAUGE, name, value, labels);
  }
  void observe(std::string_view name, double value,
               std::initializer_list<Field> labels = {}) const {
    metric(GOV_HISTOGRAM, name, value, labels);
  }

  // Calls use(std::string_view value) with the secret that the option `name` refers to.
  template <class Use>
  Status secret(std::string_view name, Use use) const {
    gov_error error{sizeof error, 0, {}};
    const gov_status code = raw_->secret(
        raw_, to_c(name), &use,
        [](void* ctx, gov_bytes value) { (*static_cast<Use*>(ctx))(to_cpp(value)); }, &error);
    return detail::from_error(code, error);
  }

  // A service of the host by id, or nullptr when it was not granted.
  template <class Table>
  const Table* service(const char* id) const {
    return static_cast<const Table*>(raw_->service(raw_, id));
  }
  const gov_host* raw() const { return raw_; }

 private:
  void metric(std::int32_t kind, std::string_view name, double value,
              std::initializer_list<Field> labels) const {
    const detail::Pairs pairs(labels);
    raw_->metric(raw_, kind, to_c(name), value, pairs.data(), pairs.size());
  }

  const gov_host* raw_;
};

// What all kinds of plugin have in common. Override what you need.
class Plugin {
 public:
  Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  virtual ~Plugin() = default;

  // [worker] Once, before any other use: network and threads belong here.
  virtual Status start(const Call&) { return {}; }
  // [control] No thread of the plugin runs once this has returned.
  virtual void stop() {}
  // [any] A further C interface by id, for example GOV_EXT_WATCH; nullptr: not offered.
  virtual const void* extension(std::string_view /*id*/) { return nullptr; }
};

namespace detail {

inline gov_status report(const Status& status, gov_error* error) noexcept {
  if (error && !status.ok()) {
    const std::string& text = status.message();
    std::size_t n = std::min(text.size(), sizeof error->message - 1);
    // Cut between characters: half of one would not be UTF-8.
    while (n > 0 && n < text.size() && (static_cast<unsigned char>(text[n]) & 0xc0u) == 0x80u) --n;
    std::memcpy(error->message, text.data(), n);
    error->message[n] = '\0';
    if (GOV_HAS(error, retry_after_ms))
      error->retry_after_ms = static_cast<std::int32_t>(status.retry_after().count());
  }
  return status.code();
}

inline gov_status report_fault(const char* what, gov_error* error) noexcept {
  if (error) {
    const std::size_t n = std::min(std::strlen(what), sizeof error->message - 1);
    std::memcpy(error->message, what, n);
    error->message[n] = '\0';
  }
  return GOV_INTERNAL;
}

// The one place where exceptions stop: everything that crosses the boundary runs inside it.
template <class Body>
gov_status guarded(gov_error* error, Body&& body) noexcept {
  try {
    return report(std::forward<Body>(body)(), error);
  } catch (const std::exception& e) {
    return report_fault(e.what(), error);
  } catch (...) {
    return report_fault("the plugin threw something that is not a std::exception", error);
  }
}

// The C instance with the C++ object it stands for. Base is the class of the kind (gov::Source).
template <class Base>
struct Instance : gov_instance {
  std::unique_ptr<Base> object;
  static Base& of(gov_instance* instance) { return *static_cast<Instance*>(instance)->object; }
};

template <class Base>
const void* extension_of(gov_instance* instance, const char* id) noexcept {
  const void* found = nullptr;
  (void)guarded(nullptr, [&] {
    found = Instance<Base>::of(instance).extension(id);
    return Status();
  });
  return found;
}

template <class Object>
gov_status create(const gov_host* host, const gov_config* config, gov_error* error,
                  gov_instance** out) noexcept {
  using Base = typename Object::KindBase;
  return guarded(error, [&]() -> Status {
    Result<std::unique_ptr<Object>> made = Object::create(Host(host), Config(*config));
    if (!made) return made.status();
    auto instance = std::make_unique<Instance<Base>>();
    static_cast<gov_instance&>(*instance) =
        gov_instance{sizeof(gov_instance),
                     0,
                     instance.get(),
                     Base::table(),
                     &extension_of<Base>,
                     [](gov_instance* i, const gov_call* call, gov_error* e) noexcept {
                       return guarded(e, [&] { return Instance<Base>::of(i).start(Call(*call)); });
                     },
                     [](gov_instance* i) noexcept {
                       (void)guarded(nullptr, [&] {
                         Instance<Base>::of(i).stop();
                         return Status();
                       });
                     },
                     [](gov_instance* i) noexcept {
                       (void)guarded(nullptr, [&] {
                         delete static_cast<Instance<Base>*>(i);
                         return Status();
                       });
                     }};
    instance->object = std::move(*made);
    *out = instance.release();
    return {};
  });
}

template <std::size_t N>
struct ComponentTable {
  const gov_component* entries[N];
  constexpr explicit ComponentTable(const gov_component (&components)[N]) : entries{} {
    for (std::size_t i = 0; i < N; ++i) entries[i] = &components[i];
  }
};

}  // namespace detail

// What `govhost plugin info` shows, and the schema that options are checked against.
struct Description {
  const char* name;
  const char* version;
  const char* summary;
  const char* config_schema = nullptr;
  std::uint32_t flags = 0;  // GOV_SERIAL, GOV_NEVER_BLOCKS, GOV_ANSWERS_AT_ONCE
};

// Object derives from gov::Source, gov::Search, gov::Auth or gov::Transport and has
//   static gov::Result<std::unique_ptr<Object>> create(gov::Host, const gov::Config&);
template <class Object>
requires std::derived_from<Object, Plugin>
constexpr gov_component component(Description d) {
  return {
      sizeof(gov_component),  d.flags, Object::kKind, d.name, d.version, d.summary, d.config_schema,
      &detail::create<Object>};
}

}  // namespace gov

// Defines the only symbol a plugin exports. Takes one or more gov::component<...>(...). Everything
// is constant-initialised: loading a plugin runs none of the SDK's code.
#define GOV_PLUGIN(...)                                                                     \
  namespace {                                                                               \
  constinit const gov_component gov_components_[] = {__VA_ARGS__};                          \
  constinit const gov::detail::ComponentTable gov_table_(gov_components_);                  \
  }                                                                                         \
  extern "C" __attribute__((visibility("default"),                                          \
                            used)) constinit const gov_plugin_entry gov_plugin_entry_v1 = { \
      GOV_ENTRY_MAGIC,                                                                      \
      GOV_ABI_MAJOR,                                                                        \
      GOV_ABI_MINOR,                                                                        \
      0,                                                                                    \
      0,                                                                                    \
      sizeof(gov_plugin_entry),                                                             \
      sizeof gov_components_ / sizeof gov_components_[0],                                   \
      gov_table_.entries}
