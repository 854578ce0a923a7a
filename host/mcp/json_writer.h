// Writes an answer straight as JSON text: no tree is built, so that an answer costs little more
// than the bytes it has.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/json_text.h"

namespace govhost::mcp {

// Objects and arrays take what writes their members: w.object([&] { w.text("id", id); }). The
// caller sees to it that members have names and elements have none.
class JsonWriter {
 public:
  explicit JsonWriter(std::size_t expected = 4096) { out_.reserve(expected); }

  template <class Members>
  void object(const Members& members) {
    separate();
    out_ += '{';
    members();
    out_ += '}';
  }
  template <class Members>
  void object(std::string_view name, const Members& members) {
    key(name);
    object(members);
  }
  template <class Elements>
  void array(std::string_view name, const Elements& elements) {
    key(name);
    out_ += '[';
    elements();
    out_ += ']';
  }

  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void text_or_null(std::string_view name, std::string_view value) {
    value.empty() ? null(name) : text(name, value);
  }
  void number(std::string_view name, std::size_t value) {
    key(name);
    append_number(out_, static_cast<std::int64_t>(value));
  }
  void boolean(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
  void null(std::string_view name) { raw(name, "null"); }
  // With four decimals: more would only look exact.
  void score(std::string_view name, double value) {
    key(name);
    char digits[32];
    const double shown = std::isfinite(value) ? std::round(value * 1e4) / 1e4 : 0.0;
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, shown);
    out_.append(digits, error == std::errc{} ? end : digits);
  }
  // A member that is JSON text already.
  void raw(std::string_view name, std::string_view json) {
    key(name);
    out_ += json;
  }
  void element(std::string_view value) {
    separate();
    append_json_string(out_, value);
  }

  std::string take() && { return std::move(out_); }
  std::size_t size() const { return out_.size(); }

 private:
  void key(std::string_view name) {
    separate();
    append_json_key(out_, name);
  }
  // Strings end with a quote, so the last character tells whether something stands before.
  void separate() {
    if (!out_.empty() && out_.back() != '{' && out_.back() != '[' && out_.back() != ':') {
      out_ += ',';
    }
  }

  std::string out_;
};

}  // namespace govhost::mcp
