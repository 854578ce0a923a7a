// The starter catalogue that ships with the host: complete, linked, without faults.
#include "fixtures.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace govhost::content {
namespace {

TEST(StarterCatalogue, IsReadWithoutFaults) {
  ASSERT_TRUE(std::filesystem::is_directory(GOVHOST_STARTER_DIR "/docs"));
  const std::vector<RawDocument> raw = fixtures::read_folder(GOVHOST_STARTER_DIR "/docs");
  const auto snapshot = fixtures::build(raw);
  EXPECT_EQ(snapshot->documents().size(), raw.size());
  for (const Note& note : snapshot->notes()) ADD_FAILURE() << note.message;
  for (const char* kind : {"risk", "mitigation", "framework", "usecase"}) {
    EXPECT_FALSE(snapshot->of_kind(kind).empty()) << kind;
  }
}

TEST(StarterCatalogue, HasAMitigationForEveryRisk) {
  const auto snapshot = fixtures::build(fixtures::read_folder(GOVHOST_STARTER_DIR "/docs"));
  for (const Document& risk : snapshot->of_kind("risk")) {
    EXPECT_FALSE(snapshot->linking_to(risk, "mitigates").empty()) << risk.title;
    EXPECT_FALSE(risk.public_id.empty()) << risk.title;
    EXPECT_FALSE(risk.sections.empty()) << risk.title;
  }
}

}  // namespace
}  // namespace govhost::content
