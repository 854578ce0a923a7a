// govhost content VERB: what the verbs share.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/bundle_keeper.h"
#include "app/cli/common.h"

namespace govhost::app {

struct ContentOptions {
  ConfigOptions config;
  std::vector<std::string> names;  // positional: sources, documents, files
  std::string at, snapshot, output;
  bool probe = false, release = false, as_json = false;
};

using ContentVerb = int (*)(const ContentOptions&, const Console&);

// Those that ask the running server.
int content_status(const ContentOptions&, const Console&);
int content_sync(const ContentOptions&, const Console&);
int content_diff(const ContentOptions&, const Console&);
int content_accept(const ContentOptions&, const Console&);
int content_rollback(const ContentOptions&, const Console&);

// Those that work on the files, be there a server or not.
int content_show(const ContentOptions&, const Console&);
int content_verify(const ContentOptions&, const Console&);
int content_lint(const ContentOptions&, const Console&);
int content_bundle(const ContentOptions&, const Console&);
int content_import(const ContentOptions&, const Console&);

// The configuration and its bundles; null after saying what is wrong.
struct ContentFiles {
  explicit ContentFiles(config::Config given) : config(std::move(given)) {}
  const config::Config config;
  LogStream log{Level::kError};
  std::unique_ptr<BundleKeeper> keeper;
};
std::unique_ptr<ContentFiles> open_files(const ContentOptions&, const Console&);

// Says what went wrong; the exit code that goes with it.
int failed(const Console& console, const gov::Status& why);

}  // namespace govhost::app
