#include "backup/records.h"

#include <nlohmann/json.hpp>

#include <filesystem>

#include "bundle/file.h"
#include "core/read_file.h"
#include "core/time.h"

namespace govhost::backup {
namespace {

std::string record_file(const std::string& state, Deed deed) {
  return state + (deed == Deed::kCreate ? "/last-backup.json" : "/last-drill.json");
}

}  // namespace

gov::Status note_done(const std::string& state, Deed deed, const Done& done) {
  if (state.empty())
    return gov::unavailable("no state directory is known; set STATE_DIRECTORY or HOME");
  std::error_code error;
  if (std::filesystem::create_directories(state, error) && !error)
    std::filesystem::permissions(state, std::filesystem::perms::owner_all, error);
  if (error) return gov::unavailable(state + ": " + error.message());
  auto file = bundle::NewFile::create(record_file(state, deed));
  if (!file) return file.status();
  const gov::Status written =
      file->append(nlohmann::json{{"at", to_rfc3339(done.at)}, {"file", done.file}}.dump(
                       -1, ' ', false, nlohmann::json::error_handler_t::replace) +
                   "\n");
  return written.ok() ? file->commit() : written;
}

std::optional<Done> last_done(const std::string& state, Deed deed) {
  if (state.empty()) return std::nullopt;
  const auto text = read_file(record_file(state, deed), std::size_t{16} << 10u);
  if (!text) return std::nullopt;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("at") || !json["at"].is_string()) return std::nullopt;
  const auto at = from_rfc3339(json["at"].get<std::string>());
  if (!at) return std::nullopt;
  const auto file = json.find("file");
  return Done{*at, file != json.end() && file->is_string() ? file->get<std::string>() : ""};
}

}  // namespace govhost::backup
