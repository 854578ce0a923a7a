// The host's own interfaces to plugins, in C++ terms, and their adapters for plugins that run
// inside the process. The rest of the host knows only the interfaces.
#pragma once

#include <gov/abi.h>
#include <gov/status.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/call.h"
#include "plugin/instance.h"

namespace govhost::plugin {

// A document as a source lists it. Views live for the callback.
struct SourceHead {
  std::string_view key, version, title, media_type, link;
  std::int64_t modified_ms = 0;
  std::uint64_t size = 0;
};

// Where documents come from. Calls may block; several may run at once.
class Source {
 public:
  using OnHead = std::function<gov::Status(const SourceHead&)>;
  using OnBody = std::function<gov::Status(std::string_view chunk)>;

  virtual ~Source() = default;
  virtual gov::Status list(CallContext&, const OnHead&) = 0;
  virtual gov::Status fetch(CallContext&, std::string_view key, const OnHead&, const OnBody&) = 0;

  // Whether watch() does anything. One that does not may do so after a successful list().
  virtual bool watches() const { return false; }
  // Blocks until cancelled; `changed` on this thread, whenever documents may have changed.
  virtual gov::Status watch(CallContext&, const std::function<void()>& /*changed*/) {
    return gov::unimplemented("it cannot be watched");
  }
};

// What a search backend is to hold. Views live for the call.
struct Passage {
  std::string_view id, version, title, heading, text;
  std::vector<gov_pair> facets;
  std::string_view attributes = {};  // of the document: searched with it, never shown
  std::string_view document = {};    // equal for all passages of one document
};

struct Hit {
  std::string_view id;
  float score = 0;
  std::span<const gov_range> matches;
  std::span<const gov_score_part> parts = {};  // when asked to explain
};

struct SearchQuery {
  std::string_view text;
  std::span<const gov_pair> facets;
  std::span<const gov_alternative> alternatives;  // ascending by where they stand
  std::uint32_t limit = 1;
  std::uint32_t per_document = 0;  // most hits of one; 0: any number
  bool explain = false;
};

class SearchBackend {
 public:
  using OnHit = std::function<gov::Status(const Hit&)>;
  using OnHeld = std::function<gov::Status(std::string_view id, std::string_view version)>;

  virtual ~SearchBackend() = default;
  // All or nothing: what was staged, then the passages to put and the ids to erase.
  virtual gov::Status apply(CallContext&, std::span<const Passage> put,
                            std::span<const std::string_view> erase) = 0;
  // A part of what the next apply() brings; UNIMPLEMENTED when everything must come in one.
  virtual gov::Status stage(CallContext&, std::span<const Passage>) {
    return gov::unimplemented("stage");
  }
  virtual gov::Status held(CallContext&, const OnHeld&) { return {}; }
  // `total` receives the number of passages that match, or documents when hits per document are
  // bounded.
  virtual gov::Status query(CallContext&, const SearchQuery&, const OnHit&,
                            std::uint64_t& total) = 0;
  // Whether query() may run on a transport's thread.
  virtual bool never_blocks() const = 0;
};

// Who is asking, as an authenticator found it.
struct Principal {
  std::string subject, issuer, method;
  std::vector<std::string> scopes;
  std::int64_t expires_ms = 0;
  std::string credential = {};  // which one it was: a jti, the id of a key
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // GOV_OK with `out` filled, GOV_NOT_MINE, or the reason for refusing.
  // GOV_WOULD_BLOCK only to a call that is to be answered at once.
  virtual gov::Status authenticate(CallContext&, const gov_peer&, Principal& out) = 0;
  virtual std::string challenge() = 0;
  // Of OAuth authorization servers that clients get a credential from.
  virtual std::vector<std::string> issuers() { return {}; }
  // Whether authenticate() heeds CallContext::set_at_once(), so that it may run on a transport's
  // thread.
  virtual bool answers_at_once() const = 0;
};

// Where secrets are kept. Calls may block; several may run at once.
class SecretStore {
 public:
  // The view lives for the callback. `expires_ms`: Unix time; 0: not known.
  using OnSecret = std::function<void(std::string_view value, std::int64_t expires_ms)>;

  virtual ~SecretStore() = default;
  // GOV_OK after exactly one on_secret().
  virtual gov::Status resolve(CallContext&, std::string_view reference, const OnSecret&) = 0;
};

class Transport {
 public:
  using OnListening = std::function<void(std::string_view endpoint)>;

  virtual ~Transport() = default;
  virtual gov::Status run(CallContext&, const gov_dispatch_v1&, const OnListening&) = 0;
  virtual void drain() = 0;
};

// Adapters. The instance must outlive the adapter.
std::unique_ptr<Source> local_source(Instance&);
std::unique_ptr<SearchBackend> local_search(Instance&);
std::unique_ptr<Authenticator> local_auth(Instance&);
std::unique_ptr<SecretStore> local_secrets(Instance&);
std::unique_ptr<Transport> local_transport(Instance&);

}  // namespace govhost::plugin
