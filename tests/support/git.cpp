#include "support/git.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/process.h"

namespace govhost::test {
namespace {

namespace fs = std::filesystem;
using Answer = Upstream::Answer;

}  // namespace

GitServer::GitServer()
    : upstream_([this](const Upstream::Request& request) { return answer(request); }) {
  fs::create_directories(clone());
  git({"init", "--quiet", "--initial-branch", "main"});
}

std::string GitServer::git(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command = {"git",
                                      "-C",
                                      clone().string(),
                                      "-c",
                                      "user.name=Bank",
                                      "-c",
                                      "user.email=bank@example.com",
                                      "-c",
                                      "commit.gpgsign=false"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Outcome done = run(std::move(command), {{"HOME", folder_.path().string()},
                                          {"GIT_CONFIG_NOSYSTEM", "1"},
                                          {"GIT_CONFIG_GLOBAL", "/dev/null"}});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  while (done.out.ends_with('\n')) done.out.pop_back();
  return done.out;
}

void GitServer::commit() {
  git({"add", "--all"});
  git({"commit", "--quiet", "--message", "A change"});
}

void GitServer::put(const std::string& path, const std::string& text) {
  fs::create_directories((clone() / path).parent_path());
  std::ofstream(clone() / path, std::ios::binary) << text;
  commit();
}

void GitServer::erase(const std::string& path) {
  fs::remove(clone() / path);
  commit();
}

void GitServer::link(const std::string& path, const std::string& target) {
  fs::create_symlink(target, clone() / path);
  commit();
}

void GitServer::answer_all(std::optional<Answer> answer) {
  const std::lock_guard lock(mutex_);
  all_ = std::move(answer);
}

Answer GitServer::answer(const Upstream::Request& request) {
  {
    const std::lock_guard lock(mutex_);
    if (all_) return *all_;
  }
  const std::string serve = "git upload-pack --stateless-rpc ", at = "/bank/policies.git";
  if (request.target == at + "/info/refs?service=git-upload-pack") {
    const Outcome refs = run({"sh", "-c", serve + "--advertise-refs '" + clone().string() + "'"});
    return {200,
            "001e# service=git-upload-pack\n0000" + refs.out,
            {{"Content-Type", "application/x-git-upload-pack-advertisement"}}};
  }
  if (request.target == at + "/git-upload-pack" && request.method == "POST") {
    const std::string body = folder_.write("body", request.body).string();
    const Outcome pack = run({"sh", "-c", serve + "'" + clone().string() + "' < '" + body + "'"});
    return {200, pack.out, {{"Content-Type", "application/x-git-upload-pack-result"}}};
  }
  return {404, "no such repository"};
}

}  // namespace govhost::test
