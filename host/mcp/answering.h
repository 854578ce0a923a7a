// How requests are answered: one function for each method. Only the files that implement it include
// this.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "mcp/server.h"

namespace govhost::mcp {

// How long clients may keep an answer: lists and documents change only with a new snapshot, but a
// client that cannot be told should look again soon.
inline constexpr std::int64_t kContentTtlMs = 60'000;
inline constexpr std::int64_t kStaticTtlMs = 3'600'000;

// The answer to one request. Lives on the stack of the thread that gives it.
class Answering {
 public:
  Answering(Server& server, const Work& work, const Caller& caller)
      : server_(server),
        work_(work),
        caller_(caller),
        generation_(server.published_.get()),
        visible_(generation_->restrictions().visible_to(caller.principal)),
        own_digest_(visible_.everything() ? "" : generation_->snapshot().digest_for(visible_)),
        notes_(caller.stream, member(work.message.meta(), "progressToken"), least_severity()) {}

  Outcome run();

 private:
  const Json& params() const { return work_.message.params(); }
  bool legacy() const { return work_.era == Era::kLegacy; }
  std::optional<Severity> least_severity() const;
  std::string_view digest() const {
    return own_digest_.empty() ? generation_->snapshot().digest() : own_digest_;
  }

  Reply result(ResultText text, CacheHint cache = {}, bool about_content = true,
               std::string_view result_type = "complete");
  Reply error(const Fault& fault, gov_status outcome) const;
  Reply bad_params(std::string message, Json data = nullptr) const;
  Reply unknown_method() const;

  // lifecycle.cpp
  Json capabilities() const;
  Reply initialize();
  Reply discover();
  Reply set_level();
  Reply subscribe(bool wanted);

  // lists.cpp; `key` names the array in the result and the list in cursors.
  Reply list(std::string_view key, std::string_view digest, std::span<const std::string> items,
             std::int64_t ttl_ms);
  // Those that the caller may use.
  template <class Item>
  Reply list_offered(const char* key, access::Policy::Thing thing, const std::vector<Item>& items,
                     const std::vector<std::string>& texts);
  bool may_use(access::Policy::Thing thing, std::string_view name) const {
    return work_.wiring->policy.allows(caller_.principal.scopes, thing, name);
  }
  Reply list_resources();
  Reply list_templates();
  Reply read_resource();
  Reply complete_argument();

  // calls.cpp
  Outcome call_tool();
  Outcome get_prompt();
  // What goes round: inputs in, questions out. `fault` is a sentence for -32602.
  std::optional<Inputs> inputs(std::string& fault) const;
  Outcome ask(InputNeeded needed);
  Reply tool_reply(ToolResult answer);
  ToolResult answer_of_tool(const Json& arguments, ToolContext& context);
  Reply deferred(const Json& arguments);
  ToolContext context(const Inputs& given);

  // task_methods.cpp
  Reply task_method(std::string_view name);

  Server& server_;
  const Work& work_;
  const Caller& caller_;
  const std::shared_ptr<const Generation> generation_;
  const content::Visibility visible_;
  const std::string own_digest_;  // empty: that of the whole snapshot
  Notes notes_;
};

}  // namespace govhost::mcp
