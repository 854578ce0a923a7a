// A source and a search backend whose option `mood` says what they do wrong, and when.
#include <gov/search.hpp>
#include <gov/source.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr const char* kSchema = R"({"additionalProperties": false, "properties": {
  "mood": {"type": "string"}, "gate": {"type": "string"}}})";

// Waits until a test has opened the named pipe for writing and closed it again: blocked for as long
// as the test likes.
void wait_at(const std::string& gate) {
  const int fd = ::open(gate.c_str(), O_RDONLY | O_CLOEXEC);
  for (char byte; ::read(fd, &byte, 1) > 0;) continue;
  ::close(fd);
}

struct Mood {
  std::string name, gate;
  explicit Mood(const gov::Config& config)
      : name(config.text_or("mood", "")), gate(config.text_or("gate", "")) {}
  bool is(const char* mood) const { return name == mood; }
};

void print_everywhere() {
  std::puts("HOSTILE LINE by puts");
  std::fflush(stdout);
  std::cout << "HOSTILE LINE by iostream" << std::endl;
  [[maybe_unused]] const auto n = ::write(STDOUT_FILENO, "HOSTILE LINE by write\n", 22);
}

class MoodySource final : public gov::Source {
 public:
  static gov::Result<std::unique_ptr<MoodySource>> create(gov::Host host,
                                                          const gov::Config& config) {
    Mood mood(config);
    if (mood.is("throws in create")) throw std::runtime_error("create had a bad day");
    if (mood.is("throws an int in create")) throw 7;  // NOLINT
    if (mood.is("fails in create")) return gov::invalid("moody does not like its options");
    return std::make_unique<MoodySource>(host, std::move(mood));
  }
  MoodySource(gov::Host host, Mood mood) : host_(host), mood_(std::move(mood)) {}

  gov::Status start(const gov::Call&) override {
    if (mood_.is("throws in start")) throw std::runtime_error("start had a bad day");
    if (mood_.is("hangs in start")) wait_at(mood_.gate);
    return {};
  }
  void stop() override {
    if (mood_.is("hangs in stop")) wait_at(mood_.gate);
  }

  gov::Status list(const gov::Call&, gov::DocumentSink& out) override {
    if (mood_.is("throws in list")) throw std::runtime_error("list had a bad day");
    if (mood_.is("prints")) print_everywhere();
    if (mood_.is("lists nothing")) return {};
    if (mood_.is("floods the log"))
      for (int i = 0; i < 10'000; ++i) host_.log(GOV_LOG_WARN, "FLOOD");
    const int count = mood_.is("lists without end") ? 1'000'000 : 1;
    for (int i = 0; i < count; ++i) {
      const std::string key = "docs/_risks/ri-" + std::to_string(i + 1) + "_moody.md";
      if (auto s = out.head({.key = key, .version = "1", .media_type = "text/markdown"}); !s.ok())
        return s;
    }
    if (mood_.is("lists bad keys")) {
      for (const char* key : {"", "../../etc/passwd", "/etc/passwd", "a\nb.md", "\xff.md"})
        if (auto s = out.head({.key = key, .version = "1", .media_type = "text/markdown"}); !s.ok())
          return s;
    }
    return {};
  }

  gov::Status fetch(const gov::Call&, std::string_view key, std::string_view,
                    gov::DocumentSink& out) override {
    if (mood_.is("throws in fetch")) throw std::runtime_error("fetch had a bad day");
    if (mood_.is("sends a body without a head")) return out.body("text");
    if (mood_.is("sends nothing")) return {};
    if (auto s = out.head({.key = key, .version = "1", .media_type = "text/markdown"}); !s.ok())
      return s;
    if (mood_.is("sends without end"))
      for (const std::string block(1 << 20, 'x');;)
        if (auto s = out.body(block); !s.ok()) return s;
    if (mood_.is("sends no UTF-8")) return out.body("\xff\xfe\x00 text");
    return out.body("# Moody\n\n## Summary\n\nA document of a moody source.\n");
  }

 private:
  const gov::Host host_;
  const Mood mood_;
};

class MoodySearch final : public gov::Search {
 public:
  static gov::Result<std::unique_ptr<MoodySearch>> create(gov::Host, const gov::Config& config) {
    return std::make_unique<MoodySearch>(Mood(config));
  }
  explicit MoodySearch(Mood mood) : mood_(std::move(mood)) {}

  gov::Status apply(const gov::Call&, const gov::IndexBatch& batch) override {
    if (mood_.is("throws in apply")) throw std::runtime_error("apply had a bad day");
    for (const gov_index_op* op : batch) ids_.emplace_back(gov::to_cpp(op->id));
    return {};
  }
  gov::Status query(const gov::Call& call, const gov::Query&, gov::HitSink& out) override {
    if (mood_.is("throws in query")) throw std::runtime_error("query had a bad day");
    if (mood_.is("prints in query")) print_everywhere();
    if (mood_.is("waits at the gate")) wait_at(mood_.gate);
    if (mood_.is("waits until cancelled")) {
      while (!call.cancelled()) ::usleep(1000);
      return gov::cancelled();
    }
    if (mood_.is("lies")) {
      const gov_range outside[] = {{5, 1}, {0, ~0ull}, {1ull << 40u, 1ull << 41u}};
      if (auto s = out.hit("no/such#passage", 1e30f, outside); !s.ok()) return s;
      for (const std::string& id : ids_)
        if (auto s = out.hit(id, -1.0f, outside); !s.ok()) return s;
      return out.total(~0ull);
    }
    return out.total(0);
  }
  gov::Status held(const gov::Call&, gov::HeldSink&) override { return {}; }

 private:
  const Mood mood_;
  std::vector<std::string> ids_;
};

}  // namespace

GOV_PLUGIN(gov::component<MoodySource>({.name = "moody",
                                        .version = "1.0.0",
                                        .summary = "A source in a mood.",
                                        .config_schema = kSchema}),
           gov::component<MoodySearch>({.name = "moody",
                                        .version = "1.0.0",
                                        .summary = "A search in a mood.",
                                        .config_schema = kSchema}));
