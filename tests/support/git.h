// A git server of the test's own: the real one, behind git's smart HTTP protocol.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/files.h"
#include "support/upstream.h"

namespace govhost::test {

class GitServer {
 public:
  GitServer();

  // The next commit on the branch that is checked out, with these changes.
  void put(const std::string& path, const std::string& text);
  void erase(const std::string& path);
  void link(const std::string& path, const std::string& target);     // a symbolic link
  std::string git(const std::vector<std::string>& arguments) const;  // what it prints, trimmed

  // Whatever is asked is answered like this, until nullopt.
  void answer_all(std::optional<Upstream::Answer> answer);

  std::string url(const std::string& path = "/bank/policies.git") const {
    return upstream_.url(path);
  }
  std::filesystem::path clone() const { return folder_.path() / "policies"; }
  std::vector<Upstream::Request> requests() const { return upstream_.requests(); }

 private:
  Upstream::Answer answer(const Upstream::Request& request);
  void commit();

  const TempDir folder_;
  mutable std::mutex mutex_;
  std::optional<Upstream::Answer> all_;
  Upstream upstream_;
};

}  // namespace govhost::test
