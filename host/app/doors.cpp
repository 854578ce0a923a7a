#include "app/doors.h"

#include <chrono>
#include <optional>
#include <utility>

#include "core/text.h"

namespace govhost::app {
namespace {

// What a chain asks. Let go of by the last request that asks it, so it stops no plugin.
class Doors {
 public:
  Doors(Log& log, Reaper& reaper) : log_(log), reaper_(reaper) {}
  ~Doors() {
    if (revocations_) reaper_.forget(this);
  }
  Doors(const Doors&) = delete;

  void heed(std::unique_ptr<access::Revocations> revocations, bool watch) {
    revocations_ = std::move(revocations);
    if (watch) watch_revocations();
  }

  void ask(std::vector<std::shared_ptr<plugin::Instance>> auth, const config::Config& config) {
    instances_ = std::move(auth);
    std::vector<plugin::Authenticator*> chain;
    for (const auto& instance : instances_)
      chain.push_back(authenticators_.emplace_back(plugin::local_auth(*instance)).get());
    chain_.emplace(std::move(chain),
                   access::Chain::Rules{config.policy.required_scopes, config.policy.local_scopes,
                                        config.host.public_url, revocations_.get()});
  }

  const access::Chain& chain() const { return *chain_; }
  const access::Revocations* revocations() const { return revocations_.get(); }

 private:
  // Once a second: looking costs one stat().
  void watch_revocations() {
    reaper_.at(
        std::chrono::steady_clock::now() + std::chrono::seconds(1),
        [this] {
          const std::size_t before = revocations_->size();
          if (const gov::Status read = revocations_->refresh(); !read.ok())
            log_.error("auth.revocations_unreadable", read.message());
          else if (revocations_->size() != before)
            log_.info("auth.revocations", {},
                      {{"count", static_cast<std::int64_t>(revocations_->size())}});
          watch_revocations();
        },
        this);
  }

  Log& log_;
  Reaper& reaper_;
  std::vector<std::shared_ptr<plugin::Instance>> instances_;
  std::vector<std::unique_ptr<plugin::Authenticator>> authenticators_;
  std::unique_ptr<access::Revocations> revocations_;  // null: nobody is revoked
  std::optional<access::Chain> chain_;
};

std::unique_ptr<access::Revocations> open_revocations(const std::string& file,
                                                      std::vector<std::string>& problems) {
  auto opened = access::Revocations::open(file);
  if (opened) return std::move(*opened);
  problems.push_back("policy.revoked_file: " + opened.status().message());
  return nullptr;
}

}  // namespace

bool check_revocations(const config::Config& config, std::vector<std::string>& problems) {
  const std::string& file = config.policy.revoked_file;
  return file.empty() || open_revocations(file, problems) != nullptr;
}

access::Policy policy_of(const config::Policy& policy) {
  std::vector<access::Policy::Rule> rules;
  for (const config::PolicyRule& rule : policy.rules)
    rules.push_back({rule.origin.text(), rule.scopes, rule.tools, rule.prompts, rule.resources});
  return access::Policy(std::move(rules));
}

std::shared_ptr<const access::Admission> make_doors(const DoorParts& parts,
                                                    std::vector<std::string>& problems) {
  const auto doors = std::make_shared<Doors>(parts.log, parts.reaper);
  if (const std::string& file = parts.config.policy.revoked_file; !file.empty()) {
    auto revocations = open_revocations(file, problems);
    if (!revocations) return nullptr;
    doors->heed(std::move(revocations), parts.watch);
  }
  doors->ask(parts.auth, parts.config);
  return std::make_shared<const access::Admission>(
      access::Admission{std::shared_ptr<const access::Chain>(doors, &doors->chain()), parts.rates,
                        doors->revocations()});
}

std::shared_ptr<access::RateLimits> make_limits(const std::vector<config::Limit>& limits,
                                                const mcp::Offered& offer,
                                                std::vector<std::string>& problems) {
  if (limits.empty()) return nullptr;
  auto rates = std::make_shared<access::RateLimits>();
  for (const config::Limit& limit : limits) {
    access::RateLimit::Settings settings{limit.name, limit.per_second, limit.burst};
    for (const auto& [tool, cost] : limit.cost) {
      settings.cost.emplace(tool, cost);
      if (offer.get()->tool(tool) != nullptr) continue;
      std::vector<std::string_view> tools;
      for (const mcp::Tool& each : offer.get()->features().tools) tools.push_back(each.name);
      const auto meant = nearest(tool, tools);
      problems.push_back(limit.origin.text() + ": limit '" + limit.name +
                         "': cost names no tool: " + tool +
                         (meant ? "; did you mean " + std::string(*meant) + "?" : ""));
    }
    rates->add(
        limit.per_address ? access::RateLimits::Per::kAddress : access::RateLimits::Per::kPrincipal,
        std::move(settings));
  }
  return rates;
}

}  // namespace govhost::app
