// A GitHub of the test's own: the parts of its REST API and of its raw host that are used.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "support/upstream.h"

namespace govhost::test {

class Github {
 public:
  static constexpr const char* kRepo = "bank/policies";

  Github();

  // The next commit, with these changes.
  void put(const std::string& path, const std::string& text);
  void erase(const std::string& path);
  void link(const std::string& path, const std::string& target);  // a symbolic link

  // Whatever is asked is answered like this, until nullopt.
  void answer_all(std::optional<Upstream::Answer> answer);
  // Texts come so, lists as they are.
  void answer_files(std::optional<Upstream::Answer> answer);

  std::string url(const std::string& path = "") const { return upstream_.url(path); }
  // Configuration of a source: plugin, grants and options.
  std::string config(const std::string& more_options = "") const;
  std::vector<Upstream::Request> requests() const { return upstream_.requests(); }
  // Requests since `from` whose target begins so.
  std::size_t count(const std::string& prefix, std::size_t from = 0) const;

 private:
  struct File {
    std::string text, mode = "100644";
  };
  Upstream::Answer answer(const Upstream::Request& request);
  std::string commit() const;  // under mutex_

  mutable std::mutex mutex_;
  std::map<std::string, File> files_;
  int commits_ = 1;
  std::optional<Upstream::Answer> all_, texts_;
  Upstream upstream_;
};

}  // namespace govhost::test
