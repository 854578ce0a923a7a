#include <gov/testing.hpp>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <thread>

#include "probe.h"

namespace {

using gov::testing::Loaded;

gov_str view(std::string_view text) { return gov::to_c(text); }

std::string hits_of(const Loaded& plugin, std::string_view text,
                    std::vector<gov_pair> facets = {}) {
  const gov_query query{sizeof query, 2, view(text), facets.data(), facets.size(), 0, 0,
                        nullptr,      0};
  const gov::testing::Call call;
  gov::testing::Hits hits;
  gov_error error{sizeof error, 0, {}};
  expect(
      plugin.search().query(plugin.instance(), call.raw(), &query, hits.sink(), &error) == GOV_OK,
      error.message);
  std::string all;
  for (const auto& hit : hits.all) all += hit.id + " ";
  return all + std::to_string(hits.total);
}

void apply(const Loaded& plugin, const std::vector<gov_index_op>& ops) {
  std::vector<const gov_index_op*> pointers;
  for (const gov_index_op& op : ops) pointers.push_back(&op);
  const gov::testing::Call call;
  gov_error error{sizeof error, 0, {}};
  expect(plugin.search().apply(plugin.instance(), call.raw(), pointers.data(), pointers.size(),
                               &error) == GOV_OK,
         error.message);
}

gov_status ask(const Loaded& plugin, std::string_view authorization, std::string& subject) {
  const gov_pair header{view("authorization"), view(authorization)};
  gov_peer peer{};
  peer.struct_size = sizeof peer;
  peer.uid = GOV_NO_UID;
  peer.transport = view("http");
  peer.headers = &header;
  peer.header_count = 1;
  const gov::testing::Call call;
  gov_error error{sizeof error, 0, {}};
  return plugin.auth().authenticate(
      plugin.instance(), call.raw(), &peer, &subject,
      [](void* ctx, const gov_principal* p) {
        static_cast<std::string*>(ctx)->assign(gov::to_cpp(p->subject));
      },
      &error);
}

// Answers each message with itself, from another thread; one that says "idle" stays open after it.
struct Echo {
  std::thread thread;
  std::string body;

  static gov_status submit(void* ctx, const gov_inbound* in, void* reply_ctx,
                           void (*reply)(void*, const gov_reply*), gov_exchange** out) {
    auto& self = *static_cast<Echo*>(ctx);
    if (self.thread.joinable()) self.thread.join();
    self.body = gov::to_cpp(in->body);
    self.thread = std::thread([&self, reply, reply_ctx] {
      const gov_bytes part = gov::to_bytes(self.body);
      gov_reply answer{};
      answer.struct_size = sizeof answer;
      const bool idle = self.body.find("idle") != std::string::npos;
      answer.flags = idle ? GOV_REPLY_IDLE : GOV_REPLY_LAST;
      answer.parts = &part;
      answer.part_count = 1;
      reply(reply_ctx, &answer);
    });
    *out = reinterpret_cast<gov_exchange*>(&self);
    return GOV_OK;
  }
  ~Echo() {
    if (thread.joinable()) thread.join();
  }
};

}  // namespace

void probe_source(const std::string& file, const char* directory) {
  const gov::testing::Host host;
  gov::testing::Config config;
  config.set("path", directory);
  auto plugin = Loaded::open(file, "my-source", host, config);
  const gov::testing::Call call;
  gov::testing::Documents got;
  expect(plugin.source().list(plugin.instance(), call.raw(), got.sink(), plugin.error()) == GOV_OK,
         plugin.error()->message);
  for (const auto& document : got.all) std::puts(document.key.c_str());
}

void probe_search(const std::string& file) {
  const gov::testing::Host host;
  gov::testing::Config config;
  const auto plugin = Loaded::open(file, "my-search", host, config);
  const gov_pair risk{view("kind"), view("risk")}, control{view("kind"), view("control")};
  const auto put = [](const char* id, const char* text, const gov_pair* facet) {
    return gov_index_op{sizeof(gov_index_op), 0,     view(id), view("1"), view("t"), view("h"),
                        view(text),           facet, 1,        view(""),  view("")};
  };
  apply(plugin, {put("b", "bias", &risk), put("a", "bias", &risk), put("c", "bias bias", &control),
                 put("d", "drift", &risk)});
  expect(hits_of(plugin, "bias") == "c a 3", "query: " + hits_of(plugin, "bias"));
  expect(hits_of(plugin, "bias", {risk}) == "a b 2", "facet: " + hits_of(plugin, "bias", {risk}));
  expect(hits_of(plugin, "bias", {risk, control}) == "c a 3", "two values of one facet");
  expect(hits_of(plugin, "") == "0", "the empty query");
  apply(plugin, {gov_index_op{sizeof(gov_index_op), 1, view("c"), view(""), view(""), view(""),
                              view(""), nullptr, 0, view(""), view("")}});
  expect(hits_of(plugin, "bias") == "a b 2", "erase: " + hits_of(plugin, "bias"));
  std::string held;
  const gov::testing::Call call;
  gov_error error{sizeof error, 0, {}};
  expect(plugin.search().held(
             plugin.instance(), call.raw(), &held,
             [](void* ctx, gov_str id, gov_str) {
               static_cast<std::string*>(ctx)->append(gov::to_cpp(id));
               return gov_status{GOV_OK};
             },
             &error) == GOV_OK &&
             held == "abd",
         "held: " + held);
}

void probe_auth(const std::string& file) {
  gov::testing::Host host;
  host.secrets["key"] = "canary";
  gov::testing::Config config;
  const auto plugin = Loaded::open(file, "my-auth", host, config);
  std::string subject;
  expect(ask(plugin, "Bearer x", subject) == GOV_NOT_MINE, "another scheme");
  expect(ask(plugin, "ApiKey wrong!", subject) == GOV_UNAUTHENTICATED, "a wrong key");
  expect(ask(plugin, "ApiKey ", subject) == GOV_UNAUTHENTICATED, "an empty key");
  expect(subject.empty(), "a principal for a refused key");
  expect(ask(plugin, "ApiKey canary", subject) == GOV_OK && subject == "api-key", "the key");
  expect(!host.logged("canary"), "the key was logged");
}

// `directory` holds one file, "github", with the text "canary".
void probe_secrets(const std::string& file, const char* directory) {
  gov::testing::Host host;
  gov::testing::Config config;
  config.set("path", directory);
  const auto plugin = Loaded::open(file, "my-secrets", host, config);
  const auto ask_for = [&](std::string_view name, std::string& value) {
    const gov::testing::Call call;
    gov_error error{sizeof error, 0, {}};
    return plugin.secrets().resolve(
        plugin.instance(), call.raw(), view(name), &value,
        [](void* ctx, gov_bytes bytes, std::int64_t) {
          static_cast<std::string*>(ctx)->assign(gov::to_cpp(bytes));
        },
        &error);
  };
  std::string value;
  expect(ask_for("missing", value) == GOV_NOT_FOUND, "a secret that is not there");
  expect(ask_for("../github", value) == GOV_INVALID_ARGUMENT, "a way out of the directory");
  expect(value.empty(), "a value for what was refused");
  expect(ask_for("github", value) == GOV_OK && value == "canary", "the secret");
}

void probe_transport(const std::string& file) {
  std::array<int, 2> in{}, out{};
  expect(pipe(in.data()) == 0 && pipe(out.data()) == 0, "pipe");
  const gov_stdio_v1 stdio{sizeof stdio, in[0], out[1], 0};
  gov::testing::Host host;
  host.services[GOV_SERVICE_STDIO] = &stdio;
  gov::testing::Config config;
  const auto plugin = Loaded::open(file, "my-transport", host, config);
  constexpr std::string_view kMessages = "{\"one\":1}\n{\"idle\":2}\n{\"three\":3}\n";
  expect(write(in[1], kMessages.data(), kMessages.size()) == std::ssize(kMessages), "write");
  close(in[1]);  // the end of the input ends run()

  Echo echo;
  const gov_dispatch_v1 dispatch{sizeof dispatch,
                                 0,
                                 &echo,
                                 &Echo::submit,
                                 [](void*, gov_exchange*) {},
                                 [](void*, gov_exchange*) {},
                                 [](void*, std::uint64_t) {}};
  const gov::testing::Call call;
  gov_error error{sizeof error, 0, {}};
  expect(plugin.transport().run(
             plugin.instance(), call.raw(), &dispatch, nullptr, [](void*, gov_str) {}, &error) ==
             GOV_OK,
         error.message);
  std::array<char, 64> text{};
  const ssize_t n = read(out[0], text.data(), text.size());
  expect(std::string_view(text.data(), static_cast<std::size_t>(n)) == kMessages,
         "the answers are not the messages");
  close(in[0]);
  close(out[0]);
  close(out[1]);
}
