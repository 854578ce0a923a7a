// Keeps secrets out of every text that leaves the process: logs, audit records, error messages,
// metrics. Whoever resolves a secret makes it known here; whoever writes a text has it scrubbed. A
// last line of defence: nothing else may rely on it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace govhost {

// Shorter secrets would take ordinary words out of texts.
inline constexpr std::size_t kLeastScrubbed = 6;  // bytes
inline constexpr std::string_view kScrubbed = "[secret]";

// [any] From now on `secret` is taken out of texts, also as JSON, as part of a URL and in base64
// write it, and each long line of one that has several. The 256 that were told last are kept, so
// that what was rotated away is still taken out.
void keep_out_of_texts(std::string_view secret);

// [any] Puts kScrubbed in the place of every known secret from `begin` on. Costs a load where no
// secret is known, else about a nanosecond for five bytes.
void scrub(std::string& text, std::size_t begin = 0);

}  // namespace govhost
