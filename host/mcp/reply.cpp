#include "mcp/reply.h"

#include "core/json_text.h"
#include "core/scrub.h"
#include "mcp/generation.h"

namespace govhost::mcp {
namespace {

void append_meta(std::string& out, const Frame& frame) {
  out += R"("_meta":{)";
  if (frame.era == Era::kModern) {
    append_json_key(out, kMetaServerInfo);
    out += frame.server_info;
    out += ',';
  }
  if (frame.freshness) {
    out += R"("govhost/snapshot":")";
    out += frame.snapshot;
    out += R"(","govhost/age_s":)";
    append_number(out, frame.freshness->age.count());
    if (frame.freshness->stale) out += R"(,"govhost/stale":true)";
    out += ',';
  }
  out += R"("govhost/correlation_id":")";
  out += frame.correlation_id;
  out += "\"}";
}

}  // namespace

ResultText ResultText::of(const Json& object) {
  std::string text = object.dump();
  text.pop_back();
  return built(std::move(text));
}

Reply Reply::result(ResultText text, const Frame& frame) {
  Reply reply;
  reply.text_ = std::move(text);
  std::string& head = reply.head_;
  head.reserve(64 + frame.message->id.size());
  head = R"({"jsonrpc":"2.0","id":)";
  head += frame.message->id;
  head += R"(,"result":)";

  std::string& tail = reply.tail_;
  // The EmptyResult of older versions is empty: clients compare it.
  if (frame.era == Era::kLegacy && reply.text_.text() == "{") {
    tail = "}}";
    return reply;
  }
  tail.reserve(384);
  if (reply.text_.text().size() > 1) tail += ',';  // "{" alone: the object has no member yet
  if (frame.era == Era::kModern) {
    tail += R"("resultType":")";
    tail += frame.result_type;
    tail += "\",";
    if (frame.cache.ttl_ms >= 0) {
      tail += R"("ttlMs":)";
      append_number(tail, frame.cache.ttl_ms);
      tail += frame.cache.is_public ? R"(,"cacheScope":"public",)" : R"(,"cacheScope":"private",)";
    }
  }
  append_meta(tail, frame);
  tail += "}}";
  return reply;
}

Reply Reply::error(const Fault& fault, std::string_view id, std::string_view correlation_id,
                   gov_status outcome) {
  Reply reply;
  reply.http_status = fault.http_status;
  reply.outcome = outcome;
  reply.error_type = std::to_string(fault.code);
  std::string& out = reply.head_;
  out = R"({"jsonrpc":"2.0",)";
  // No id rather than null: the schemas since 2025-11-25 have no null id.
  if (!id.empty()) {
    out += R"("id":)";
    out += id;
    out += ',';
  }
  out += R"("error":{"code":)";
  append_number(out, fault.code);
  out += R"(,"message":)";
  append_json_string(out, fault.message);
  Json data = fault.data.is_object() ? fault.data : Json::object();
  data["correlation_id"] = correlation_id;
  out += R"(,"data":)" + data.dump() + "}}";
  scrub(out);
  return reply;
}

Reply Reply::body(int http_status, std::string json, gov_status outcome) {
  Reply reply;
  reply.http_status = http_status;
  reply.outcome = outcome;
  reply.head_ = std::move(json);
  return reply;
}

Reply Reply::empty(int http_status) {
  Reply reply;
  reply.http_status = http_status;
  return reply;
}

std::array<std::string_view, 3> Reply::parts() const { return {head_, text_.text(), tail_}; }

}  // namespace govhost::mcp
