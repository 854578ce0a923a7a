#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "fd.h"
#include "origin.h"

namespace packed {
namespace {

gov::Status write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return gov::unavailable(std::string("cannot be kept: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

class UrlOrigin final : public Origin {
 public:
  UrlOrigin(gov::Http http, std::string url, bool has_token)
      : http_(http), url_(std::move(url)), has_token_(has_token) {}

  gov::Status take(const gov::Call& call, const std::function<gov::Status(int fd)>& read) override {
    // Behind it is memory, which the host's egress.max_response bounds.
    const Fd fd(::memfd_create("archive", MFD_CLOEXEC));
    if (fd.get() < 0) return gov::unavailable(url_ + " cannot be kept: " + std::strerror(errno));
    gov::HttpRequest request{url_};
    if (has_token_) request.bearer_secret = "token";
    if (!etag_.empty()) request.headers.push_back({"If-None-Match", etag_});
    if (!modified_.empty()) request.headers.push_back({"If-Modified-Since", modified_});
    gov::HttpAnswer head;
    gov::Status sent = http_.stream(
        call, request,
        [&](gov::HttpAnswer& got) {
          head = std::move(got);
          return unchanged(head) ? gov::Status() : judge(head);
        },
        [&](std::string_view part) { return write_all(fd.get(), part); });
    if (!sent.ok()) return sent;
    if (unchanged(head)) return gov::not_modified();
    if (::lseek(fd.get(), 0, SEEK_SET) != 0)
      return gov::unavailable(url_ + ": " + std::strerror(errno));
    if (gov::Status s = read(fd.get()); !s.ok()) return s;
    etag_ = head.header("ETag");
    modified_ = head.header("Last-Modified");
    return {};
  }

 private:
  bool unchanged(const gov::HttpAnswer& head) const {
    return head.code == 304 && !(etag_.empty() && modified_.empty());
  }
  gov::Status judge(const gov::HttpAnswer& head) const {
    if (head.code == 200) return {};
    if (head.code >= 300 && head.code < 400)
      return gov::invalid(url_ + " leads elsewhere (" + std::string(head.header("Location")) +
                          "); set source.options.url to the archive's own address, and grants");
    gov::Status status = gov::status_of(head, url_);
    return status.ok() ? gov::unavailable(url_ + " answered HTTP " + std::to_string(head.code))
                       : status;
  }

  const gov::Http http_;
  const std::string url_;
  const bool has_token_;
  std::string etag_, modified_;  // of the archive that was taken
};

}  // namespace

std::unique_ptr<Origin> make_url_origin(gov::Http http, std::string url, bool has_token) {
  return std::make_unique<UrlOrigin>(http, std::move(url), has_token);
}

}  // namespace packed
