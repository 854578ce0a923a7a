// A secret in memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace govhost::plugin {

// Overwritten when it ends. Has no operator<< and no conversion: whoever wants the text says so.
class Secret {
 public:
  Secret() = default;
  // Copies; known to scrub() from here on.
  explicit Secret(std::string_view text);
  Secret(Secret&& other) noexcept
      : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
  Secret& operator=(Secret&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Secret();

  // A view, as long as this lives.
  std::string_view reveal() const { return {bytes_.get(), size_}; }
  Secret copy() const { return Secret(reveal()); }
  bool operator==(const Secret& other) const { return reveal() == other.reveal(); }

 private:
  std::unique_ptr<char[]> bytes_;  // no std::string: a short one leaves copies behind when it moves
  std::size_t size_ = 0;
};

}  // namespace govhost::plugin
