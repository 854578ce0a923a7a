#include "ops/control.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "core/scrub.h"
#include "core/unique_fd.h"

namespace govhost::ops {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxRequest = std::size_t{64} << 10u;
constexpr std::size_t kMaxAnswer = std::size_t{256} << 20u;
constexpr int kMaxRequests = 16;
constexpr timeval kPatience{10, 0};  // with a client that does not write or read

std::string why(int error) { return std::generic_category().message(error); }

gov::Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return gov::invalid(path + " is too long for a socket: at most " +
                        std::to_string(sizeof address.sun_path - 1) +
                        " bytes; set ops.control to a shorter path");
  path.copy(address.sun_path, path.size());
  return address;
}

gov::Result<UniqueFd> connect_to(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return address.status();
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid() ||
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return gov::unavailable(path + ": " + why(errno));
  return fd;
}

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent > 0)
      text.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

// Up to the first line break; nullopt: the other end went away, waited too long or says too much.
std::optional<std::string> receive_line(int fd, std::size_t limit) {
  std::string line;
  char chunk[16384];
  while (line.size() <= limit) {
    const ssize_t got = ::recv(fd, chunk, sizeof chunk, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    const std::string_view part(chunk, static_cast<std::size_t>(got));
    const std::size_t end = part.find('\n');
    line.append(part.substr(0, end));
    if (end != std::string_view::npos) return line;
  }
  return std::nullopt;
}

std::string text_of(const json& answer) {
  std::string text = answer.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  scrub(text);
  return text;
}

json error_of(const gov::Status& status) {
  return {{"error", {{"code", gov::name_of(status.code())}, {"message", status.message()}}}};
}

}  // namespace

struct Control::Impl {
  Impl(std::string where, UniqueFd socket, Handler h, Log& l)
      : path(std::move(where)),
        listener(std::move(socket)),
        end(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        handler(std::move(h)),
        log(l),
        acceptor([this] { accept(); }) {}

  void accept() {
    for (;;) {
      pollfd ready[2] = {{listener.get(), POLLIN, 0}, {end.get(), POLLIN, 0}};
      ::poll(ready, 2, -1);
      if (ready[1].revents != 0) return;
      UniqueFd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client.valid()) continue;
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return open < kMaxRequests || stopping; });
      if (stopping) return;
      ++open;
      lock.unlock();
      try {
        std::thread([this, fd = std::move(client)] { serve(fd.get()); }).detach();
      } catch (const std::system_error&) {
        done();
      }
    }
  }

  // Ended by done(), which the destructor waits for: the thread is detached in name only.
  void serve(int fd) {
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    if (const auto line = receive_line(fd, kMaxRequest)) send_all(fd, text_of(answer(fd, *line)));
    done();
  }

  void done() {
    const std::lock_guard lock(mutex);
    --open;
    changed.notify_all();
  }

  json answer(int fd, const std::string& line) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
        (peer.uid != 0 && peer.uid != ::geteuid()))
      return error_of(gov::permission_denied("only the server's own user and root may steer it"));
    const json request = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!request.is_object() || !request.contains("verb") || !request["verb"].is_string())
      return error_of(gov::invalid("a request is one JSON object with a verb"));
    const auto result = handler(request);
    const std::string verb = request["verb"].get<std::string>();
    log.info("control.request", result ? "" : result.status().message(),
             {{"verb", std::string_view(verb)},
              {"uid", static_cast<std::int64_t>(peer.uid)},
              {"pid", static_cast<std::int64_t>(peer.pid)},
              {"outcome", result ? std::string_view("OK") : gov::name_of(result.status().code())}});
    return result ? json{{"result", *result}} : error_of(result.status());
  }

  const std::string path;
  const UniqueFd listener, end;
  const Handler handler;
  Log& log;
  std::mutex mutex;
  std::condition_variable changed;
  int open = 0;
  bool stopping = false;
  std::thread acceptor;
};

Control::Control(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

gov::Result<std::unique_ptr<Control>> Control::open(const std::string& path, Handler handler,
                                                    Log& log) {
  const auto address = address_of(path);
  if (!address) return address.status();
  if (connect_to(path))
    return gov::unavailable("ops.control: another server listens on " + path +
                            "; give each its own socket");
  struct stat old {};
  if (::lstat(path.c_str(), &old) == 0 && S_ISSOCK(old.st_mode)) ::unlink(path.c_str());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // The socket is never there with wider rights: fchmod(2) before bind(2) sets those of the file.
  if (!fd.valid() || ::fchmod(fd.get(), 0600) != 0 ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::listen(fd.get(), kMaxRequests) != 0)
    return gov::unavailable("ops.control: cannot listen on " + path + ": " + why(errno));
  return std::unique_ptr<Control>(
      new Control(std::make_unique<Impl>(path, std::move(fd), std::move(handler), log)));
}

Control::~Control() {
  ::unlink(impl_->path.c_str());
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->changed.notify_all();
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(impl_->end.get(), &one, sizeof one);
  impl_->acceptor.join();
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, [&] { return impl_->open == 0; });
}

gov::Result<json> ask(const std::string& path, const json& request) {
  const auto fd = connect_to(path);
  if (!fd) return fd.status();
  if (!send_all(fd->get(), text_of(request))) return gov::unavailable(path + ": " + why(errno));
  const auto line = receive_line(fd->get(), kMaxAnswer);
  const json answer = line ? json::parse(*line, nullptr, false) : json();
  if (answer.contains("result")) return answer["result"];
  if (!answer.contains("error"))
    return gov::unavailable(path + ": the server ended before it answered");
  const json& error = answer["error"];
  gov_status code = GOV_INTERNAL;
  for (int each = GOV_CANCELLED; each <= GOV_UNAUTHENTICATED; ++each)
    if (gov::name_of(static_cast<gov_status>(each)) == error.value("code", ""))
      code = static_cast<gov_status>(each);
  return gov::Status(code, error.value("message", ""));
}

}  // namespace govhost::ops
