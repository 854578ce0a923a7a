// Errors by value: a code, a sentence an operator can act on, and when to try again.
#pragma once

#include <gov/abi/base.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gov {

// Views between C and C++. The lifetime rule is the ABI's: until the call returns.
constexpr gov_str to_c(std::string_view text) { return {text.data(), text.size()}; }
inline gov_bytes to_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
constexpr std::string_view to_cpp(gov_str text) {
  return {text.ptr, static_cast<std::size_t>(text.len)};
}
inline std::string_view to_cpp(gov_bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.ptr), static_cast<std::size_t>(bytes.len)};
}

// Success, or a code and a sentence: what failed, with what, and what to do about it.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(gov_status code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == GOV_OK; }
  gov_status code() const { return code_; }
  const std::string& message() const { return message_; }

  // Advice for the caller of a service that is overloaded or down; zero: none.
  std::chrono::milliseconds retry_after() const { return retry_after_; }
  Status with_retry_after(std::chrono::milliseconds delay) && {
    retry_after_ = delay;
    return std::move(*this);
  }

 private:
  gov_status code_ = GOV_OK;
  std::chrono::milliseconds retry_after_{0};
  std::string message_;
};

inline Status cancelled() { return {GOV_CANCELLED, "cancelled"}; }
inline Status invalid(std::string message) { return {GOV_INVALID_ARGUMENT, std::move(message)}; }
inline Status deadline_exceeded(std::string message) {
  return {GOV_DEADLINE_EXCEEDED, std::move(message)};
}
inline Status not_found(std::string message) { return {GOV_NOT_FOUND, std::move(message)}; }
inline Status permission_denied(std::string message) {
  return {GOV_PERMISSION_DENIED, std::move(message)};
}
inline Status resource_exhausted(std::string message) {
  return {GOV_RESOURCE_EXHAUSTED, std::move(message)};
}
inline Status unimplemented(std::string message) { return {GOV_UNIMPLEMENTED, std::move(message)}; }
inline Status internal(std::string message) { return {GOV_INTERNAL, std::move(message)}; }
inline Status unavailable(std::string message) { return {GOV_UNAVAILABLE, std::move(message)}; }
inline Status unauthenticated(std::string message) {
  return {GOV_UNAUTHENTICATED, std::move(message)};
}
inline Status not_modified() { return {GOV_NOT_MODIFIED, {}}; }
inline Status not_mine() { return {GOV_NOT_MINE, {}}; }
inline Status would_block() { return {GOV_WOULD_BLOCK, {}}; }

// The canonical name of a code ("NOT_FOUND"); "UNKNOWN" for a value this SDK does not know.
constexpr std::string_view name_of(gov_status code) {
  switch (code) {
    case GOV_OK: return "OK";
    case GOV_CANCELLED: return "CANCELLED";
    case GOV_INVALID_ARGUMENT: return "INVALID_ARGUMENT";
    case GOV_DEADLINE_EXCEEDED: return "DEADLINE_EXCEEDED";
    case GOV_NOT_FOUND: return "NOT_FOUND";
    case GOV_PERMISSION_DENIED: return "PERMISSION_DENIED";
    case GOV_RESOURCE_EXHAUSTED: return "RESOURCE_EXHAUSTED";
    case GOV_UNIMPLEMENTED: return "UNIMPLEMENTED";
    case GOV_INTERNAL: return "INTERNAL";
    case GOV_UNAVAILABLE: return "UNAVAILABLE";
    case GOV_UNAUTHENTICATED: return "UNAUTHENTICATED";
    case GOV_NOT_MODIFIED: return "NOT_MODIFIED";
    case GOV_NOT_MINE: return "NOT_MINE";
    case GOV_WOULD_BLOCK: return "WOULD_BLOCK";
    default: return "UNKNOWN";
  }
}

// Either a value or the Status that explains its absence.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Status status) : state_(std::in_place_index<1>, std::move(status)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Status& status() const { return std::get<1>(state_); }

 private:
  std::variant<T, Status> state_;
};

}  // namespace gov
