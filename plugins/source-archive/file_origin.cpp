#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "fd.h"
#include "origin.h"

namespace packed {
namespace {

// A file that is another one after a change.
struct Identity {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = -1;
  std::int64_t modified_ns = 0;

  explicit Identity(const struct stat& info)
      : device(info.st_dev),
        inode(info.st_ino),
        size(info.st_size),
        modified_ns(std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec) {}
  Identity() = default;
  friend bool operator==(const Identity&, const Identity&) = default;
};

class FileOrigin final : public Origin {
 public:
  explicit FileOrigin(std::string file) : file_(std::move(file)) {}

  gov::Status take(const gov::Call&, const std::function<gov::Status(int fd)>& read) override {
    const auto sentence = [&](const std::string& why) {
      return file_ + ": " + why + "; set source.options.file to the archive";
    };
    // A pipe must not hold the host.
    const Fd fd(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat before {
    }, after{};
    if (fd.get() < 0 || ::fstat(fd.get(), &before) != 0)
      return gov::unavailable(sentence(std::strerror(errno)));
    if (!S_ISREG(before.st_mode)) return gov::invalid(sentence("is no regular file"));
    const Identity identity(before);
    if (identity == taken_) return gov::not_modified();
    if (gov::Status s = read(fd.get()); !s.ok()) return s;
    if (::fstat(fd.get(), &after) != 0 || Identity(after) != identity)
      return gov::unavailable(file_ +
                              " changed while it was read; rename a finished one to this name");
    taken_ = identity;
    return {};
  }

 private:
  const std::string file_;
  Identity taken_;
};

}  // namespace

std::unique_ptr<Origin> make_file_origin(std::string file) {
  return std::make_unique<FileOrigin>(std::move(file));
}

}  // namespace packed
