#include "audit/retention.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "audit/segments.h"
#include "core/time.h"

namespace govhost::audit {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Time = std::chrono::system_clock::time_point;

constexpr std::size_t kMostAtOnce = 64;

struct End {
  Link last;
  Time time;
};

std::optional<End> end_of(const fs::path& file) {
  const auto line = last_line_of(file);
  const auto sealed = line ? open_line(*line) : std::nullopt;
  constexpr std::string_view kTime = "\"ts\":\"";
  if (!sealed || !sealed->members.starts_with(kTime)) return std::nullopt;
  const std::string_view text = sealed->members.substr(kTime.size());
  const auto time = from_rfc3339(text.substr(0, text.find('"')));
  if (!time) return std::nullopt;
  return End{{sealed->seq, std::string(sealed->hash)}, *time};
}

}  // namespace

gov::Result<std::vector<Outdated>> outdated_of(const fs::path& folder, const Retention& retention,
                                               Time now) {
  std::vector<Outdated> out;
  auto files = segments_of(folder);
  if (!files) return files.status();
  std::uint64_t bytes = 0;
  std::error_code error;
  for (const fs::path& file : *files) bytes += fs::file_size(file, error);
  if (error) return gov::unavailable(folder.native() + ": " + error.message());
  for (std::size_t i = 0; i + 1 < files->size() && out.size() < kMostAtOnce; ++i) {
    const bool large = retention.bytes > 0 && bytes > retention.bytes;
    if (!large && retention.age.count() == 0) break;
    const auto end = end_of((*files)[i]);
    const auto first = first_of((*files)[i]);
    if (!end || !first) break;
    const bool old = retention.age.count() > 0 && end->time < now - retention.age;
    if (!old && !large) break;
    bytes -= fs::file_size((*files)[i], error);
    out.push_back({(*files)[i], *first, end->last, old ? "age" : "size"});
  }
  return out;
}

std::string removal_text(const Outdated& removed) {
  return json{
      {"first", removed.first}, {"last", removed.last.seq}, {"last_hash", removed.last.hash}}
      .dump();
}

std::optional<Link> removal_of(std::string_view members) {
  // Most records are none, and parsing costs more than everything else that is done with one.
  if (members.find("\"action\":\"audit.removed\"") == std::string_view::npos) return std::nullopt;
  const json record = json::parse("{" + std::string(members) + "}", nullptr, false);
  if (!record.is_object() || record.value("action", json()) != kRemoved) return std::nullopt;
  const auto args = record.find("args");
  if (args == record.end() || !args->is_object()) return std::nullopt;
  const auto last = args->find("last"), hash = args->find("last_hash");
  if (last == args->end() || !last->is_number_unsigned() || hash == args->end() ||
      !hash->is_string())
    return std::nullopt;
  return Link{last->get<std::uint64_t>(), hash->get<std::string>()};
}

}  // namespace govhost::audit
