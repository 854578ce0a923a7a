#include "audit/chain.h"

#include <charconv>

#include "core/digest.h"

namespace govhost::audit {
namespace {

constexpr std::size_t kHex = 64;
constexpr std::string_view kSeq = "{\"seq\":", kPrev = ",\"prev\":\"", kHash = ",\"hash\":\"",
                           kEnd = "\"}";

// Cuts `prefix` off; false: it is not there.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

void seal(Link& last, std::string_view members, std::string& out) {
  const std::size_t begin = out.size();
  out.append(kSeq).append(std::to_string(++last.seq)).append(kPrev).append(last.hash);
  out.append("\",").append(members);
  last.hash = to_hex(sha256(std::string_view(out).substr(begin)));
  out.append(kHash).append(last.hash).append(kEnd).append("\n");
}

std::optional<Sealed> open_line(std::string_view line) {
  Sealed out;
  std::string_view rest = line;
  if (!take(rest, kSeq)) return std::nullopt;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), out.seq);
  if (error != std::errc()) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  constexpr std::size_t kTail = kHash.size() + kHex + kEnd.size();
  if (!take(rest, kPrev) || rest.size() < kHex + 2 + kTail) return std::nullopt;
  out.prev = rest.substr(0, kHex);
  rest.remove_prefix(kHex);
  if (!take(rest, "\",")) return std::nullopt;
  out.members = rest.substr(0, rest.size() - kTail);
  rest.remove_prefix(out.members.size());
  if (!take(rest, kHash)) return std::nullopt;
  out.hash = rest.substr(0, kHex);
  if (rest.substr(kHex) != kEnd) return std::nullopt;
  if (to_hex(sha256(line.substr(0, line.size() - kTail))) != out.hash) return std::nullopt;
  return out;
}

}  // namespace govhost::audit
