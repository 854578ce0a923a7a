#include "content/coverage.h"

#include "fixtures.h"

#include <gtest/gtest.h>

#include <string>

namespace govhost::content {
namespace {

using fixtures::build;
using fixtures::raw;
using Names = std::vector<std::string>;

class CoverageTest : public testing::Test {
 protected:
  std::vector<NodeId> ids(const char* kind, std::initializer_list<const char*> list) const {
    std::vector<NodeId> out;
    for (const char* name : list)
      out.push_back(graph.id_of(*snapshot->resolve(kind, name).document));
    return out;
  }
  Names names(const std::vector<NodeId>& list) const {
    Names out;
    for (const NodeId id : list) out.push_back(graph.document(id).short_id);
    return out;
  }
  Names steps(const Coverage& coverage) const {
    Names out;
    for (const Coverage::Step& step : coverage.next) {
      std::string text = graph.document(step.control).short_id + ":";
      for (const NodeId risk : step.adds) text += " " + graph.document(risk).short_id;
      out.push_back(text);
    }
    return out;
  }

  static RawDocument control(int number, const char* risks, const char* source = "test") {
    return raw("_mitigations/mi-" + std::to_string(number) + "_x.md",
               std::string("---\nmitigates: [") + risks + "]\n---\nT", source);
  }
  static RawDocument risk(int number) {
    return raw("_risks/ri-" + std::to_string(number) + "_x.md", "T");
  }

  std::shared_ptr<const Snapshot> snapshot =
      build({risk(1), risk(2), risk(3), risk(4), risk(5), control(1, "ri-1, ri-2"),
             control(2, "ri-2, ri-3, ri-4"), control(3, "ri-4"), control(4, "ri-1, ri-3"),
             control(5, "ri-1, ri-2, ri-3, ri-4", "secret")});
  const Graph& graph = snapshot->graph();
};

TEST_F(CoverageTest, TellsCoveredFromUncovered) {
  const auto risks = ids("risk", {"5", "4", "2", "1"});
  const Coverage got = cover(graph, risks, ids("mitigation", {"mi-1", "mi-4"}), 5, {});
  EXPECT_EQ(names(got.covered), (Names{"ri-2", "ri-1"}));
  EXPECT_EQ(names(got.uncovered), (Names{"ri-5", "ri-4"}));
  EXPECT_TRUE(got.unused.empty());
}

TEST_F(CoverageTest, NamesControlsThatDoNothingInScope) {
  EXPECT_EQ(names(cover(graph, ids("risk", {"1"}), ids("mitigation", {"3", "1"}), 5, {}).unused),
            Names{"mi-3"});
}

TEST_F(CoverageTest, ProposesWhatCoversMostOfTheRest) {
  const auto all = ids("risk", {"1", "2", "3", "4", "5"});
  EXPECT_EQ(steps(cover(graph, all, {}, 5, {})), Names{"mi-5: ri-1 ri-2 ri-3 ri-4"});
  const Visibility open = test::outsider();
  EXPECT_EQ(steps(cover(graph, all, {}, 5, open)), (Names{"mi-2: ri-2 ri-3 ri-4", "mi-1: ri-1"}))
      << "of equal ones the first";
  EXPECT_EQ(steps(cover(graph, all, {}, 1, open)), Names{"mi-2: ri-2 ri-3 ri-4"});
  EXPECT_TRUE(cover(graph, ids("risk", {"5"}), {}, 5, {}).next.empty()) << "nothing mitigates it";
  EXPECT_TRUE(cover(graph, {}, {}, 5, {}).next.empty());
}

}  // namespace
}  // namespace govhost::content
