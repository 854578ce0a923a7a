// Loads the built plugin as the host does and asks it as the host would.
#include <gov/testing.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

void check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "FAILED: %s\n", what);
  std::exit(1);
}
#define CHECK(condition) check(condition, #condition)

using gov::testing::Loaded;

// What the plugin says of a request with these Authorization headers; `subject` is who was found.
gov_status ask(Loaded& plugin, const std::vector<std::string_view>& authorization,
               std::string& subject) {
  std::vector<gov_pair> headers;
  for (const std::string_view value : authorization)
    headers.push_back({gov::to_c("authorization"), gov::to_c(value)});
  gov_peer peer{};
  peer.struct_size = sizeof peer;
  peer.uid = GOV_NO_UID;
  peer.transport = gov::to_c("http");
  peer.headers = headers.data();
  peer.header_count = headers.size();
  subject.clear();
  const gov::testing::Call call;
  return plugin.auth().authenticate(
      plugin.instance(), call.raw(), &peer, &subject,
      [](void* ctx, const gov_principal* found) {
        static_cast<std::string*>(ctx)->append(gov::to_cpp(found->subject));
      },
      plugin.error());
}

}  // namespace

int main() {
  gov::testing::Host host;
  host.secrets["key"] = "canary";
  gov::testing::Config config;
  auto plugin = Loaded::open(PLUGIN_FILE, "@name@", host, config);
  std::string subject;

  CHECK(ask(plugin, {}, subject) == GOV_NOT_MINE);
  CHECK(ask(plugin, {"Bearer canary"}, subject) == GOV_NOT_MINE);
  for (const std::string_view wrong :
       {"ApiKey ", "ApiKey wrong!", "ApiKey canar", "ApiKey canary "}) {
    CHECK(ask(plugin, {wrong}, subject) == GOV_UNAUTHENTICATED);
    CHECK(subject.empty());
  }
  CHECK(ask(plugin, {"ApiKey canary", "ApiKey canary"}, subject) == GOV_UNAUTHENTICATED);
  CHECK(ask(plugin, {"ApiKey canary"}, subject) == GOV_OK);
  CHECK(subject == "api-key");

  // The key is asked for at each use.
  host.secrets["key"] = "another";
  CHECK(ask(plugin, {"ApiKey canary"}, subject) == GOV_UNAUTHENTICATED);
  host.secrets["key"] = "";
  CHECK(ask(plugin, {"ApiKey "}, subject) == GOV_UNAUTHENTICATED);
  host.secrets.clear();
  CHECK(ask(plugin, {"ApiKey canary"}, subject) != GOV_OK && subject.empty());
  CHECK(!host.logged("canary"));

  std::puts("@file@_test: all good");
}
