#include "core/scrub.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base64.h"
#include "core/json_text.h"

namespace govhost {
namespace {

constexpr std::size_t kMostSecrets = 256;
constexpr std::size_t kMostLines = 128;  // of one
constexpr std::size_t kLongLine = 16;    // bytes

// Wu and Manber, "A fast algorithm for multi-pattern searching" (1994), with blocks of two bytes:
// what stands at the end of a window says how far no pattern can begin.
class Patterns {
 public:
  explicit Patterns(std::vector<std::string> patterns) : all_(std::move(patterns)) {
    // The longest first: one may be a part of another.
    std::sort(all_.begin(), all_.end(), [](const std::string& a, const std::string& b) {
      return a.size() != b.size() ? a.size() > b.size() : a < b;
    });
    all_.erase(std::unique(all_.begin(), all_.end()), all_.end());
    if (all_.empty()) return;
    window_ = std::min<std::size_t>(all_.back().size(), 200);
    shift_.fill(static_cast<std::uint8_t>(window_ - 1));
    for (const std::string& each : all_)
      for (std::size_t i = 0; i + 2 <= window_; ++i) {
        std::uint8_t& shift = shift_[hash(each.data() + i)];
        shift = std::min(shift, static_cast<std::uint8_t>(window_ - 2 - i));
      }
  }

  void scrub(std::string& text, std::size_t begin) const {
    if (all_.empty()) return;
    for (std::size_t at = begin; at + window_ <= text.size();) {
      const std::size_t shift = shift_[hash(text.data() + at + window_ - 2)];
      const std::size_t length = shift == 0 ? length_at(text, at) : 0;
      if (length > 0) {
        text.replace(at, length, kScrubbed);
        at += kScrubbed.size();
      } else {
        at += std::max<std::size_t>(shift, 1);
      }
    }
  }

 private:
  static std::size_t hash(const char* block) {
    return (static_cast<unsigned char>(block[0]) * 31u + static_cast<unsigned char>(block[1])) %
           kShifts;
  }
  // 0: none begins there.
  std::size_t length_at(std::string_view text, std::size_t at) const {
    for (const std::string& each : all_)
      if (text.compare(at, each.size(), each) == 0) return each.size();
    return 0;
  }

  static constexpr std::size_t kShifts = 4096;
  std::vector<std::string> all_;
  std::size_t window_ = 0;
  std::array<std::uint8_t, kShifts> shift_{};
};

std::string in_url(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                            (c >= '0' && c <= '9') ||
                            std::string_view("-._~").find(c) != std::string_view::npos;
    if (unreserved)
      out += c;
    else
      out += {'%', kHex[byte >> 4u], kHex[byte & 15u]};
  }
  return out;
}

void add_forms(std::string_view secret, std::vector<std::string>& out) {
  if (secret.size() < kLeastScrubbed) return;
  out.emplace_back(secret);
  std::string quoted;
  append_json_escaped(quoted, secret);
  out.push_back(std::move(quoted));
  out.push_back(in_url(secret));
  std::string coded = to_base64(secret);
  coded.erase(coded.find_last_not_of('=') + 1);
  out.push_back(std::move(coded));
}

// A key in PEM leaks by the line, too.
void add_lines(std::string_view secret, std::vector<std::string>& out) {
  if (secret.find('\n') == std::string_view::npos) return;
  for (std::size_t count = 0; !secret.empty() && count < kMostLines; ++count) {
    const std::size_t end = std::min(secret.find('\n'), secret.size());
    const std::string_view line = secret.substr(0, end);
    if (line.size() >= kLongLine && !line.starts_with("-----")) out.emplace_back(line);
    secret.remove_prefix(std::min(end + 1, secret.size()));
  }
}

struct Known {
  std::mutex mutex;
  std::vector<std::string> secrets;  // the oldest first
  std::shared_ptr<const Patterns> patterns;
  std::atomic<std::uint64_t> version{0};  // of `patterns`; 0: there are none
};

// Never destroyed: texts are written until the process ends.
Known& known() {
  static Known& all = *new Known;
  return all;
}

}  // namespace

void keep_out_of_texts(std::string_view secret) {
  if (secret.size() < kLeastScrubbed) return;
  Known& all = known();
  const std::lock_guard lock(all.mutex);
  const auto found = std::find(all.secrets.begin(), all.secrets.end(), secret);
  if (found != all.secrets.end()) {
    std::rotate(found, found + 1, all.secrets.end());
    return;
  }
  if (all.secrets.size() == kMostSecrets) all.secrets.erase(all.secrets.begin());
  all.secrets.emplace_back(secret);
  std::vector<std::string> patterns;
  for (const std::string& each : all.secrets) {
    add_forms(each, patterns);
    add_lines(each, patterns);
  }
  all.patterns = std::make_shared<const Patterns>(std::move(patterns));
  all.version.fetch_add(1, std::memory_order_release);
}

void scrub(std::string& text, std::size_t begin) {
  Known& all = known();
  const std::uint64_t version = all.version.load(std::memory_order_acquire);
  if (version == 0) return;
  // A copy for each thread: no lock and no shared counter for each text.
  static thread_local std::uint64_t held_version = 0;
  static thread_local std::shared_ptr<const Patterns> held;
  if (held_version != version) {
    const std::lock_guard lock(all.mutex);
    held = all.patterns;
    held_version = all.version.load(std::memory_order_relaxed);
  }
  held->scrub(text, begin);
}

}  // namespace govhost
