#include "plugin/adapters.h"

#include <algorithm>

#include "plugin/crossing.h"

namespace govhost::plugin {
namespace {

using gov::to_c;
using gov::to_cpp;

// A call in its turn (GOV_SERIAL), with the table's function present.
template <class Function, class Body>
gov::Status call_plugin(Instance& instance, const CallContext& call, const char* what,
                        Function function, Body&& body) {
  if (!function) return gov::unimplemented(instance.name() + " does not implement " + what);
  const Instance::Turn turn(instance, call);
  if (!turn.granted())
    return gov::deadline_exceeded(instance.name() + ": no turn for " + what +
                                  " before the deadline");
  return crossing(instance.name(), what, std::forward<Body>(body));
}

// Carries a callback's own Status through the C sink, which has room for a code only.
struct SinkState {
  gov::Status status;
  gov_status take(gov::Status s) {
    const gov_status code = s.code();
    if (status.ok() && !s.ok()) status = std::move(s);
    return code;
  }
  // The sink's refusal explains more than the code that the plugin passed on.
  gov::Status or_else(gov::Status plugin) {
    return status.ok() ? std::move(plugin) : std::move(status);
  }
};

class LocalSource final : public Source {
 public:
  explicit LocalSource(Instance& instance)
      : instance_(instance),
        watch_(static_cast<const gov_watch_v1*>(instance.extension(GOV_EXT_WATCH))) {
    // A call that lasts for ever would keep every other one of these waiting.
    if ((instance.component().flags & GOV_SERIAL) != 0) watch_ = nullptr;
  }

  gov::Status list(CallContext& call, const OnHead& on_head) override {
    const OnBody no_body = [this](std::string_view) {
      return gov::internal(instance_.name() + " broke the contract: a body in a list");
    };
    State state{{}, on_head, no_body};
    const gov_document_sink sink = state.sink();
    const auto& table = instance_.table<gov_source_v1>();
    return state.or_else(call_plugin(instance_, call, "list", table.list, [&](gov_error* error) {
      return table.list(instance_.raw(), call.raw(), &sink, error);
    }));
  }

  gov::Status fetch(CallContext& call, std::string_view key, const OnHead& on_head,
                    const OnBody& on_body) override {
    State state{{}, on_head, on_body};
    const gov_document_sink sink = state.sink();
    const auto& table = instance_.table<gov_source_v1>();
    return state.or_else(call_plugin(instance_, call, "fetch", table.fetch, [&](gov_error* error) {
      return table.fetch(instance_.raw(), call.raw(), to_c(key), {"", 0}, &sink, error);
    }));
  }

  bool watches() const override { return watch_ != nullptr && watch_->watch != nullptr; }
  gov::Status watch(CallContext& call, const std::function<void()>& changed) override {
    void* const ctx = const_cast<std::function<void()>*>(&changed);
    const auto tell = [](void* to, gov_str) { (*static_cast<std::function<void()>*>(to))(); };
    return crossing(instance_.name(), "watch", [&](gov_error* error) {
      return watch_->watch(instance_.raw(), call.raw(), ctx, tell, error);
    });
  }

 private:
  struct State : SinkState {
    const OnHead& on_head;
    const OnBody& on_body;

    gov_document_sink sink() {
      return {sizeof(gov_document_sink), 0, this,
              [](void* ctx, const gov_document* d) {
                auto& self = *static_cast<State*>(ctx);
                return self.take(self.on_head({to_cpp(d->key), to_cpp(d->version), to_cpp(d->title),
                                               to_cpp(d->media_type), to_cpp(d->link),
                                               d->modified_ms, d->size}));
              },
              [](void* ctx, const void* data, std::uint64_t n) {
                auto& self = *static_cast<State*>(ctx);
                return self.take(
                    self.on_body({static_cast<const char*>(data), static_cast<std::size_t>(n)}));
              }};
    }
  };

  Instance& instance_;
  const gov_watch_v1* watch_;  // null: not offered
};

// A batch in the ABI's terms. Borrows the passages.
class Operations {
 public:
  Operations(std::span<const Passage> put, std::span<const std::string_view> erase) {
    ops_.reserve(put.size() + erase.size());
    for (const Passage& p : put)
      ops_.push_back({sizeof(gov_index_op), 0, to_c(p.id), to_c(p.version), to_c(p.title),
                      to_c(p.heading), to_c(p.text), p.facets.data(), p.facets.size(),
                      to_c(p.attributes), to_c(p.document)});
    for (const std::string_view id : erase) {
      gov_index_op op{};
      op.struct_size = sizeof op;
      op.erase = 1;
      op.id = to_c(id);
      ops_.push_back(op);
    }
    pointers_.reserve(ops_.size());
    for (const gov_index_op& op : ops_) pointers_.push_back(&op);
  }
  const gov_index_op* const* data() const { return pointers_.data(); }
  std::uint64_t size() const { return pointers_.size(); }

 private:
  std::vector<gov_index_op> ops_;
  std::vector<const gov_index_op*> pointers_;
};

class LocalSearch final : public SearchBackend {
 public:
  explicit LocalSearch(Instance& instance) : instance_(instance) {}
  bool never_blocks() const override { return instance_.never_blocks(); }

  gov::Status apply(CallContext& call, std::span<const Passage> put,
                    std::span<const std::string_view> erase) override {
    const auto& table = instance_.table<gov_search_v1>();
    const Operations operations(put, erase);
    return call_plugin(instance_, call, "apply", table.apply, [&](gov_error* error) {
      return table.apply(instance_.raw(), call.raw(), operations.data(), operations.size(), error);
    });
  }

  gov::Status stage(CallContext& call, std::span<const Passage> put) override {
    const auto& table = instance_.table<gov_search_v1>();
    if (!GOV_HAS(&table, stage) || !table.stage) return gov::unimplemented("stage");
    const Operations operations(put, {});
    return call_plugin(instance_, call, "stage", table.stage, [&](gov_error* error) {
      return table.stage(instance_.raw(), call.raw(), operations.data(), operations.size(), error);
    });
  }

  gov::Status held(CallContext& call, const OnHeld& on_held) override {
    struct Held : SinkState {
      const OnHeld& one;
    } state{{}, on_held};
    const auto& table = instance_.table<gov_search_v1>();
    return state.or_else(call_plugin(instance_, call, "held", table.held, [&](gov_error* error) {
      return table.held(
          instance_.raw(), call.raw(), &state,
          [](void* ctx, gov_str id, gov_str version) {
            auto& self = *static_cast<Held*>(ctx);
            return self.take(self.one(to_cpp(id), to_cpp(version)));
          },
          error);
    }));
  }

  gov::Status query(CallContext& call, const SearchQuery& wanted, const OnHit& on_hit,
                    std::uint64_t& total) override {
    State state{{}, on_hit, total};
    const gov_hit_sink sink{
        sizeof sink, 0, &state,
        [](void* ctx, const gov_hit* h) {
          auto& self = *static_cast<State*>(ctx);
          Hit hit{to_cpp(h->id), h->score, {h->matches, static_cast<std::size_t>(h->match_count)}};
          if (GOV_HAS(h, part_count))
            hit.parts = {h->parts, static_cast<std::size_t>(h->part_count)};
          return self.take(self.on_hit(hit));
        },
        [](void* ctx, std::uint64_t n) {
          static_cast<State*>(ctx)->total = n;
          return gov_status{GOV_OK};
        }};
    const gov_query query{sizeof query,
                          wanted.limit,
                          to_c(wanted.text),
                          wanted.facets.data(),
                          wanted.facets.size(),
                          wanted.per_document,
                          wanted.explain ? std::uint32_t{GOV_QUERY_EXPLAIN} : 0u,
                          wanted.alternatives.data(),
                          wanted.alternatives.size()};
    const auto& table = instance_.table<gov_search_v1>();
    return state.or_else(call_plugin(instance_, call, "query", table.query, [&](gov_error* error) {
      return table.query(instance_.raw(), call.raw(), &query, &sink, error);
    }));
  }

 private:
  struct State : SinkState {
    const OnHit& on_hit;
    std::uint64_t& total;
  };
  Instance& instance_;
};

class LocalAuth final : public Authenticator {
 public:
  explicit LocalAuth(Instance& instance) : instance_(instance) {}
  bool answers_at_once() const override { return instance_.answers_at_once(); }

  gov::Status authenticate(CallContext& call, const gov_peer& peer, Principal& out) override {
    struct Found {
      Principal& out;
      int count = 0;
    } found{out};
    const auto& table = instance_.table<gov_auth_v1>();
    gov::Status status =
        call_plugin(instance_, call, "authenticate", table.authenticate, [&](gov_error* error) {
          return table.authenticate(
              instance_.raw(), call.raw(), &peer, &found,
              [](void* ctx, const gov_principal* p) {
                auto& result = *static_cast<Found*>(ctx);
                ++result.count;
                result.out = {std::string(to_cpp(p->subject)),
                              std::string(to_cpp(p->issuer)),
                              std::string(to_cpp(p->method)),
                              {},
                              p->expires_ms,
                              {}};
                if (GOV_HAS(p, credential)) result.out.credential = to_cpp(p->credential);
                for (std::uint64_t i = 0; i < p->scope_count; ++i)
                  result.out.scopes.emplace_back(to_cpp(p->scopes[i]));
              },
              error);
        });
    // Fails closed: "yes" without saying who is a no.
    if (status.ok() && (found.count != 1 || out.subject.empty()))
      return gov::internal(instance_.name() + " broke the contract: GOV_OK without one principal");
    return status;
  }

  std::string challenge() override {
    std::string scheme;
    const auto& table = instance_.table<gov_auth_v1>();
    if (!table.challenge) return scheme;
    const gov::Status said = crossing(instance_.name(), "challenge", [&](gov_error* error) {
      return table.challenge(
          instance_.raw(), &scheme,
          [](void* ctx, gov_str value) { *static_cast<std::string*>(ctx) = to_cpp(value); }, error);
    });
    return said.ok() ? scheme : std::string();
  }

  std::vector<std::string> issuers() override {
    std::vector<std::string> urls;
    const auto& table = instance_.table<gov_auth_v1>();
    if (!GOV_HAS(&table, issuers) || !table.issuers) return urls;
    const gov::Status said = crossing(instance_.name(), "issuers", [&](gov_error* error) {
      return table.issuers(
          instance_.raw(), &urls,
          [](void* ctx, gov_str url) {
            static_cast<std::vector<std::string>*>(ctx)->emplace_back(to_cpp(url));
          },
          error);
    });
    return said.ok() ? urls : std::vector<std::string>();
  }

 private:
  Instance& instance_;
};

class LocalSecrets final : public SecretStore {
 public:
  explicit LocalSecrets(Instance& instance) : instance_(instance) {}

  gov::Status resolve(CallContext& call, std::string_view reference,
                      const OnSecret& on_secret) override {
    struct State {
      const OnSecret& on_secret;
      int count;
    } state{on_secret, 0};
    const auto& table = instance_.table<gov_secrets_v1>();
    gov::Status status = call_plugin(instance_, call, "resolve", table.resolve, [&](gov_error* e) {
      return table.resolve(
          instance_.raw(), call.raw(), to_c(reference), &state,
          [](void* ctx, gov_bytes value, std::int64_t expires_ms) {
            auto& to = *static_cast<State*>(ctx);
            ++to.count;
            to.on_secret({reinterpret_cast<const char*>(value.ptr), value.len}, expires_ms);
          },
          e);
    });
    if (status.ok() && state.count != 1)
      return gov::internal(instance_.name() + " broke the contract: GOV_OK without one secret");
    return status;
  }

 private:
  Instance& instance_;
};

class LocalTransport final : public Transport {
 public:
  explicit LocalTransport(Instance& instance) : instance_(instance) {}

  gov::Status run(CallContext& call, const gov_dispatch_v1& dispatch,
                  const OnListening& on_listening) override {
    const auto& table = instance_.table<gov_transport_v1>();
    if (!table.run) return gov::unimplemented(instance_.name() + " does not implement run");
    return crossing(instance_.name(), "run", [&](gov_error* error) {
      return table.run(
          instance_.raw(), call.raw(), &dispatch, const_cast<OnListening*>(&on_listening),
          [](void* ctx, gov_str endpoint) { (*static_cast<OnListening*>(ctx))(to_cpp(endpoint)); },
          error);
    });
  }

  void drain() override {
    const auto& table = instance_.table<gov_transport_v1>();
    if (table.drain) table.drain(instance_.raw());
  }

 private:
  Instance& instance_;
};

}  // namespace

std::unique_ptr<Source> local_source(Instance& i) { return std::make_unique<LocalSource>(i); }
std::unique_ptr<SearchBackend> local_search(Instance& i) {
  return std::make_unique<LocalSearch>(i);
}
std::unique_ptr<Authenticator> local_auth(Instance& i) { return std::make_unique<LocalAuth>(i); }
std::unique_ptr<SecretStore> local_secrets(Instance& i) {
  return std::make_unique<LocalSecrets>(i);
}
std::unique_ptr<Transport> local_transport(Instance& i) {
  return std::make_unique<LocalTransport>(i);
}

}  // namespace govhost::plugin
