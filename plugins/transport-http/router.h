// What to do with a request once its head is known.
#pragma once

#include "accept.h"
#include "options.h"
#include "origin.h"
#include "request.h"

#include <string>
#include <string_view>

namespace transport_http {

struct Verdict {
  enum class Kind {
    kSubmit,
    kRefuse,
    kPreflight,
    kOpenStream,  // HTTP+SSE
    kMessage      // to a stream of HTTP+SSE
  };

  Kind kind = Kind::kSubmit;
  bool listens = false;  // GET at the endpoint
  bool cors = false;     // the Origin header names an allowed origin: it may read the answer
  Accepts accepts{};
  unsigned status = 0;       // for kRefuse
  std::string message{};     // for kRefuse
  std::string_view allow{};  // the Allow header of 405 and of a preflight
};

// Judges before the body is read, so that neither a foreign web page nor an oversized upload costs
// more than its head. Constant, usable from any thread.
class Router {
 public:
  Router(const Options& options, const OriginRules& rules) : options_(options), rules_(rules) {}

  // `length` is the value of Content-Length, 0 without it.
  Verdict judge(const RequestHead& head, const char* base, std::uint64_t length) const;
  // The path of a request target in any of its forms, without the query.
  static std::string_view path_of(std::string_view target);
  // The value of a query parameter as it stands; empty without it.
  static std::string_view parameter(std::string_view target, std::string_view name);

 private:
  bool well_formed(const RequestHead& head, const char* base, Verdict& v) const;
  bool trusted(const RequestHead& head, const char* base, Verdict& v) const;
  bool routed(const RequestHead& head, const char* base, Verdict& v) const;
  bool acceptable(const RequestHead& head, const char* base, Verdict& v) const;

  const Options& options_;
  const OriginRules& rules_;
};

}  // namespace transport_http
