#include "app/cli/backup_child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <vector>

#include "core/read_file.h"
#include "core/unique_fd.h"
#include "mcp/protocol.h"
#include "plugin/trust.h"

extern char** environ;

namespace govhost::app {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

// As long as a server may take to start with much content, and to end.
constexpr std::chrono::seconds kStartPatience{120}, kEndPatience{30};
constexpr std::size_t kMaxLine = std::size_t{16} << 20u;
constexpr int kPause = 10;  // ms between two looks at a child that ends

// What a service manager gave to this process is not the child's, and its state is its own.
std::vector<std::string> child_environment(const std::string& state) {
  std::vector<std::string> out{"XDG_STATE_HOME=" + state};
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view variable(*each);
    const std::string_view name = variable.substr(0, variable.find('='));
    if (name != "XDG_STATE_HOME" && name != "STATE_DIRECTORY" && name != "NOTIFY_SOCKET" &&
        name != "WATCHDOG_USEC" && name != "LISTEN_FDS")
      out.emplace_back(variable);
  }
  return out;
}

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& each : texts) out.push_back(each.data());
  out.push_back(nullptr);
  return out;
}

class Child {
 public:
  // Ends it, whatever it does.
  ~Child() {
    in_.reset();
    if (pid_ > 0 && !wait_until(Clock::now() + kEndPatience)) {
      ::kill(pid_, SIGKILL);
      while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
  }

  gov::Status start(const std::string& config, const std::string& folder) {
    int to[2], from[2];
    if (::pipe2(to, O_CLOEXEC) != 0) return failed();
    UniqueFd child_in(to[0]);
    in_ = UniqueFd(to[1]);
    if (::pipe2(from, O_CLOEXEC) != 0) return failed();
    out_ = UniqueFd(from[0]);
    UniqueFd child_out(from[1]);
    const std::string log = folder + "/log";
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, child_in.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, child_out.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL, 0600);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<std::string> words{"govhost", "serve", "--config", config};
    std::vector<std::string> variables = child_environment(folder + "/state");
    const int error = ::posix_spawn(&pid_, "/proc/self/exe", &actions, &attributes,
                                    pointers_of(words).data(), pointers_of(variables).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (error == 0) return {};
    pid_ = -1;
    errno = error;
    return failed();
  }

  // One line for one line. An error: it ended, or did not answer in time.
  gov::Result<std::string> ask(std::string line) {
    line += '\n';
    // A child that has ended must not end this process.
    ::signal(SIGPIPE, SIG_IGN);
    for (std::string_view rest = line; !rest.empty();) {
      const ssize_t written = ::write(in_.get(), rest.data(), rest.size());
      if (written < 0 && errno != EINTR) return gov::invalid("it has ended");
      if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
    }
    const auto deadline = Clock::now() + kStartPatience;
    std::string answer;
    char piece[65536];
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
      if (left.count() <= 0) return gov::invalid("it does not answer");
      pollfd ready{out_.get(), POLLIN, 0};
      if (::poll(&ready, 1, static_cast<int>(left.count()) + 1) <= 0) continue;
      const ssize_t got = ::read(out_.get(), piece, sizeof piece);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return gov::invalid("it has ended");
      answer.append(piece, static_cast<std::size_t>(got));
      if (const std::size_t end = answer.find('\n'); end != std::string::npos)
        return answer.substr(0, end);
      if (answer.size() > kMaxLine) return gov::invalid("it answers without end");
    }
  }

 private:
  static gov::Status failed() {
    return gov::unavailable("the second server cannot be started: " +
                            std::generic_category().message(errno));
  }
  bool wait_until(Clock::time_point deadline) const {
    for (;;) {
      const pid_t ended = ::waitpid(pid_, nullptr, WNOHANG);
      if (ended == pid_ || (ended < 0 && errno != EINTR)) return true;
      if (Clock::now() >= deadline) return false;
      ::poll(nullptr, 0, kPause);
    }
  }

  pid_t pid_ = -1;
  UniqueFd in_, out_;
};

std::string server_info_request() {
  return json{
      {"jsonrpc", "2.0"},
      {"id", 1},
      {"method", "tools/call"},
      {"params",
       {{"name", "server_info"},
        {"arguments", json::object()},
        {"_meta",
         {{mcp::kMetaVersion, mcp::kModernVersion}, {mcp::kMetaCapabilities, json::object()}}}}}}
      .dump();
}

// The last line that says something went wrong.
std::string complaint_in(const std::string& log) {
  const auto text = govhost::read_file(log, kMaxLine);
  if (!text) return {};
  std::string out;
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t end = std::min(text->find('\n', at), text->size());
    const std::string line = text->substr(at, end - at);
    if (!line.starts_with('{') || line.find("\"level\":\"error\"") != std::string::npos) out = line;
    at = end + 1;
  }
  return out.empty() ? out : ": " + out.substr(0, 1000);
}

}  // namespace

gov::Result<Answered> serve_and_ask(const std::string& config, const std::string& folder) {
  gov::Result<std::string> line = gov::internal("not asked");
  {
    Child child;
    if (gov::Status s = child.start(config, folder); !s.ok()) return s;
    line = child.ask(server_info_request());
  }
  if (!line)
    return gov::invalid("a second server does not serve what was restored: " +
                        line.status().message() + complaint_in(folder + "/log"));
  const json answer = json::parse(*line, nullptr, /*allow_exceptions=*/false);
  const json::json_pointer place("/result/structuredContent/content");
  if (!answer.is_object() || !answer.contains(place) || !answer[place].is_object() ||
      !answer[place].contains("snapshot") || !answer[place]["snapshot"].is_string())
    return gov::invalid("a second server does not say what it serves" +
                        complaint_in(folder + "/log"));
  const json& content = answer[place];
  Answered out{content["snapshot"].get<std::string>(), 0};
  if (const auto documents = content.find("documents"); documents != content.end())
    out.documents = documents->is_number_unsigned() ? documents->get<std::uint64_t>() : 0;
  return out;
}

gov::Result<std::string> digest_of_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  return plugin::sha256_of(fd.get());
}

}  // namespace govhost::app
