// A source whose plugin could not start: it is made when it can be, so that a server which serves
// the last good content need not be restarted for it.
#pragma once

#include <gov/status.hpp>

#include <functional>
#include <memory>
#include <string_view>

#include "app/instances.h"
#include "plugin/adapters.h"

namespace govhost::app {

// One thread at a time, but for watch() beside the others.
class LateSource final : public plugin::Source {
 public:
  // Makes and starts the instance.
  using Make = std::function<gov::Result<HeldInstance>()>;

  // `why`: the reason that the first list() gives, because it was tried just now.
  LateSource(gov::Status why, Make make) : why_(std::move(why)), make_(std::move(make)) {}
  ~LateSource() override;

  gov::Status list(plugin::CallContext& call, const OnHead& on_head) override;
  gov::Status fetch(plugin::CallContext& call, std::string_view key, const OnHead& on_head,
                    const OnBody& on_body) override;
  bool watches() const override { return source_ && source_->watches(); }
  gov::Status watch(plugin::CallContext& call, const std::function<void()>& changed) override {
    return source_->watch(call, changed);
  }

 private:
  gov::Status why_;
  const Make make_;
  std::shared_ptr<plugin::Instance> instance_;
  std::unique_ptr<plugin::Source> source_;  // null: not made yet
};

}  // namespace govhost::app
