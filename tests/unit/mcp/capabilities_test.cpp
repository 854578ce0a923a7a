#include "mcp/capabilities.h"

#include <gtest/gtest.h>

namespace govhost::mcp {
namespace {

using C = Capabilities;
const Json kEmpty = Json::object();

TEST(Capabilities, AreReadFromWhatWasDeclared) {
  const struct {
    Json declared;
    int bits;
  } cases[] = {
      {kEmpty, 0},
      {nullptr, 0},
      {Json::array(), 0},
      {{{"sampling", kEmpty}}, C::kSampling},
      {{{"sampling", nullptr}}, 0},
      {{{"sampling", true}}, 0},
      {{{"sampling", {{"tools", kEmpty}}}}, C::kSampling | C::kSamplingTools},
      {{{"elicitation", kEmpty}}, C::kElicitationForm},
      {{{"elicitation", {{"form", kEmpty}}}}, C::kElicitationForm},
      {{{"elicitation", {{"url", kEmpty}}}}, C::kElicitationUrl},
      {{{"elicitation", {{"url", kEmpty}, {"form", kEmpty}}}},
       C::kElicitationUrl | C::kElicitationForm},
      {{{"roots", {{"listChanged", true}}}}, C::kRoots},
      {{{"extensions", {{std::string(kTasksExtension), kEmpty}}}}, C::kTasks},
      {{{"extensions", {{std::string(kTasksExtension), 1}}}}, 0},
      {{{"extensions", {{"other", kEmpty}}}}, 0},
      {{{"tasks", kEmpty}}, 0},
  };
  for (const auto& c : cases) EXPECT_EQ(C::of(c.declared).bits(), c.bits) << c.declared;
}

TEST(Capabilities, WhatIsMissingHasTheShapeOfWhatIsRequired) {
  const Json tasks{{"extensions", {{std::string(kTasksExtension), kEmpty}}}};
  const C none, sampling(C::kSampling), all(0xff);
  for (const Json& required : {Json{{"sampling", kEmpty}}, Json{{"elicitation", {{"url", kEmpty}}}},
                               Json{{"roots", kEmpty}}, tasks}) {
    EXPECT_EQ(none.missing(required), required);
    EXPECT_EQ(all.missing(required), nullptr);
  }
  EXPECT_EQ(sampling.missing({{"sampling", kEmpty}, {"roots", kEmpty}}), (Json{{"roots", kEmpty}}));
  EXPECT_EQ(sampling.missing({{"sampling", {{"tools", kEmpty}}}}),
            (Json{{"sampling", {{"tools", kEmpty}}}}));
  EXPECT_EQ(none.missing(nullptr), nullptr);
}

TEST(Capabilities, EveryQuestionNeedsItsOwn) {
  EXPECT_EQ(C::needed_for({{"method", "sampling/createMessage"}}), (Json{{"sampling", kEmpty}}));
  EXPECT_EQ(
      C::needed_for({{"method", "sampling/createMessage"}, {"params", {{"tools", Json::array()}}}}),
      (Json{{"sampling", {{"tools", kEmpty}}}}));
  EXPECT_EQ(C::needed_for({{"method", "roots/list"}}), (Json{{"roots", kEmpty}}));
  EXPECT_EQ(C::needed_for({{"method", "elicitation/create"}}),
            (Json{{"elicitation", {{"form", kEmpty}}}}));
  EXPECT_EQ(C::needed_for({{"method", "elicitation/create"}, {"params", {{"mode", "url"}}}}),
            (Json{{"elicitation", {{"url", kEmpty}}}}));
  EXPECT_EQ(C::needed_for(kEmpty), nullptr);
}

}  // namespace
}  // namespace govhost::mcp
