// What new content must satisfy to replace the old.
#include "sync/gate.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "content/kinds.h"

namespace govhost::sync {
namespace {

using content::Snapshot;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

class Gate : public testing::Test {
 protected:
  // `count` risks, of which the first `faulty` have a front matter that is none.
  static SnapshotPtr risks(int count, int faulty = 0, const std::string& more = "title: T\n") {
    std::vector<content::RawDocument> raw;
    for (int i = 1; i <= count; ++i) {
      content::RawDocument& document = raw.emplace_back();
      document.source = "own";
      document.key = "_risks/ri-" + std::to_string(i) + "_x.md";
      document.bytes = "---\nsequence: " + std::string(i <= faulty ? "[" : std::to_string(i)) +
                       "\n" + more + "---\n\n## Summary\n\nText.\n";
    }
    return Snapshot::build(std::move(raw), content::aigf_profile());
  }
  std::string verdict(const SnapshotPtr& current, const SnapshotPtr& next) const {
    return refusal(settings, "own", current.get(), *next);
  }

  GateSettings settings;
};

TEST_F(Gate, TakesWhatIsAsItWas) { EXPECT_EQ(verdict(risks(12), risks(12)), ""); }

TEST_F(Gate, WantsItsKindsAlsoAtTheStart) {
  settings.require = {{"risk", 12}};
  EXPECT_EQ(verdict(nullptr, risks(12)), "");
  EXPECT_NE(verdict(nullptr, risks(11)).find("has 11 documents of kind risk"), std::string::npos);
}

TEST_F(Gate, ALossOfMoreThanTheShareIsRefused) {
  EXPECT_EQ(verdict(risks(12), risks(6)), "");
  EXPECT_NE(verdict(risks(12), risks(5)).find("gate.max_shrink allows (50 %)"), std::string::npos);
  EXPECT_EQ(verdict(risks(9), risks(1)), "") << "of few documents a few are a large share";
  EXPECT_EQ(verdict(nullptr, risks(1)), "");
}

TEST_F(Gate, FaultsThatWereNotThereBeforeAreRefused) {
  EXPECT_EQ(verdict(risks(12), risks(12, 6)), "");
  EXPECT_NE(verdict(risks(12), risks(12, 7)).find("faults in 7 of 12 documents"),
            std::string::npos);
  EXPECT_EQ(verdict(risks(12, 9), risks(12, 9)), "") << "it was so when it was taken";
  settings.max_faulty = 0;
  EXPECT_NE(verdict(risks(12), risks(12, 1)), "");
}

TEST_F(Gate, WhatEachDocumentOfAKindMustHaveIsNamedWithTheFirstThatLacksIt) {
  settings.attributes = {{"risk", {"title", "owner"}}, {"policy", {"approved"}}};
  EXPECT_EQ(verdict(nullptr, risks(2, 0, "title: T\nowner: CISO\n")), "");
  const std::string why = verdict(nullptr, risks(2));
  EXPECT_NE(why.find("has _risks/ri-1_x.md without 'owner' in its front matter"), std::string::npos)
      << why;
  EXPECT_NE(verdict(nullptr, risks(1, 0, "title: T\nowner:\n")), "") << "empty is nothing";
}

}  // namespace
}  // namespace govhost::sync
