#include "api.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "blob.h"
#include "files.h"

namespace github {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxTree = std::uint64_t{64} << 20u;
constexpr std::size_t kMaxFiles = 500'000;
constexpr std::size_t kObjectId = 40;  // hexadecimal digits of SHA-1

bool is_object_id(std::string_view text) {
  return text.size() == kObjectId &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "Rate limits for the REST API": 403 or 429 with the time when the limit is renewed.
std::optional<gov::Status> rate_limited(const gov::HttpAnswer& answer, std::string_view url) {
  if ((answer.code != 403 && answer.code != 429) ||
      answer.header("x-ratelimit-remaining") != std::string_view("0"))
    return std::nullopt;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const std::int64_t wait = number_of(answer.header("x-ratelimit-reset")).value_or(0) - now.count();
  return gov::unavailable(std::string(url) +
                          ": the rate limit of GitHub is used up; set source.options.token for a "
                          "higher one")
      .with_retry_after(
          std::chrono::seconds(std::clamp(wait, std::int64_t{1}, std::int64_t{3600})));
}

// A regular file; symbolic links lead anywhere, and submodules are other repositories.
bool is_file(const json& item) {
  const std::string mode = item.value("mode", "");
  return item.value("type", "") == "blob" && (mode == "100644" || mode == "100755");
}

gov::Status read_items(const json& items, Tree& out) {
  for (const json& item : items) {
    if (!item.is_object() || !item.contains("path") || !item["path"].is_string() ||
        !item.contains("sha") || !item["sha"].is_string() || !item.contains("mode") ||
        !item["mode"].is_string() || !item.contains("type") || !item["type"].is_string())
      return gov::unavailable("GitHub's answer is no list of files");
    if (!is_file(item)) continue;
    if (out.files.size() >= kMaxFiles)
      return gov::resource_exhausted("the repository has more than 500000 files");
    const auto size = item.find("size");
    out.files[item["path"].get<std::string>()] = {
        item["sha"].get<std::string>(),
        size != item.end() && size->is_number_unsigned() ? size->get<std::uint64_t>() : 0};
  }
  return {};
}

}  // namespace

gov::Result<gov::HttpAnswer> Api::get(const gov::Call& call, const std::string& url,
                                      std::string_view accept, std::string_view etag,
                                      std::uint64_t max_bytes) const {
  gov::HttpRequest request{url};
  request.max_bytes = max_bytes;
  if (options_.has_token) request.bearer_secret = "token";
  request.headers.push_back({"Accept", accept});
  request.headers.push_back({"X-GitHub-Api-Version", "2022-11-28"});
  if (!etag.empty()) request.headers.push_back({"If-None-Match", etag});
  auto answer = http_.send(call, request);
  if (!answer) return answer.status();
  if (auto limited = rate_limited(*answer, url)) return std::move(*limited);
  if (answer->code == 404)
    return gov::not_found(url +
                          " answered HTTP 404; check source.options.repo, ref and path, and for a "
                          "private repository the token");
  if (gov::Status s = gov::status_of(*answer, url); !s.ok()) return s;
  return answer;
}

gov::Status Api::find_commit(const gov::Call& call, std::string_view etag, Tree& out) const {
  const auto answer = get(
      call, options_.api + "/repos/" + options_.repo + "/commits/" + source::escaped(options_.ref),
      "application/vnd.github.sha", etag, 4096);
  if (!answer) return answer.status();
  if (!is_object_id(answer->body))
    return gov::unavailable("GitHub's answer to which commit " + options_.ref + " is, is none");
  out.etag = answer->header("etag");
  out.commit = answer->body;
  return {};
}

gov::Status Api::read_tree(const gov::Call& call, Tree& out) const {
  const auto answer = get(
      call, options_.api + "/repos/" + options_.repo + "/git/trees/" + out.commit + "?recursive=1",
      "application/vnd.github+json", "", kMaxTree);
  if (!answer) return answer.status();
  const json tree = json::parse(
      answer->body, [](int depth, json::parse_event_t, json&) { return depth < 8; },
      /*allow_exceptions=*/false);
  if (!tree.is_object() || !tree.contains("tree") || !tree["tree"].is_array())
    return gov::unavailable("GitHub's answer is no list of files");
  const auto truncated = tree.find("truncated");
  if (truncated != tree.end() && *truncated == true)
    return gov::resource_exhausted(
        "the repository has more files than GitHub lists at once; use a smaller one");
  return read_items(tree["tree"], out);
}

gov::Result<std::string> Api::read_file(const gov::Call& call, const Tree& tree,
                                        std::string_view path, const File& file) const {
  const bool raw = !options_.raw.empty();
  const std::string url =
      raw ? options_.raw + "/" + options_.repo + "/" + tree.commit + "/" + source::escaped(path)
          : options_.api + "/repos/" + options_.repo + "/git/blobs/" + file.blob;
  auto answer = get(call, url, raw ? "*/*" : "application/vnd.github.raw+json", "", 0);
  if (!answer) return answer.status();
  if (blob_id(answer->body) != file.blob)
    return gov::unavailable(std::string(path) + ": what " + url +
                            " answered is not the file of commit " + tree.commit.substr(0, 12));
  return std::move(answer->body);
}

}  // namespace github
