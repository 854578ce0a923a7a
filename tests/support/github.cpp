#include "support/github.h"

#include <openssl/evp.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace govhost::test {
namespace {

using Answer = Upstream::Answer;

std::string sha1(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4u];
    hex += "0123456789abcdef"[digest[i] & 15u];
  }
  return hex;
}

std::string blob(const std::string& text) {
  return sha1("blob " + std::to_string(text.size()) + '\0' + text);
}

std::string decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%')
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)), i += 2;
    else
      out += text[i];
  }
  return out;
}

}  // namespace

Github::Github()
    : upstream_([this](const Upstream::Request& request) { return answer(request); }) {}

void Github::put(const std::string& path, const std::string& text) {
  const std::lock_guard lock(mutex_);
  files_[path] = {text};
  ++commits_;
}

void Github::erase(const std::string& path) {
  const std::lock_guard lock(mutex_);
  files_.erase(path);
  ++commits_;
}

void Github::link(const std::string& path, const std::string& target) {
  const std::lock_guard lock(mutex_);
  files_[path] = {target, "120000"};
  ++commits_;
}

void Github::answer_all(std::optional<Answer> answer) {
  const std::lock_guard lock(mutex_);
  all_ = std::move(answer);
}

void Github::answer_files(std::optional<Answer> answer) {
  const std::lock_guard lock(mutex_);
  texts_ = std::move(answer);
}

std::string Github::commit() const { return sha1("commit " + std::to_string(commits_)); }

std::string Github::config(const std::string& more_options) const {
  return "plugin = \"github\"\ngrants = [\"" + url("/api/repos/bank/policies/") + "\", \"" +
         url("/raw/bank/policies/") + "\"]\noptions = {repo = \"bank/policies\", api = \"" +
         url("/api") + "\", raw = \"" + url("/raw") + "\"" + more_options + "}\n";
}

std::size_t Github::count(const std::string& prefix, std::size_t from) const {
  const auto all = requests();
  return static_cast<std::size_t>(std::count_if(
      all.begin() + static_cast<std::ptrdiff_t>(std::min(from, all.size())), all.end(),
      [&](const auto& request) { return request.target.starts_with(prefix); }));
}

Answer Github::answer(const Upstream::Request& request) {
  const std::lock_guard lock(mutex_);
  if (all_) return *all_;
  const std::string api = "/api/repos/" + std::string(kRepo);
  const std::string now = commit(), etag = "\"" + now + "\"";
  const std::string& target = request.target;
  if (target.starts_with(api + "/commits/")) {
    if (request.header("if-none-match") == etag) return {304, "", {{"ETag", etag}}};
    return {200, now, {{"ETag", etag}}};
  }
  if (target == api + "/git/trees/" + now + "?recursive=1") {
    nlohmann::json tree = nlohmann::json::array();
    tree.push_back({{"path", "docs"}, {"mode", "040000"}, {"type", "tree"}, {"sha", sha1("docs")}});
    tree.push_back({{"path", "sub"}, {"mode", "160000"}, {"type", "commit"}, {"sha", sha1("sub")}});
    for (const auto& [path, file] : files_)
      tree.push_back({{"path", path},
                      {"mode", file.mode},
                      {"type", "blob"},
                      {"sha", blob(file.text)},
                      {"size", file.text.size()}});
    return {200, nlohmann::json{{"sha", now}, {"tree", tree}, {"truncated", false}}.dump()};
  }
  const std::string raw = "/raw/" + std::string(kRepo) + "/" + now + "/";
  if (target.starts_with(raw)) {
    if (texts_) return *texts_;
    const auto file = files_.find(decoded(target.substr(raw.size())));
    if (file != files_.end()) return {200, file->second.text};
  }
  if (target.starts_with(api + "/git/blobs/"))
    for (const auto& [path, file] : files_)
      if (target == api + "/git/blobs/" + blob(file.text)) return {200, file.text};
  return {404, R"({"message":"Not Found"})"};
}

}  // namespace govhost::test
