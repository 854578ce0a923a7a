// An answer on its way out: JSON text in pieces, so that a pre-serialised result is never copied
// before the transport writes it.
#pragma once

#include <gov/abi/base.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "content/freshness.h"
#include "mcp/protocol.h"

namespace govhost::mcp {

class Generation;

// What a method produced: the text of a JSON object without its closing brace, so that members can
// still be added. Either a view into the generation or text of its own.
class ResultText {
 public:
  static ResultText fixed(std::string_view open_object) {
    ResultText r;
    r.view_ = open_object;
    return r;
  }
  static ResultText built(std::string open_object) {
    ResultText r;
    r.own_ = std::move(open_object);
    return r;
  }
  static ResultText shared(std::shared_ptr<const std::string> open_object) {
    ResultText r;
    r.view_ = *open_object;
    r.shared_ = std::move(open_object);
    return r;
  }
  // From a whole JSON object.
  static ResultText of(const Json& object);

  std::string_view text() const { return view_.empty() ? std::string_view(own_) : view_; }
  // Makes it one that several answers can have.
  std::shared_ptr<const std::string> share() {
    if (!shared_) {
      shared_ = view_.empty() ? std::make_shared<const std::string>(std::move(own_))
                              : std::make_shared<const std::string>(view_);
      view_ = *shared_;
    }
    return shared_;
  }

 private:
  std::shared_ptr<const std::string> shared_;  // what view_ shows, unless it is the generation's
  std::string_view view_;
  std::string own_;
};

// What a client may do with a result of the modern era without asking again.
struct CacheHint {
  std::int64_t ttl_ms = -1;  // negative: the result carries no hint
  bool is_public = false;
};

// Everything that goes around a result.
struct Frame {
  const Message* message = nullptr;
  Era era = Era::kLegacy;
  std::string_view correlation_id;
  // Of the content; null: the answer is not about content.
  const content::Freshness::Seen* freshness = nullptr;
  CacheHint cache;
  std::string_view server_info;  // JSON text
  std::string_view result_type = "complete";
  std::string_view snapshot = {};  // the digest that the caller may know
};

class Reply {
 public:
  static Reply result(ResultText text, const Frame& frame);
  static Reply error(const Fault& fault, std::string_view id, std::string_view correlation_id,
                     gov_status outcome);
  // A body that is no JSON-RPC message.
  static Reply body(int http_status, std::string json, gov_status outcome);
  // An HTTP status without a body, for notifications (202) and the like.
  static Reply empty(int http_status);

  int http_status = 200;
  gov_status outcome = GOV_OK;
  std::string error_type;    // of logs; empty: no error
  std::string detail;        // of logs: why, in the words of a plugin; never for clients
  bool is_repeated = false;  // the caller was told the same just now: neither logged nor recorded
  std::vector<std::pair<std::string, std::string>> headers;

  // The body is their concatenation; valid as long as the reply lives.
  std::array<std::string_view, 3> parts() const;
  bool has_body() const { return !head_.empty(); }
  std::size_t size() const { return head_.size() + text_.text().size() + tail_.size(); }

  // Keeps the snapshot alive that a fixed result points into.
  void pin(std::shared_ptr<const Generation> generation) { pinned_ = std::move(generation); }

 private:
  std::string head_, tail_;
  ResultText text_ = ResultText::fixed({});
  std::shared_ptr<const Generation> pinned_;
};

}  // namespace govhost::mcp
