#include "app/late_source.h"

#include <utility>

namespace govhost::app {

LateSource::~LateSource() {
  source_.reset();
  if (instance_) instance_->stop();
}

gov::Status LateSource::list(plugin::CallContext& call, const OnHead& on_head) {
  if (gov::Status why = std::exchange(why_, {}); !why.ok()) return why;
  if (!source_) {
    auto made = make_();
    if (!made) return made.status();
    instance_ = std::move(made->instance);
    source_ = plugin::local_source(*instance_);
  }
  return source_->list(call, on_head);
}

gov::Status LateSource::fetch(plugin::CallContext& call, std::string_view key,
                              const OnHead& on_head, const OnBody& on_body) {
  return source_ ? source_->fetch(call, key, on_head, on_body)
                 : gov::internal("fetch() before list()");
}

}  // namespace govhost::app
