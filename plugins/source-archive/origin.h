// Where an archive comes from: a file of this machine, or an address.
#pragma once

#include <gov/http.hpp>
#include <gov/plugin.hpp>

#include <functional>
#include <memory>
#include <string>

namespace packed {

// One thread at a time.
class Origin {
 public:
  virtual ~Origin() = default;

  // Gives the archive, whole, to `read` as a descriptor at its beginning. GOV_NOT_MODIFIED: it is
  // the one that `read` took the last time. What `read` says is returned.
  virtual gov::Status take(const gov::Call& call,
                           const std::function<gov::Status(int fd)>& read) = 0;
};

std::unique_ptr<Origin> make_file_origin(std::string file);
// `has_token`: the option "token" holds a secret reference.
std::unique_ptr<Origin> make_url_origin(gov::Http http, std::string url, bool has_token);

}  // namespace packed
