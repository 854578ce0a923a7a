// The two questions that a synchronisation asks of GitHub's REST API, and the texts.
//
// https://docs.github.com/rest: "Get a commit" with the media type `sha` (conditional: a 304 does
// not count against the rate limit) and "Get a tree", recursive. Texts come from the raw host,
// which has no such limit, or, where there is none (GitHub Enterprise), from "Get a blob".
#pragma once

#include <gov/http.hpp>
#include <gov/status.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace github {

struct Options {
  std::string repo;  // "finos/ai-governance-framework"
  std::string ref = "HEAD";
  std::string path;  // the folder whose files are served, without '/' at either end; empty: all
  std::string api = "https://api.github.com";
  std::string raw = "https://raw.githubusercontent.com";  // empty: there is none
  std::string web = "https://github.com";
  bool has_token = false;
};

struct File {
  std::string blob;  // SHA-1
  std::uint64_t size = 0;
};

struct Tree {
  std::string etag, commit;
  std::map<std::string, File, std::less<>> files;  // by path in the repository
};

class Api {
 public:
  Api(gov::Http http, Options options) : http_(http), options_(std::move(options)) {}

  const Options& options() const { return options_; }
  // Finds the commit that the ref names; NOT_MODIFIED: the one of this ETag.
  gov::Status find_commit(const gov::Call& call, std::string_view etag, Tree& out) const;
  // Reads the files of out.commit.
  gov::Status read_tree(const gov::Call& call, Tree& out) const;
  // The text of a file, which is the blob that the tree names.
  gov::Result<std::string> read_file(const gov::Call& call, const Tree& tree, std::string_view path,
                                     const File& file) const;

 private:
  gov::Result<gov::HttpAnswer> get(const gov::Call& call, const std::string& url,
                                   std::string_view accept, std::string_view etag,
                                   std::uint64_t max_bytes) const;

  const gov::Http http_;
  const Options options_;
};

}  // namespace github
