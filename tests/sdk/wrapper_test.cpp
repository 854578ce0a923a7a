// The C++ wrapper carries what a plugin overrides and gives across the C boundary, unchanged.
#include <gov/source.hpp>
#include <gov/testing.hpp>

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>

namespace {

// What the host side made the object do, while it lives and after.
std::string trace;
const int kWatch = 0;

class Recorder final : public gov::Source {
 public:
  static gov::Result<std::unique_ptr<Recorder>> create(gov::Host, const gov::Config& config) {
    if (config.text_or("mood", "") == "throws") throw std::runtime_error("a bad day");
    return std::make_unique<Recorder>();
  }
  ~Recorder() override { trace += "destroyed "; }

  gov::Status start(const gov::Call& call) override {
    trace += call.cancelled() ? "started late " : "started ";
    if (call.cancelled()) return gov::unavailable("nobody waits").with_retry_after(kLater);
    return {};
  }
  void stop() override { trace += "stopped "; }
  const void* extension(std::string_view id) override {
    if (id == "throws") throw std::runtime_error("a bad day");
    return id == GOV_EXT_WATCH ? &kWatch : nullptr;
  }
  gov::Status list(const gov::Call&, gov::DocumentSink& out) override {
    return out.head({.key = "a.md",
                     .version = "1",
                     .title = "A",
                     .media_type = "text/markdown",
                     .link = "https://example/a",
                     .modified_ms = 7000,
                     .attributes = {{"owner", "risk"}, {"class", "public"}}});
  }
  gov::Status fetch(const gov::Call&, std::string_view, std::string_view,
                    gov::DocumentSink&) override {
    return gov::not_found("nothing");
  }

  static constexpr std::chrono::milliseconds kLater{1500};
};

constexpr gov_component kComponent =
    gov::component<Recorder>({.name = "recorder", .version = "1.0.0", .summary = "Records."});

class Wrapper : public testing::Test {
 protected:
  Wrapper() { trace.clear(); }
  gov_status create(const char* mood = "") {
    config.set("mood", mood);
    return kComponent.create(host.raw(), config.raw(), &error, &instance);
  }

  gov::testing::Host host;
  gov::testing::Config config;
  gov_error error{sizeof(gov_error), 0, {}};
  gov_instance* instance = nullptr;
};

TEST_F(Wrapper, CarriesTheLifeOfAnInstance) {
  ASSERT_EQ(create(), GOV_OK);
  const gov::testing::Call call;
  EXPECT_EQ(instance->start(instance, call.raw(), &error), GOV_OK);
  instance->stop(instance);
  instance->destroy(instance);
  EXPECT_EQ(trace, "started stopped destroyed ");
}

TEST_F(Wrapper, CarriesTheCallAndTheStatusOfStart) {
  ASSERT_EQ(create(), GOV_OK);
  gov::testing::Call call;
  call.cancel();
  EXPECT_EQ(instance->start(instance, call.raw(), &error), GOV_UNAVAILABLE);
  EXPECT_STREQ(error.message, "nobody waits");
  EXPECT_EQ(error.retry_after_ms, 1500);
  EXPECT_EQ(trace, "started late ");
  instance->destroy(instance);
}

TEST_F(Wrapper, CarriesExtensionsByTheirId) {
  ASSERT_EQ(create(), GOV_OK);
  EXPECT_EQ(instance->extension(instance, GOV_EXT_WATCH), &kWatch);
  EXPECT_EQ(instance->extension(instance, "gov.source.unknown/1"), nullptr);
  EXPECT_EQ(instance->extension(instance, "throws"), nullptr);
  instance->destroy(instance);
}

TEST_F(Wrapper, CarriesEveryFieldOfAHeadWithItsAttributes) {
  ASSERT_EQ(create(), GOV_OK);
  const gov::testing::Call call;
  gov::testing::Documents got;
  const auto& table = *static_cast<const gov_source_v1*>(instance->vtable);
  ASSERT_EQ(table.list(instance, call.raw(), got.sink(), &error), GOV_OK);
  ASSERT_EQ(got.all.size(), 1u);
  const auto& head = got.all.front();
  EXPECT_EQ(head.key + head.version + head.title + head.media_type + head.link,
            "a.md1Atext/markdownhttps://example/a");
  EXPECT_EQ(head.modified_ms, 7000);
  EXPECT_EQ(head.attributes,
            (std::map<std::string, std::string>{{"owner", "risk"}, {"class", "public"}}));
  instance->destroy(instance);
}

TEST_F(Wrapper, StopsAnExceptionAtTheBoundary) {
  EXPECT_EQ(create("throws"), GOV_INTERNAL);
  EXPECT_STREQ(error.message, "a bad day");
  EXPECT_EQ(instance, nullptr);
}

}  // namespace
