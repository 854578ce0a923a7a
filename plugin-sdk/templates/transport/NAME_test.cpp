// Loads the built plugin as the host does and asks it as the host would.
#include <gov/testing.hpp>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

void check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "FAILED: %s\n", what);
  std::exit(1);
}
#define CHECK(condition) check(condition, #condition)

using gov::testing::Loaded;

// Stands for the host: answers each message with itself, from another thread. One that says "idle"
// stays open after it, one that says "refused" is not taken.
class Echo {
 public:
  ~Echo() {
    if (thread_.joinable()) thread_.join();
  }
  const gov_dispatch_v1* raw() { return &raw_; }
  int taken = 0, released = 0;
  bool closed = false;

 private:
  static Echo& self(void* ctx) { return *static_cast<Echo*>(ctx); }

  gov_status submit(const gov_inbound& in, void* ctx, void (*reply)(void*, const gov_reply*),
                    gov_exchange** out) {
    if (thread_.joinable()) thread_.join();
    body_ = gov::to_cpp(in.body);
    thread_ = std::thread([this, ctx, reply] {
      const gov_bytes part = gov::to_bytes(body_);
      gov_reply answer{};
      answer.struct_size = sizeof answer;
      answer.flags = body_.find("idle") != body_.npos ? GOV_REPLY_IDLE : GOV_REPLY_LAST;
      answer.parts = &part;
      answer.part_count = 1;
      reply(ctx, &answer);
    });
    if (body_.find("refused") != body_.npos) return GOV_RESOURCE_EXHAUSTED;
    ++taken;
    *out = reinterpret_cast<gov_exchange*>(this);
    return GOV_OK;
  }

  std::thread thread_;
  std::string body_;
  gov_dispatch_v1 raw_{
      sizeof raw_,
      0,
      this,
      [](void* ctx, const gov_inbound* in, void* reply_ctx, void (*reply)(void*, const gov_reply*),
         gov_exchange** out) { return self(ctx).submit(*in, reply_ctx, reply, out); },
      [](void*, gov_exchange*) {},
      [](void* ctx, gov_exchange*) { ++self(ctx).released; },
      [](void* ctx, std::uint64_t) { self(ctx).closed = true; }};
};

struct Pipe {
  Pipe() { CHECK(pipe(ends.data()) == 0); }
  ~Pipe() {
    close(ends[0]);
    if (ends[1] >= 0) close(ends[1]);
  }
  void end() {
    close(ends[1]);
    ends[1] = -1;
  }
  void put(std::string_view text) const {
    CHECK(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  std::array<int, 2> ends{};
};

// A plugin between two pipes.
struct Bench {
  Pipe in, out;
  const gov_stdio_v1 stdio{sizeof stdio, in.ends[0], out.ends[1], 0};
  gov::testing::Host host;
  gov::testing::Config config;
  Echo echo;

  Loaded open() {
    host.services[GOV_SERVICE_STDIO] = &stdio;
    return Loaded::open(PLUGIN_FILE, "@name@", host, config);
  }
  gov_status run(Loaded& plugin, const gov::testing::Call& call) {
    return plugin.transport().run(
        plugin.instance(), call.raw(), echo.raw(), nullptr, [](void*, gov_str) {}, plugin.error());
  }
};

void messages_are_answered_until_the_input_ends() {
  constexpr std::string_view kMessages =
      "{\"one\":1}\n{\"idle\":2}\n{\"refused\":3}\n{\"four\":4}\n";
  Bench bench;
  auto plugin = bench.open();
  bench.in.put(kMessages);
  bench.in.end();
  CHECK(bench.run(plugin, gov::testing::Call()) == GOV_OK);
  std::array<char, 128> text{};
  const ssize_t n = read(bench.out.ends[0], text.data(), text.size());
  CHECK(std::string_view(text.data(), static_cast<std::size_t>(n)) == kMessages);
  CHECK(bench.echo.taken == 3 && bench.echo.released == 3 && bench.echo.closed);
}

void cancelling_ends_it() {
  Bench bench;
  auto plugin = bench.open();
  gov::testing::Call call;
  std::thread canceller([&call] { call.cancel(); });
  CHECK(bench.run(plugin, call) == GOV_OK);
  canceller.join();
}

void without_streams_it_says_so() {
  const gov::testing::Host host;
  gov::testing::Config config;
  std::string refusal;
  try {
    (void)Loaded::open(PLUGIN_FILE, "@name@", host, config);
  } catch (const std::runtime_error& e) {
    refusal = e.what();
  }
  CHECK(refusal.find("no standard streams") != std::string::npos);
}

}  // namespace

int main() {
  messages_are_answered_until_the_input_ends();
  cancelling_ends_it();
  without_streams_it_says_so();
  std::puts("@file@_test: all good");
}
