// A value that is set once and then shared by all copies of what holds it.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace govhost::content {

// Reads like the value itself. Copies cost no more than a pointer: the texts of a snapshot go over
// into the next one this way.
template <class T>
class Frozen {
 public:
  Frozen() = default;
  Frozen(T value) : value_(std::make_shared<const T>(std::move(value))) {}  // NOLINT: an assignment

  const T& operator*() const { return value_ ? *value_ : kEmpty; }
  const T* operator->() const { return &**this; }
  operator const T&() const { return **this; }  // NOLINT: it stands for the value

  // Of a string or a vector.
  auto begin() const { return (**this).begin(); }
  auto end() const { return (**this).end(); }
  auto data() const { return (**this).data(); }
  std::size_t size() const { return (**this).size(); }
  bool empty() const { return (**this).empty(); }
  const auto& operator[](std::size_t index) const { return (**this)[index]; }

  // Whether both are copies of one, which were never set apart from each other.
  bool shares(const Frozen& other) const { return value_ && value_ == other.value_; }

 private:
  inline static const T kEmpty{};
  std::shared_ptr<const T> value_;
};

}  // namespace govhost::content
