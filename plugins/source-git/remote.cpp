#include "remote.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "wire.h"

namespace git {
namespace {

// What the next fetch tells the server that it has.
constexpr const char* kServed = "refs/govhost/served";

struct Wanted {
  git_oid id{};
  std::string name;  // of the reference
};

// As git does: HEAD, a whole name, a tag, a branch.
std::optional<Wanted> find(std::span<const git_remote_head* const> heads, const std::string& ref) {
  for (const std::string& name : {ref, "refs/tags/" + ref, "refs/heads/" + ref})
    for (const git_remote_head* const head : heads)
      if (name == head->name) return Wanted{head->oid, name};
  return std::nullopt;
}

// Goes on until the call is cancelled or out of time.
int on_progress(const git_indexer_progress*, void* wire) {
  const gov::Call& call = static_cast<Wire*>(wire)->call;
  return call.cancelled() || call.remaining().count() <= 0 ? -1 : 0;
}

gov::Status failure(const Wire& wire, const std::string& doing) {
  if (!wire.fault.ok()) return wire.fault;
  if (wire.call.cancelled()) return gov::cancelled();
  const std::string text = wire.remote.url + ": " + doing + ": " + why();
  return wire.call.remaining().count() <= 0 ? gov::deadline_exceeded(text) : gov::unavailable(text);
}

gov::Status download(git_remote* remote, Wire& wire, Store& store, std::vector<std::string> specs) {
  std::vector<char*> raw;
  for (std::string& spec : specs) raw.push_back(spec.data());
  const git_strarray list{raw.data(), raw.size()};
  git_fetch_options options{};
  git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
  options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
  options.callbacks.transport = make_transport;
  options.callbacks.transfer_progress = on_progress;
  options.callbacks.payload = &wire;
  if (git_remote_download(remote, &list, &options) == 0) return {};
  if (wire.fault.ok()) store.suspect();  // what was there before is read for it
  return failure(wire, "cannot be fetched");
}

}  // namespace

gov::Result<git_oid> fetch(const Remote& source, const gov::Http& http, const gov::Call& call,
                           Store& store) {
  const bool fixed = is_object_id(source.ref);
  if (fixed)
    if (auto known = store.find(source.ref)) return known;
  git_remote* raw = nullptr;
  git_remote_create_options created{};
  git_remote_create_options_init(&created, GIT_REMOTE_CREATE_OPTIONS_VERSION);
  created.repository = store.raw();
  // Besides, libgit2 1.5 leaks 20 KB for every line of configuration that it holds against
  // insteadOf.
  created.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
  if (git_remote_create_with_opts(&raw, source.url.c_str(), &created) != 0)
    return gov::invalid(source.url + ": " + why());
  const Handle<git_remote, git_remote_free> remote(raw);
  Wire wire{source, http, call};
  git_remote_callbacks callbacks{};
  git_remote_init_callbacks(&callbacks, GIT_REMOTE_CALLBACKS_VERSION);
  callbacks.transport = make_transport;
  callbacks.payload = &wire;
  const git_remote_head** heads = nullptr;
  std::size_t count = 0;
  if (git_remote_connect(raw, GIT_DIRECTION_FETCH, &callbacks, nullptr, nullptr) != 0 ||
      git_remote_ls(&heads, &count, raw) != 0)
    return failure(wire, "cannot be listed");
  if (fixed) {
    gov::Status got =
        download(raw, wire, store,
                 {"+refs/heads/*:refs/govhost/heads/*", "+refs/tags/*:refs/govhost/tags/*"});
    return got.ok() ? store.find(source.ref) : gov::Result<git_oid>(std::move(got));
  }
  const auto wanted = find({heads, count}, source.ref);
  if (!wanted)
    return gov::not_found(source.url + " has no branch or tag " + source.ref +
                          "; check source.options.ref");
  if (auto known = store.commit_of(wanted->id)) return known;
  if (gov::Status s = download(raw, wire, store, {"+" + wanted->name + ":" + kServed}); !s.ok())
    return s;
  auto commit = store.commit_of(wanted->id);
  if (!commit) return commit;
  git_reference* served = nullptr;
  if (git_reference_create(&served, store.raw(), kServed, &*commit, /*force=*/1, nullptr) != 0)
    return gov::unavailable("the clone of " + source.url + ": " + why());
  git_reference_free(served);
  return commit;
}

}  // namespace git
