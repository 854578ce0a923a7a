#include "router.h"

#include "text.h"

namespace transport_http {
namespace {

constexpr std::string_view kEndpointMethods = "GET, POST, DELETE, OPTIONS";
constexpr std::string_view kGetOnly = "GET, OPTIONS";
constexpr std::string_view kPostOnly = "POST, OPTIONS";

bool refuse(Verdict& v, unsigned status, std::string message) {
  v.kind = Verdict::Kind::kRefuse;
  v.status = status;
  v.message = std::move(message);
  return false;
}

// "http://name:80/path" to "name:80"; empty for the usual form of a target.
std::string_view authority_of(std::string_view target) {
  if (target.starts_with('/')) return {};
  const std::size_t mark = target.find("://");
  if (mark == std::string_view::npos) return {};
  target.remove_prefix(mark + 3);
  return target.substr(0, target.find_first_of("/?"));
}

}  // namespace

std::string_view Router::path_of(std::string_view target) {
  const std::string_view authority = authority_of(target);
  if (!authority.empty()) {
    target.remove_prefix(
        static_cast<std::size_t>(authority.data() + authority.size() - target.data()));
    if (target.empty() || target.starts_with('?')) return "/";
  }
  return target.substr(0, target.find('?'));
}

std::string_view Router::parameter(std::string_view target, std::string_view name) {
  std::string_view query = target.substr(std::min(target.find('?'), target.size()));
  while (!query.empty()) {
    query.remove_prefix(1);
    const std::string_view item = query.substr(0, query.find('&'));
    query.remove_prefix(item.size());
    if (item.size() > name.size() && item.starts_with(name) && item[name.size()] == '=')
      return item.substr(name.size() + 1);
  }
  return {};
}

Verdict Router::judge(const RequestHead& head, const char* base, std::uint64_t length) const {
  Verdict v;
  if (!well_formed(head, base, v) || !trusted(head, base, v) || !routed(head, base, v)) return v;
  if (v.kind == Verdict::Kind::kPreflight) return v;
  if (!acceptable(head, base, v)) return v;
  if (length > options_.max_body) {
    refuse(v, 413,
           "the body is larger than the limit of " + std::to_string(options_.max_body) + " bytes");
  }
  return v;
}

bool Router::well_formed(const RequestHead& head, const char* base, Verdict& v) const {
  const unsigned hosts = head.count(Known::kHost);
  if (hosts > 1 || (hosts == 0 && head.http11()))
    return refuse(v, 400, "the request needs exactly one Host header");
  // One of two values would decide here and perhaps the other one behind a proxy.
  for (const Known once : {Known::kOrigin, Known::kContentType, Known::kExpect}) {
    if (head.count(once) > 1) return refuse(v, 400, "a header that may occur once is repeated");
  }
  const std::string_view path = path_of(head.target(base));
  if (!path.starts_with('/') && !(path == "*" && head.method() == http::verb::options))
    return refuse(v, 400, "the request target is not a path");
  return true;
}

bool Router::trusted(const RequestHead& head, const char* base, Verdict& v) const {
  const std::string_view origin = head.value(base, Known::kOrigin);
  const bool with_origin = head.count(Known::kOrigin) > 0;
  // Documents for clients that have not been let in yet are for pages of any origin (RFC 9728).
  const bool for_all = path_of(head.target(base)).starts_with("/.well-known/");
  v.cors = with_origin && (for_all || rules_.origin_allowed(origin));

  // Only browsers are rebound to another name, and they always send Host.
  const std::string_view authority = authority_of(head.target(base));
  const bool host_good =
      head.count(Known::kHost) == 0 || rules_.host_allowed(head.value(base, Known::kHost));
  if (!host_good || (!authority.empty() && !rules_.host_allowed(authority))) {
    return refuse(v, 403,
                  "this host name is not served here; an operator can add it to "
                  "allowed_hosts");
  }
  if (with_origin && !v.cors) {
    return refuse(v, 403,
                  "pages of this origin may not use the endpoint; an operator can add it "
                  "to allowed_origins");
  }
  return true;
}

bool Router::routed(const RequestHead& head, const char* base, Verdict& v) const {
  std::string_view path = path_of(head.target(base));
  const bool well_known = path.starts_with("/.well-known/");
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const bool endpoint = path == options_.path;
  const bool sse = !endpoint && !options_.sse_path.empty();
  const bool stream = sse && path == options_.sse_path;
  const bool messages = sse && path == options_.sse_messages;

  if (!endpoint && !stream && !messages && !well_known && path != "*")
    return refuse(v, 404, "nothing is served at this path; the endpoint is " + options_.path);
  v.allow = messages ? kPostOnly : stream || well_known ? kGetOnly : kEndpointMethods;
  if (stream) v.kind = Verdict::Kind::kOpenStream;
  if (messages) v.kind = Verdict::Kind::kMessage;

  const http::verb method = head.method();
  if (method == http::verb::options) {
    v.kind = Verdict::Kind::kPreflight;
    return true;
  }
  v.listens = endpoint && method == http::verb::get;
  const bool gets = !messages;
  const bool posts = endpoint || messages;
  const bool allowed = (gets && method == http::verb::get) ||
                       (posts && method == http::verb::post) ||
                       (endpoint && method == http::verb::delete_);
  return allowed || refuse(v, 405, "this method is not served here");
}

bool Router::acceptable(const RequestHead& head, const char* base, Verdict& v) const {
  if (head.count(Known::kExpect) > 0 &&
      !equal_ignoring_case(head.value(base, Known::kExpect), "100-continue"))
    return refuse(v, 417, "the only expectation that can be met is 100-continue");

  if (head.count(Known::kAccept) == 1) {
    v.accepts.add(head.value(base, Known::kAccept));
  } else if (head.count(Known::kAccept) > 1) {
    std::vector<gov_pair> all;
    head.pairs(base, all);
    for (const gov_pair& header : all)
      if (gov::to_cpp(header.name) == "accept") v.accepts.add(gov::to_cpp(header.value));
  }
  if (v.kind == Verdict::Kind::kOpenStream && !v.accepts.stream_by_get())
    return refuse(v, 406, "this is an event stream, and Accept excludes text/event-stream");
  if (head.method() != http::verb::post) return true;

  std::string_view type = head.value(base, Known::kContentType);
  if (!equal_ignoring_case(next_item(type, ';'), "application/json"))
    return refuse(v, 415, "the body must be application/json, said so by Content-Type");
  const std::string_view encoding = head.value(base, Known::kContentEncoding);
  if (head.count(Known::kContentEncoding) > 1 ||
      (!encoding.empty() && !equal_ignoring_case(encoding, "identity")))
    return refuse(v, 415, "compressed bodies are not accepted; send it without Content-Encoding");
  // What is posted to a stream is answered there.
  if (v.kind == Verdict::Kind::kMessage) return true;
  if (!v.accepts.json() && !v.accepts.stream()) {
    return refuse(v, 406,
                  "answers are application/json or text/event-stream, and Accept excludes "
                  "both");
  }
  return true;
}

}  // namespace transport_http
