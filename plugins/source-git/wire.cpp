#include "wire.h"

#include <git2/sys/transport.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace git {
namespace {

// One request. What is written is its body, and what is read its answer, which is kept as a whole:
// the host bounds it (egress.max_response).
struct Stream : git_smart_subtransport_stream {
  Wire& wire;
  const bool list;  // of refs; otherwise a pack is asked for
  std::string body = {}, answer = {};
  std::size_t given = 0;
  bool sent = false;

  Stream(git_smart_subtransport* of, Wire& to, bool a_list)
      : git_smart_subtransport_stream{of, &on_read, &on_write, &on_free}, wire(to), list(a_list) {}

  gov::Status send() {
    sent = true;
    const Remote& remote = wire.remote;
    const std::string url =
        remote.url + (list ? "/info/refs?service=git-upload-pack" : "/git-upload-pack");
    gov::HttpRequest request{url};
    const std::string type =
        std::string("application/x-git-upload-pack-") + (list ? "advertisement" : "result");
    if (!list) {
      request.method = "POST";
      request.body = body;
      request.headers.push_back({"Content-Type", "application/x-git-upload-pack-request"});
    }
    request.headers.push_back({"Accept", type});
    if (remote.has_token) {
      request.bearer_secret = "token";
      request.basic_user = remote.user;
    }
    auto got = wire.http.send(wire.call, request);
    if (!got) return got.status();
    if (got->code == 404)
      return gov::not_found(url +
                            " answered HTTP 404; check source.options.url, and for a private "
                            "repository the token");
    if (got->code >= 300 && got->code < 400)
      return gov::invalid(url + " leads elsewhere (" + std::string(got->header("Location")) +
                          "); set source.options.url to the repository's own address, and grants");
    if (gov::Status s = gov::status_of(*got, url); !s.ok()) return s;
    if (got->header("Content-Type") != type)
      return gov::unavailable(url + " does not answer as a git server; check source.options.url");
    answer = std::move(got->body);
    return {};
  }

  // An exception must not cross libgit2, which is C.
  template <class Step>
  int keep(const Step& step) noexcept {
    return gov::detail::guarded(nullptr,
                                [&] {
                                  gov::Status status = step();
                                  if (!status.ok() && wire.fault.ok()) wire.fault = status;
                                  return status;
                                }) == GOV_OK
               ? 0
               : -1;
  }
  static Stream& of(git_smart_subtransport_stream* self) { return *static_cast<Stream*>(self); }
  static int on_read(git_smart_subtransport_stream* raw, char* buffer, std::size_t size,
                     std::size_t* read) {
    Stream& self = of(raw);
    return self.keep([&]() -> gov::Status {
      if (!self.sent)
        if (gov::Status s = self.send(); !s.ok()) return s;
      *read = std::min(size, self.answer.size() - self.given);
      std::memcpy(buffer, self.answer.data() + self.given, *read);
      self.given += *read;
      return {};
    });
  }
  static int on_write(git_smart_subtransport_stream* raw, const char* buffer, std::size_t size) {
    Stream& self = of(raw);
    return self.keep([&]() -> gov::Status {
      self.body.append(buffer, size);
      return {};
    });
  }
  static void on_free(git_smart_subtransport_stream* raw) { delete &of(raw); }
};

struct Subtransport : git_smart_subtransport {
  Wire& wire;
  explicit Subtransport(Wire& to)
      : git_smart_subtransport{
            &on_action, [](git_smart_subtransport*) { return 0; },
            [](git_smart_subtransport* self) { delete static_cast<Subtransport*>(self); }},
        wire(to) {}

  static int on_action(git_smart_subtransport_stream** out, git_smart_subtransport* self,
                       const char*, git_smart_service_t action) {
    if (action != GIT_SERVICE_UPLOADPACK_LS && action != GIT_SERVICE_UPLOADPACK) return -1;
    *out = new (std::nothrow)
        Stream(self, static_cast<Subtransport*>(self)->wire, action == GIT_SERVICE_UPLOADPACK_LS);
    return *out == nullptr ? -1 : 0;
  }
};

}  // namespace

int make_transport(git_transport** out, git_remote* owner, void* wire) {
  git_smart_subtransport_definition definition = {
      [](git_smart_subtransport** made, git_transport*, void* param) {
        *made = new (std::nothrow) Subtransport(*static_cast<Wire*>(param));
        return *made == nullptr ? -1 : 0;
      },
      /*rpc=*/1, wire};
  return git_transport_smart(out, owner, &definition);
}

}  // namespace git
