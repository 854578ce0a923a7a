#include "plugin/instance.h"

#include <nlohmann/json.hpp>

#include <deque>
#include <utility>

#include "plugin/crossing.h"

namespace govhost::plugin {
namespace {

using nlohmann::json;

// The scalar at a dotted name, or nullptr.
const json* scalar_at(const json& options, std::string_view dotted) {
  const json* at = &options;
  while (!dotted.empty()) {
    const std::size_t dot = dotted.find('.');
    const auto found = at->is_object() ? at->find(dotted.substr(0, dot)) : at->end();
    if (!at->is_object() || found == at->end()) return nullptr;
    at = &*found;
    dotted = dot == std::string_view::npos ? std::string_view{} : dotted.substr(dot + 1);
  }
  return at->is_primitive() && !at->is_null() ? at : nullptr;
}

// Answers gov_config.text during create(); keeps the texts that it made.
struct ConfigView {
  const json& options;
  std::string dumped;
  std::deque<std::string> texts;
  gov_config raw{};

  explicit ConfigView(const json& o) : options(o), dumped(o.dump()) {
    raw = {sizeof raw, 0, this, gov::to_c(dumped), [](const gov_config* config, gov_str name) {
             return static_cast<ConfigView*>(config->ctx)->text(gov::to_cpp(name));
           }};
  }
  gov_str text(std::string_view name) {
    const json* value = scalar_at(options, name);
    if (!value) return {nullptr, 0};
    return gov::to_c(
        texts.emplace_back(value->is_string() ? value->get<std::string>() : value->dump()));
  }
};

}  // namespace

gov::Result<std::unique_ptr<Instance>> Instance::create(const gov_component& component,
                                                        std::string name, const json& options,
                                                        Log& log, Granted granted) {
  std::unique_ptr<Instance> made(new Instance(component, std::move(name)));
  made->services_ = std::make_unique<HostServices>(
      log, made->name_,
      [options](std::string_view option) -> std::string {
        const json* value = scalar_at(options, option);
        return value && value->is_string() ? value->get<std::string>() : std::string();
      },
      granted.secrets);
  if (granted.stdio) made->services_->grant(GOV_SERVICE_STDIO, granted.stdio);
  if (granted.http) made->services_->grant_http(std::move(granted.http));

  ConfigView view(options);
  const gov::Status created = crossing(made->name_, "create", [&](gov_error* error) {
    return component.create(made->services_->table(), &view.raw, error, &made->raw_);
  });
  if (!created.ok()) {
    made->raw_ = nullptr;  // whatever the plugin left there on failure is not an instance
    return created;
  }
  const gov_instance* const raw = made->raw_;
  if (!raw || !GOV_HAS(raw, destroy) || !raw->vtable || !raw->destroy) {
    made->raw_ = nullptr;
    return gov::internal(made->name_ +
                         " broke the contract: create returned an incomplete instance");
  }
  return made;
}

Instance::~Instance() {
  stop();
  if (raw_) raw_->destroy(raw_);
}

gov::Status Instance::start(CallContext& call) {
  if (!raw_->start) return {};
  return crossing(name_, "start",
                  [&](gov_error* error) { return raw_->start(raw_, call.raw(), error); });
}

void Instance::stop() {
  if (stopped_ || !raw_) return;
  stopped_ = true;
  if (raw_->stop) raw_->stop(raw_);
}

Instance::Turn::Turn(Instance& instance, const CallContext& call) {
  if ((instance.component_.flags & GOV_SERIAL) == 0) return;
  lock_ = std::unique_lock(instance.serial_, std::defer_lock);
  granted_ = lock_.try_lock_until(call.deadline());
}

}  // namespace govhost::plugin
