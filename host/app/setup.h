// What a configuration makes that can be replaced while the host serves: who is let in, what
// searches, and where the content comes from.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access/admission.h"
#include "app/bundle_keeper.h"
#include "app/content_control.h"
#include "app/content_service.h"
#include "app/ground.h"
#include "app/instances.h"
#include "config/model.h"
#include "mcp/server.h"
#include "mcp/wiring.h"
#include "search/service.h"

namespace govhost::app {

// Made, started, opened and put into service by one thread; then any thread may look at it. Its end
// stops the plugins that no later configuration uses: let the disposer own it.
class Setup {
 public:
  struct Given {
    Ground& ground;
    std::shared_ptr<const config::Config> config;
    std::vector<config::Setting> settings;  // the host's own
    mcp::Offered offer;
    const gov_stdio_v1* stdio = nullptr;
  };
  // Makes every instance, all before the first is started, so that every mistake in the
  // configuration shows in one run and nothing has happened yet. What `before` has and is
  // configured alike is used on. Null after adding to `problems`.
  static std::unique_ptr<Setup> make(const Given& given, const Setup* before,
                                     std::vector<std::string>& problems);
  ~Setup();
  Setup(const Setup&) = delete;

  // What is new of it. False after adding to `problems`.
  bool start(std::vector<std::string>& problems);
  // Who is let in, and what answers are made with.
  bool wire(std::vector<std::string>& problems);
  // The content; `before`: that of the configuration in force, which goes on unless this one says
  // something else about it.
  void open(mcp::Server& server, const Setup* before);

  // Reads the first content and puts it into service; false after adding to `problems`.
  bool load(std::vector<std::string>& problems);
  // Reads and indexes what is new; false after adding to `problems`. Nothing of it is in service.
  bool prepare(const Setup& before, std::vector<std::string>& problems);
  // Puts it into service in place of `before`. `rewire` at the moment from which on it counts.
  void take_over(Setup& before, const std::function<void()>& rewire);
  // Gives up what is read or indexed, then stops every instance, the last one first.
  void stop();

  const config::Config& config() const { return *given_.config; }
  // Of the host's keys.
  const std::vector<config::Setting>& own_settings() const { return given_.settings; }
  // With the options of the plugins.
  const std::vector<config::Setting>& settings() const { return settings_; }
  const std::shared_ptr<const access::Admission>& admission() const { return admission_; }
  const std::shared_ptr<const mcp::Wiring>& wiring() const { return wiring_; }
  ContentService& content() const { return *content_->service; }
  ContentControl& control() const { return *content_->control; }
  search::Service& search() const { return *wiring_->search; }
  const std::vector<HeldInstance>& transports() const { return transports_; }
  // Whether the content goes on as it was.
  bool keeps_content(const Setup& before) const { return content_ == before.content_; }

 private:
  struct Content {
    std::shared_ptr<const config::Config> config;
    std::unique_ptr<BundleKeeper> keeper;
    std::unique_ptr<ContentService> service;
    std::unique_ptr<ContentControl> control;
  };
  struct Source {
    const config::Source* config = nullptr;
    HeldInstance held;  // of a plugin, when it could be made
    std::shared_ptr<plugin::Source> source;
  };
  struct Searching;

  explicit Setup(const Given& given);
  HeldInstance keep(HeldInstance held, std::string_view kind, const std::string& source = {});
  void make_instances(InstanceMaker& maker, const Setup* before,
                      std::vector<std::string>& problems);
  void make_search(InstanceMaker& maker, const Setup* before, std::vector<std::string>& problems);
  void make_source(InstanceMaker& maker, const config::Source& source, const Setup* before);
  void make_rates(const Setup* before, std::vector<std::string>& problems);
  void make_restrictions(const Setup* before, std::vector<std::string>& problems);
  bool may_be_absent(const config::Source& source) const;
  std::unique_ptr<plugin::Source> late_source(const config::Source& source, gov::Status why) const;
  bool start(const HeldInstance& fresh, std::vector<std::string>& problems);
  // Whether both configurations say the same in the host's keys that begin so.
  bool alike(const Setup& before, std::string_view prefix) const;
  // Whether documents, readers and search are as they were.
  bool serves_alike(const Setup& before) const;
  bool is_carried(const Source& source, const Setup* before) const;

  const Given given_;
  std::vector<config::Setting> settings_;
  std::vector<HeldInstance> instances_, fresh_;  // in the order of their start
  std::vector<HeldInstance> auth_, transports_;
  std::vector<Source> sources_;
  std::shared_ptr<Searching> searching_;
  bool replaces_ = false;    // something that is in service
  bool new_search_ = false;  // than what it replaces has
  std::shared_ptr<access::RateLimits> rates_;
  access::Restrictions restrictions_;
  mcp::ServerStatus status_;
  std::shared_ptr<const access::Admission> admission_;
  std::shared_ptr<const mcp::Wiring> wiring_;
  std::unique_ptr<BundleKeeper> keeper_;  // until the content has it
  std::shared_ptr<Content> content_;
};

}  // namespace govhost::app
